"""A creator offers to do a job, or takes the offer back."""

import pytest

from core.base.errors import Forbidden, Invalid, NotFound
from core.deals.services import cancel_job
from core.hiring.errors import AlreadyApplied, ApplicationNotPending
from core.hiring.models import Application
from core.hiring.services import apply_to_job, reject_application, withdraw_application
from core.jobs.services import pause_job
from core.people.errors import ProfileIncomplete
from core.people.models import CreatorProfile
from tests.core.jobs.traces import audited, events, nothing_happens, told


def test_an_offer_reaches_the_brand(world):
    job, creator = world.live_job(), world.creator()

    application = apply_to_job(job.id, by=creator, message="  I love tea. ", price_quote=4_500)

    application.refresh_from_db()
    assert (application.status, application.message, application.price_quote) == ("PENDING", "I love tea.", 4_500)
    assert (application.job_id, application.creator_id) == (job.id, creator.id)
    assert audited(application) == ["APPLICATION_CREATED"]
    assert told(job, "APPLICATION_CREATED") == {job.brand_id}
    (fact,) = events(job, "APPLICATION_CREATED")
    assert (fact["applicationId"], fact["creatorId"]) == (str(application.id), str(creator.id))
    assert fact["recipientUserIds"] == [str(job.brand_id)]
    assert "love" not in str(fact)


@pytest.mark.parametrize("offer", [{"message": "Me!"}, {"price_quote": 1}, {"price_quote": 100_000_000}, {"message": "x" * 2_000}])
def test_a_message_or_a_price_is_enough(world, offer):
    assert apply_to_job(world.live_job().id, by=world.creator(), **offer).status == "PENDING"


@pytest.mark.parametrize(
    ("offer", "field"),
    [
        ({}, None),
        ({"message": "   "}, None),
        ({"message": "x" * 2_001}, "message"),
        ({"price_quote": 0}, "priceQuote"),
        ({"price_quote": -5, "message": "Me!"}, "priceQuote"),
        ({"price_quote": 100_000_001}, "priceQuote"),
    ],
)
def test_an_empty_or_impossible_offer_is_refused(world, offer, field):
    job, creator = world.live_job(), world.creator()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        apply_to_job(job.id, by=creator, **offer)

    assert list(refused.value.fields) == ([field] if field else [])
    assert bool(refused.value.form) is (field is None)


@pytest.mark.parametrize("state", ["draft_job", "job", "rejected_job", "paused_job", "accepted_job", "completed_deal", "canceled_deal"])
def test_a_job_that_is_not_live_does_not_exist_for_applicants(world, state):
    job, creator = getattr(world, state)(), world.creator()

    with nothing_happens(), pytest.raises(NotFound):
        apply_to_job(job.id, by=creator, message="Me!")


def test_a_creator_says_who_they_are_before_they_apply(world):
    job, creator = world.live_job(), world.bare_creator()

    with nothing_happens(), pytest.raises(ProfileIncomplete) as refused:
        apply_to_job(job.id, by=creator, message="Me!")

    assert {entry["key"] for entry in refused.value.details["missing"]} >= {"bio", "platforms", "portfolio", "price"}


def test_a_creator_need_be_neither_verified_nor_public(world):
    creator = world.creator(is_public=False)
    assert CreatorProfile.objects.get(user=creator).verification_status == "UNVERIFIED"

    assert apply_to_job(world.live_job().id, by=creator, message="Me!").status == "PENDING"


@pytest.mark.parametrize("end", ["pending", "rejected"])
def test_one_applies_once(world, end):
    application = world.application()
    if end == "rejected":
        reject_application(application.job_id, application.id, by=application.job.brand)

    with nothing_happens(), pytest.raises(AlreadyApplied):
        apply_to_job(application.job_id, by=application.creator, message="Again!")


def test_after_a_withdrawal_one_may_apply_again_in_the_same_row(world):
    application = world.application(message="First", price_quote=4_000)
    withdraw_application(application.id, by=application.creator)

    again = apply_to_job(application.job_id, by=application.creator, message="Second")

    again.refresh_from_db()
    assert (again.id, again.status, again.message, again.price_quote) == (application.id, "PENDING", "Second", None)
    assert (again.decided_at, again.decided_by_id) == (None, None)
    assert again.created_at > application.created_at
    assert len(events(application.job, "APPLICATION_CREATED")) == 2


def test_only_creators_apply(world):
    job = world.live_job()
    people = [job.brand, world.brand(), world.moderator]

    for person in people:
        with nothing_happens(), pytest.raises(Forbidden):
            apply_to_job(job.id, by=person, message="Me!")


def test_a_withdrawal_reaches_the_brand(world):
    application = world.application()

    withdraw_application(application.id, by=application.creator)

    application.refresh_from_db()
    assert (application.status, application.decided_by_id) == ("WITHDRAWN", application.creator_id)
    assert audited(application)[-1] == "APPLICATION_WITHDRAWN"
    assert told(application.job, "APPLICATION_WITHDRAWN") == {application.job.brand_id}
    assert len(events(application.job, "APPLICATION_WITHDRAWN")) == 1


def test_one_withdraws_from_a_job_on_hold_too(world):
    application = world.application()
    pause_job(application.job_id, by=application.job.brand)

    assert withdraw_application(application.id, by=application.creator).status == "WITHDRAWN"


def withdrawn(world) -> Application:
    application = world.application()
    return withdraw_application(application.id, by=application.creator)


def rejected(world) -> Application:
    application = world.application()
    return reject_application(application.job_id, application.id, by=application.job.brand)


def accepted(world) -> Application:
    return world.accepted_application()


def of_a_canceled_job(world) -> Application:
    application = world.application()
    cancel_job(application.job_id, by=application.job.brand)
    return application


@pytest.mark.parametrize("decided", [withdrawn, rejected, accepted, of_a_canceled_job])
def test_what_is_decided_is_not_withdrawn(world, decided):
    application = decided(world)

    with nothing_happens(), pytest.raises(ApplicationNotPending):
        withdraw_application(application.id, by=application.creator)


def test_nobody_withdraws_for_another(world):
    application, stranger = world.application(), world.creator()

    with nothing_happens():
        with pytest.raises(NotFound):
            withdraw_application(application.id, by=stranger)
        with pytest.raises(Forbidden):
            withdraw_application(application.id, by=application.job.brand)
