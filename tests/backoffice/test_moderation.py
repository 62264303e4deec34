"""Jobs and creators are decided in dialogs, on the text that was read, and the next one in line comes up."""

from core.audit.models import AuditEntry
from core.jobs import services as jobs
from core.jobs.errors import ContentChanged
from core.jobs.models import Job, JobRevision
from core.people.models import CreatorProfile, User, Verification
from tests.backoffice.pages import MODAL, client_of, dialog_url, list_url, page_url, seen, words

REASON = "Непонятно, что именно снимать."


def test_the_queue_shows_first_publications_and_edits_oldest_first(world, enter):
    edited = world.live_job(title="Правленое задание")
    first = world.job(title="Первое задание")
    jobs.edit_job(edited.id, by=edited.brand, content={"description": "Новый текст."})
    last = world.job(title="Последнее задание")

    page = seen(enter("moderator").get(list_url("job")))

    assert page.index(first.title) < page.index(edited.title) < page.index(last.title)
    assert "Правка" in page


def test_approving_publishes_the_text_and_opens_the_next_job(world, enter):
    first, second = world.job(), world.job()
    moderator = world.staff("moderator")

    done = client_of(moderator).post(dialog_url(first, "approve", version=1), {"content_version": "1"}, headers=MODAL)

    assert done["HX-Redirect"] == page_url(second)
    first.refresh_from_db()
    assert (first.moderation_status, first.moderated_by) == ("APPROVED", moderator)
    assert AuditEntry.objects.get(action="JOB_APPROVED", subject_id=str(first.id)).actor == moderator


def test_the_last_decision_leads_back_to_the_empty_queue(world, enter):
    job = world.job()

    done = enter("moderator").post(dialog_url(job, "approve"), {"content_version": "1"}, follow=True)

    assert done.redirect_chain[-1][0] == list_url("job")
    assert f"Задание «{job.title}» одобрено." in seen(done)


def test_the_dialog_carries_the_version_that_the_page_showed(world, enter):
    job = world.job()
    client = enter("moderator")
    page = client.get(page_url(job)).content.decode()
    assert f"{dialog_url(job, 'approve')}?version=1" in page
    jobs.edit_job(job.id, by=job.brand, content={"title": "Совсем другое задание"})

    stale = client.post(dialog_url(job, "approve", version=1), {"content_version": "1"}, follow=True)

    assert words(ContentChanged(content_version=2)) in seen(stale)
    job.refresh_from_db()
    assert job.moderation_status == "PENDING"


def test_an_edit_is_shown_as_a_difference_and_approved_as_a_whole(world, enter):
    job = world.live_job(description="Заварите чай и молчите.")
    jobs.edit_job(job.id, by=job.brand, content={"description": "Заварите чай и говорите."})
    version = JobRevision.objects.get(job=job).version
    client = enter("moderator")

    page = client.get(page_url(job)).content.decode()

    assert "<del>молчите.</del>" in page
    assert "<ins>говорите.</ins>" in page
    assert "«Описание»" in page
    client.post(dialog_url(job, "approve", version=version), {"content_version": version})
    job.refresh_from_db()
    assert job.description == "Заварите чай и говорите."


def test_what_a_brand_writes_is_shown_and_not_run(world, enter):
    job = world.job(title="<b>Жирное</b> задание", description="<script>alert(1)</script>")

    page = enter("moderator").get(page_url(job)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;b&gt;Жирное" in page


def test_a_reason_is_needed_to_reject(world, enter):
    job = world.job()
    client = enter("moderator")

    for reason in ("", "коротко", "я" * 1_001, " " * 20):
        refused = client.post(dialog_url(job, "reject"), {"content_version": "1", "reason": reason}, headers=MODAL)
        assert refused.status_code == 200
        assert "errorlist" in refused.content.decode() or "text-red" in refused.content.decode()
    job.refresh_from_db()
    assert job.moderation_status == "PENDING"

    client.post(dialog_url(job, "reject"), {"content_version": "1", "reason": REASON}, headers=MODAL)
    job.refresh_from_db()
    assert (job.moderation_status, job.moderation_reason) == ("REJECTED", REASON)


def test_common_reasons_are_offered(world, enter):
    job = world.job()

    form = seen(enter("moderator").get(dialog_url(job, "reject"), headers=MODAL))

    assert "Непонятно, что снимать: добавьте примеры и требования." in form


def test_an_approved_job_is_taken_down(world, enter):
    job = world.live_job()

    enter("moderator").post(dialog_url(job, "take_down"), {"reason": REASON})

    assert Job.objects.get(pk=job.pk).moderation_status == "REJECTED"


def test_a_step_that_is_no_longer_open_says_so(world, enter):
    job = world.live_job()

    late = enter("moderator").post(dialog_url(job, "approve"), {"content_version": "1"}, follow=True)

    assert "этот шаг больше невозможен" in seen(late)
    assert AuditEntry.objects.filter(action="JOB_APPROVED", subject_id=str(job.id)).count() == 1


def test_a_creator_is_verified_and_the_next_one_comes_up(world, enter):
    first = Verification.objects.get(profile__user=world.waiting_creator())
    second = Verification.objects.get(profile__user=world.waiting_creator())

    done = enter("moderator").post(dialog_url(first, "verify"), headers=MODAL)

    assert done["HX-Redirect"] == page_url(second)
    assert CreatorProfile.objects.get(pk=first.profile_id).verification_status == "VERIFIED"


def test_a_creator_is_rejected_and_a_badge_is_taken_away(world, enter):
    waiting = Verification.objects.get(profile__user=world.waiting_creator())
    verified = Verification.objects.get(profile__user=world.verified_creator())
    client = enter("moderator")

    client.post(dialog_url(waiting, "reject"), {"reason": REASON})
    client.post(dialog_url(verified, "revoke"), {"reason": REASON})

    assert Verification.objects.get(pk=waiting.pk).status == "REJECTED"
    assert Verification.objects.get(pk=verified.pk).status == "REVOKED"


def test_a_link_that_a_creator_gave_opens_apart_and_tells_nothing(world, enter):
    attempt = Verification.objects.get(profile__user=world.waiting_creator())

    page = enter("moderator").get(page_url(attempt)).content.decode()

    assert f'href="{attempt.account_url}" target="_blank" rel="noopener noreferrer nofollow"' in page


def test_support_blocks_a_person_and_lets_them_in_again(world, enter):
    brand = world.brand()
    client = enter("support")

    client.post(dialog_url(brand, "block"), {"reason": REASON})
    assert User.objects.get(pk=brand.pk).blocked_at

    client.post(dialog_url(brand, "unblock"))
    assert User.objects.get(pk=brand.pk).blocked_at is None


def test_the_address_of_a_person_is_for_support_alone(world, enter):
    brand = world.brand()

    assert brand.email in seen(enter("support").get(page_url(brand)))
    assert brand.email not in enter("moderator").get(page_url(brand)).content.decode()
    name = brand.brand_profile.company_name
    assert name in seen(enter("support").get(list_url("user"), {"tab": "brands", "q": brand.email}))
    assert name not in seen(enter("moderator").get(list_url("user"), {"tab": "brands", "q": brand.email}))
    assert name in seen(enter("moderator").get(list_url("user"), {"tab": "brands", "q": str(brand.id)}))


def test_a_decision_is_counted_at_once(world, enter):
    job = world.job()
    client = enter("moderator")
    assert "Ожидают 1" in seen(client.get("/backoffice/core/job/")).replace("\n", " ")

    client.post(f"/backoffice/core/job/{job.id}/approve/", {"content_version": "1"})

    assert "Ожидают 1" not in seen(client.get("/backoffice/core/job/")).replace("\n", " ")
