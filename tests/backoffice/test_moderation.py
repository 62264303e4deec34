"""Jobs and creators are decided in dialogs, on the text that was read, and the next one in line comes up."""

from datetime import timedelta
from typing import Any

import time_machine

from core.audit.models import AuditEntry
from core.base import clock
from core.base.vocabulary import Queue
from core.desk.claims.models import Claim
from core.desk.rulings.steps import HOLD_SECONDS
from core.jobs import services as jobs
from core.jobs.errors import ContentChanged
from core.jobs.models import Job, JobRevision
from core.jobs.moderation import carrying as job_rulings
from core.jobs.moderation.cases import take_job
from core.people.models import CreatorProfile, User, Verification
from core.people.verification import carrying as creator_rulings
from core.rules.reasons.selectors import checklist
from tests.backoffice.pages import MODAL, client_of, dialog_url, list_url, page_url, seen, words

REASON = "Непонятно, что именно снимать."
MINUTE = timedelta(seconds=HOLD_SECONDS)


def a_minute_later() -> None:
    with time_machine.travel(clock.now() + MINUTE):
        job_rulings.carry_out_due()
        creator_rulings.carry_out_due()


def ticked(queue: Queue = Queue.JOBS) -> dict[str, Any]:
    """Everything on the list holds."""
    return {"checks": [item.code for item in checklist(queue)]}


def of_text(job: Job, action: str, version: int = 1) -> str:
    return dialog_url(job, action, version=version)


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

    done = client_of(moderator).post(of_text(first, "approve"), ticked(), headers=MODAL)

    assert done["HX-Redirect"] == page_url(second)
    assert Claim.objects.get(subject_id=second.id).holder == moderator
    a_minute_later()
    first.refresh_from_db()
    assert (first.moderation_status, first.moderated_by) == ("APPROVED", moderator)
    assert AuditEntry.objects.get(action="JOB_APPROVED", subject_id=str(first.id)).actor == moderator


def test_the_last_decision_leads_back_to_the_empty_queue(world, enter):
    job = world.job()

    done = enter("moderator").post(of_text(job, "approve"), ticked(), follow=True)

    assert done.redirect_chain[-1][0] == list_url("job")
    assert f"«{job.title}»: Одобрено. Решение вступит в силу через минуту." in seen(done)
    assert "нет свободных случаев" in seen(done)


def test_the_dialog_carries_the_version_that_the_page_showed(world, enter):
    job = world.job()
    client = enter("moderator")
    page = client.get(page_url(job)).content.decode()
    assert "version=1" in page
    jobs.edit_job(job.id, by=job.brand, content={"title": "Совсем другое задание"})

    stale = client.post(of_text(job, "approve"), ticked(), follow=True)

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
    client.post(of_text(job, "approve", version), ticked())
    a_minute_later()
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
        refused = client.post(of_text(job, "reject"), {"reason": reason}, headers=MODAL)
        assert refused.status_code == 200
        assert "errorlist" in refused.content.decode() or "text-red" in refused.content.decode()
    job.refresh_from_db()
    assert job.moderation_status == "PENDING"

    client.post(of_text(job, "reject"), {"reason": REASON}, headers=MODAL)
    a_minute_later()
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

    late = enter("moderator").post(of_text(job, "approve"), ticked(), follow=True)

    assert "этот шаг больше невозможен" in seen(late)
    assert AuditEntry.objects.filter(action="JOB_APPROVED", subject_id=str(job.id)).count() == 1


def test_a_creator_is_verified_and_the_next_one_comes_up(world, enter):
    first = Verification.objects.get(profile__user=world.waiting_creator())
    second = Verification.objects.get(profile__user=world.waiting_creator())

    done = enter("moderator").post(dialog_url(first, "approve"), ticked(Queue.CREATORS), headers=MODAL)

    assert done["HX-Redirect"] == page_url(second)
    a_minute_later()
    assert CreatorProfile.objects.get(pk=first.profile_id).verification_status == "VERIFIED"


def test_a_creator_is_rejected_and_a_badge_is_taken_away(world, enter):
    waiting = Verification.objects.get(profile__user=world.waiting_creator())
    verified = Verification.objects.get(profile__user=world.verified_creator())
    client = enter("moderator")

    client.post(dialog_url(waiting, "reject"), {"reason": REASON})
    client.post(dialog_url(verified, "revoke"), {"reason": REASON})
    a_minute_later()

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
    assert "Не взяты 1" in seen(client.get("/backoffice/core/job/")).replace("\n", " ")

    client.post(of_text(job, "approve"), ticked())

    assert "Не взяты 1" not in seen(client.get("/backoffice/core/job/")).replace("\n", " ")


def own(row: Any, name: str) -> str:
    return f"{list_url(row._meta.model_name)}{row.pk}/{name}/"


def test_a_case_is_taken_kept_given_back_and_undone_by_post_alone(world, enter):
    job = world.job()
    client = enter("moderator")

    for name in ("take", "keep", "release", "undo"):
        assert client.get(own(job, name)).status_code == 405
    client.post(f"{list_url('job')}take-next/")
    assert "Случай у вас" in seen(client.get(page_url(job)))
    assert client.post(own(job, "keep")).json()["until"]
    client.post(own(job, "release"))
    assert not Claim.objects.filter(subject_id=job.id).exists()
    client.post(own(job, "take"))
    client.post(of_text(job, "reject"), {"reason": REASON})
    client.post(own(job, "undo"))
    a_minute_later()
    job.refresh_from_db()
    assert job.moderation_status == "PENDING"
    assert "Случай у вас" in seen(client.get(page_url(job)))


def test_who_may_not_decide_takes_nothing(world, enter):
    job = world.job()

    for role in ("support", "finance", "engineer"):
        client = enter(role)
        for address in (f"{list_url('job')}take-next/", own(job, "take"), own(job, "keep"), own(job, "release"), own(job, "undo")):
            assert client.post(address).status_code == 403, (role, address)
    assert not Claim.objects.filter(subject_id=job.id).exists()


def test_a_case_in_other_hands_says_whose_and_is_not_decided(world, enter):
    job, anna = world.job(), world.staff("moderator")
    take_job(job.id, by=anna)
    client = enter("moderator")

    page = client.get(page_url(job))
    late = client.post(of_text(job, "approve"), ticked(), follow=True)

    assert "В чужих руках" in seen(page)
    assert "этот шаг больше невозможен" in seen(late)
    assert job.title not in seen(client.get(list_url("job"), {"tab": "pending"}))
    assert job.title in seen(client_of(anna).get(list_url("job"), {"tab": "mine"}))


def test_everything_on_the_list_has_to_hold(world, enter):
    job = world.job()

    refused = enter("moderator").post(of_text(job, "approve"), {"checks": ["CLEAR"]}, headers=MODAL)

    assert "Одобряйте, только когда выполнено всё из списка." in seen(refused)


def test_a_case_is_handed_on_with_a_note_that_the_next_one_reads(world, enter):
    job = world.job()
    enter("moderator").post(dialog_url(job, "escalate"), {"note": "Не уверена насчёт добавок."})

    second = enter("moderator")

    assert job.title in seen(second.get(list_url("job"), {"tab": "escalated"}))
    assert "Не уверена насчёт добавок." in seen(second.get(page_url(job)))


def test_what_looks_like_a_contact_or_a_copy_is_marked(world, enter):
    first = world.job(description="Пишите в телеграм @tea_shop или на tea@example.com, +7 900 123-45-67")
    world.job(description=first.description)
    client = enter("moderator")

    row, page = seen(client.get(list_url("job"))), seen(client.get(page_url(first)))

    for text in ("мессенджер", "адрес почты", "номер телефона", "тот же текст"):
        assert text in row, text
    assert "@tea_shop" in page
    assert "Слово в слово то же описание" in page


def test_many_are_decided_at_once_and_each_row_is_answered(world, enter):
    free, taken = [world.job() for _ in range(3)], world.job()
    take_job(taken.id, by=world.staff("moderator"))
    client = enter("moderator")
    marks = [f"{job.id}~" for job in (*free, taken)]

    preview = seen(client.get(f"{list_url('job')}approve_marked/", {"row": marks}, headers=MODAL))
    answer = seen(client.post(f"{list_url('job')}approve_marked/", {"row": marks} | ticked(), headers=MODAL))

    assert "В чужих руках" in preview
    assert "Сделано: 3 из 4" in answer
    a_minute_later()
    assert Job.objects.filter(id__in=[job.id for job in free], moderation_status="APPROVED").count() == 3
