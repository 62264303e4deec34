"""An application names the brand of its job, whatever it was told: the list of what waits for a brand is read by it."""

from core.hiring.models import Application


def named(application: Application) -> object:
    return Application.objects.values_list("brand_id", flat=True).get(id=application.id)


def test_a_new_application_names_the_brand_of_its_job(world):
    application = world.application()

    assert named(application) == application.job.brand_id


def test_no_application_can_name_another_brand(world):
    application, stranger = world.application(), world.brand()

    for other in (stranger.id, None):
        Application.objects.filter(id=application.id).update(brand_id=other)

        assert named(application) == application.job.brand_id


def test_an_application_that_is_written_whole_keeps_its_brand(world):
    application = world.application()

    application.save()

    assert named(application) == application.job.brand_id
