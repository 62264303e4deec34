"""A job is called off, by its brand or by staff."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Invalid, NotFound
from core.deals.errors import CompletedForGood, OnlyStaffAfterDelivery, OnlyStaffOnReview
from core.deals.services import cancel_job, request_changes
from core.hiring.models import Application
from core.jobs.models import JobRevision
from core.jobs.services import edit_job, pause_job
from core.money.models import Account, LedgerEntry
from core.money.preview import preview
from core.notifications.models import Notification
from core.notifications.registry import render
from outbox.models import Event
from tests.core.deals.traces import nothing_happens


def wallet(brand) -> int:
    return Account.objects.get(owner=brand, kind="BRAND", currency="RUB").balance_cents


@pytest.mark.parametrize("state", ["draft_job", "job", "live_job"])
def test_a_brand_cancels_a_job_that_nobody_works_on(world, state):
    job = getattr(world, state)()

    done = cancel_job(job.id, by=job.brand, reason="  Changed our mind.  ")

    job.refresh_from_db()
    assert (job.status, job.cancel_reason, job.canceled_by_id) == ("CANCELED", "Changed our mind.", job.brand_id)
    assert job.canceled_at is not None
    assert (done.canceled_before, done.refunded_cents, done.currency) == (False, 0, "RUB")


def test_a_brand_cancels_a_job_on_hold(world):
    job = world.live_job()
    pause_job(job.id, by=job.brand)

    cancel_job(job.id, by=job.brand)

    job.refresh_from_db()
    assert job.status == "CANCELED"


def test_an_unfunded_escrow_is_voided(world):
    job = world.deal(funded=False)

    done = cancel_job(job.id, by=job.brand)

    job.refresh_from_db()
    assert (job.status, job.escrow.status, done.refunded_cents) == ("CANCELED", "VOIDED", 0)
    assert not LedgerEntry.objects.filter(job=job).exists()


def test_a_funded_escrow_is_back_in_the_wallet_in_full(world):
    job = world.deal(price_quote=4_500)
    before = wallet(job.brand)

    done = cancel_job(job.id, by=job.brand)

    job.refresh_from_db()
    assert (job.status, job.escrow.status) == ("CANCELED", "REFUNDED")
    assert (done.refunded_cents, done.currency) == (450_000, "RUB")
    assert wallet(job.brand) == before + 450_000
    entry = LedgerEntry.objects.get(reference=f"ESCROW_REFUND:{job.escrow.id}")
    assert (entry.type, entry.amount_cents, entry.actor_id) == ("ESCROW_REFUNDED", 450_000, job.brand_id)


def test_everybody_who_waits_has_a_no_and_knows_it(world):
    job = world.live_job()
    waiting = [world.application(job=job) for _ in range(2)]

    cancel_job(job.id, by=job.brand)

    assert set(Application.objects.filter(job=job).values_list("status", flat=True)) == {"REJECTED"}
    notices = Notification.objects.filter(job=job, type="JOB_CANCELED_APPLICANT")
    assert set(notices.values_list("user_id", flat=True)) == {application.creator_id for application in waiting}
    assert {notice.href for notice in notices} == {"/dashboard/applications"}
    assert Event.objects.filter(type="APPLICATION_REJECTED", aggregate=f"job:{job.id}").count() == 2
    told = Event.objects.get(type="JOB_CANCELED", aggregate=f"job:{job.id}").recipient_ids
    assert set(told) == {job.brand_id, *(application.creator_id for application in waiting)}


def test_a_change_that_waited_for_a_moderator_is_dropped(world):
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": "Another review of our tea"})

    cancel_job(job.id, by=job.brand)

    assert JobRevision.objects.get(job=job).status == "SUPERSEDED"


def test_staff_cancel_a_deal_in_review_and_the_version_is_dropped(world):
    job = world.reviewed_deal(price_quote=4_500)
    before = wallet(job.brand)

    done = cancel_job(job.id, by=world.moderator, reason="Both sides agreed.")

    job.refresh_from_db()
    assert (job.status, job.escrow.status, job.canceled_by_id) == ("CANCELED", "REFUNDED", world.moderator.id)
    assert done.refunded_cents == 450_000
    assert wallet(job.brand) == before + 450_000
    assert list(job.submissions.values_list("status", flat=True)) == ["SUPERSEDED"]


def test_finance_may_cancel_too(world):
    job = world.reviewed_deal()

    cancel_job(job.id, by=world.staff("finance"))

    job.refresh_from_db()
    assert job.status == "CANCELED"


def test_a_cancellation_by_the_brand_is_recorded_and_told(world):
    job = world.deal()

    cancel_job(job.id, by=job.brand, reason="Not sold any more.")

    audit = AuditEntry.objects.get(action="JOB_CANCELED", subject_id=str(job.id))
    assert (audit.actor_id, audit.before, audit.reason) == (job.brand_id, {"status": "IN_PROGRESS"}, "Not sold any more.")
    assert audit.after == {"status": "CANCELED", "refundedCents": 450_000, "creatorCents": 0, "canceledBy": "BRAND", "rejected": []}
    notices = Notification.objects.filter(job=job, type__in=["JOB_CANCELED_BRAND", "JOB_CANCELED_CREATOR", "ESCROW_REFUNDED"])
    assert set(notices.values_list("type", "user_id", "href")) == {
        ("JOB_CANCELED_BRAND", job.brand_id, f"/jobs/{job.id}"),
        ("JOB_CANCELED_CREATOR", job.active_creator_id, f"/dashboard/work/{job.id}"),
        ("ESCROW_REFUNDED", job.brand_id, "/dashboard/balance"),
    }
    event = Event.objects.get(type="JOB_CANCELED", aggregate=f"job:{job.id}")
    assert (
        event.payload.items()
        >= {
            "jobId": str(job.id),
            "brandId": str(job.brand_id),
            "creatorId": str(job.active_creator_id),
            "canceledBy": "BRAND",
            "refundedCents": 450_000,
            "currency": "RUB",
        }.items()
    )
    assert Event.objects.filter(type="ESCROW_REFUNDED", aggregate=f"job:{job.id}").count() == 1


def test_the_creator_reads_who_canceled_and_why(world):
    job = world.deal()

    cancel_job(job.id, by=world.moderator, reason="The product was recalled.")

    notice = Notification.objects.get(job=job, type="JOB_CANCELED_CREATOR")
    assert notice.facts["canceled_by"] == "STAFF"
    body = render(notice.type, notice.facts)[1]
    assert job.title in body
    assert "The product was recalled." in body


def test_canceling_again_changes_nothing_and_says_so(world):
    job = world.deal()
    cancel_job(job.id, by=job.brand)

    with nothing_happens(job):
        again = cancel_job(job.id, by=job.brand, reason="Once more.")

    assert again.canceled_before


def test_a_completed_job_stays_completed(world):
    job = world.completed_deal()

    for by in (job.brand, world.moderator):
        with nothing_happens(job), pytest.raises(CompletedForGood):
            cancel_job(job.id, by=by)


def test_a_brand_cannot_take_its_money_back_while_work_waits(world):
    job = world.reviewed_deal()

    with nothing_happens(job), pytest.raises(OnlyStaffOnReview):
        cancel_job(job.id, by=job.brand)


def test_a_brand_cannot_take_its_money_back_after_it_has_seen_the_work(world):
    job = world.reviewed_deal()
    request_changes(job.id, by=job.brand, comment="Brighter.")

    with nothing_happens(job), pytest.raises(OnlyStaffAfterDelivery):
        cancel_job(job.id, by=job.brand)


def test_strangers_the_creator_and_other_staff_find_no_such_job(world):
    job = world.deal()

    for stranger in (world.brand(), world.creator(), job.active_creator, world.staff("support", "engineer", "finance_approver")):
        with nothing_happens(job), pytest.raises(NotFound):
            cancel_job(job.id, by=stranger)


def test_a_reason_that_is_too_long_is_refused(world):
    job = world.deal()

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        cancel_job(job.id, by=job.brand, reason="a" * 501)

    assert list(refused.value.fields) == ["reason"]


def test_a_preview_shows_the_refund_and_changes_nothing(world):
    job = world.deal(price_quote=4_500)

    with nothing_happens(job):
        shown = preview(lambda: cancel_job(job.id, by=job.brand), by=job.brand)

    assert [(posting["type"], posting["amount_cents"]) for posting in shown.postings] == [("ESCROW_REFUNDED", 450_000)]
    assert any(balance["owner_is_you"] and balance["after_cents"] - balance["before_cents"] == 450_000 for balance in shown.balances)
