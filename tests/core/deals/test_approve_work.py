"""A brand accepts the work, and the creator is paid."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, NotFound, WrongState
from core.deals.errors import NothingSubmitted
from core.deals.services import approve_work, cancel_job, request_changes
from core.money.errors import EscrowUnfunded
from core.money.models import Account, LedgerEntry
from core.money.preview import preview
from core.notifications.models import Notification
from core.people.models import BrandProfile, CreatorProfile
from outbox.models import Event
from tests.core.deals.traces import nothing_happens


def balance(owner, currency="RUB") -> int:
    return sum(Account.objects.filter(owner=owner, currency=currency).values_list("balance_cents", flat=True))


def test_the_creator_has_the_price_less_commission(world):
    job = world.reviewed_deal(price_quote=4_500)

    done = approve_work(job.id, by=job.brand)

    job.refresh_from_db()
    assert (done.released_before, done.creator_cents, done.commission_cents, done.currency) == (False, 382_500, 67_500, "RUB")
    assert job.status == "COMPLETED"
    assert job.completed_at is not None
    assert job.escrow.status == "RELEASED"
    assert balance(job.active_creator) == 382_500
    assert Account.objects.get(escrow=job.escrow).balance_cents == 0


def test_the_money_goes_by_two_entries_from_the_escrow(world):
    job = world.reviewed_deal(price_quote=4_500)

    approve_work(job.id, by=job.brand)

    entries = LedgerEntry.objects.filter(job=job, from_account=job.escrow.account).order_by("type")
    assert list(entries.values_list("type", "reference", "amount_cents", "to_account__kind", "actor")) == [
        ("COMMISSION_TAKEN", f"ESCROW_COMMISSION:{job.escrow.id}", 67_500, "COMMISSION", job.brand_id),
        ("ESCROW_RELEASED", f"ESCROW_RELEASE:{job.escrow.id}", 382_500, "CREATOR", job.brand_id),
    ]


def test_the_version_is_approved_and_signed(world):
    submission = world.submission()

    approve_work(submission.job_id, by=submission.job.brand)

    submission.refresh_from_db()
    assert (submission.status, submission.reviewed_by_id) == ("APPROVED", submission.job.brand_id)
    assert submission.reviewed_at is not None


def test_both_profiles_count_the_completed_job(world):
    job = world.reviewed_deal()

    approve_work(job.id, by=job.brand)

    assert BrandProfile.objects.get(user=job.brand).jobs_completed == 1
    assert CreatorProfile.objects.get(user=job.active_creator).jobs_completed == 1


def test_completion_is_recorded_and_told_to_both(world):
    submission = world.submission()
    job = submission.job

    approve_work(job.id, by=job.brand)

    audit = AuditEntry.objects.get(action="JOB_COMPLETED", subject_id=str(job.id))
    assert audit.actor_id == job.brand_id
    assert (audit.before, audit.after["status"]) == ({"status": "IN_REVIEW"}, "COMPLETED")
    notices = Notification.objects.filter(job=job, type__in=["JOB_COMPLETED_BRAND", "JOB_COMPLETED_CREATOR", "ESCROW_RELEASED"])
    assert set(notices.values_list("type", "user_id")) == {
        ("JOB_COMPLETED_BRAND", job.brand_id),
        ("JOB_COMPLETED_CREATOR", submission.creator_id),
        ("ESCROW_RELEASED", submission.creator_id),
    }
    event = Event.objects.get(type="JOB_COMPLETED", aggregate=f"job:{job.id}")
    assert (
        event.payload.items()
        >= {
            "jobId": str(job.id),
            "brandId": str(job.brand_id),
            "creatorId": str(submission.creator_id),
            "submissionId": str(submission.id),
        }.items()
    )
    assert set(event.recipient_ids) == {job.brand_id, submission.creator_id}
    assert Event.objects.get(type="ESCROW_RELEASED", aggregate=f"job:{job.id}").payload["amountCents"] == 382_500


def test_approving_again_changes_nothing_and_says_so(world):
    job = world.completed_deal()

    with nothing_happens(job):
        again = approve_work(job.id, by=job.brand)

    assert again.released_before


def test_an_unfunded_deal_cannot_be_approved(world):
    job = world.deal(funded=False)

    with nothing_happens(job), pytest.raises(EscrowUnfunded):
        approve_work(job.id, by=job.brand)


def test_there_has_to_be_a_version_to_approve(world):
    job = world.deal()

    with nothing_happens(job), pytest.raises(NothingSubmitted):
        approve_work(job.id, by=job.brand)


def test_a_version_that_was_sent_back_cannot_be_approved(world):
    job = world.reviewed_deal()
    request_changes(job.id, by=job.brand, comment="Brighter.")

    with nothing_happens(job), pytest.raises(NothingSubmitted):
        approve_work(job.id, by=job.brand)


def test_a_canceled_deal_cannot_be_approved(world):
    job = world.reviewed_deal()
    cancel_job(job.id, by=world.moderator)

    with nothing_happens(job), pytest.raises(WrongState):
        approve_work(job.id, by=job.brand)


def test_a_job_that_never_began_cannot_be_approved(world):
    job = world.live_job()

    with nothing_happens(job), pytest.raises(WrongState):
        approve_work(job.id, by=job.brand)


def test_only_the_owner_approves(world):
    job = world.reviewed_deal()

    for stranger, refusal in (
        (world.brand(), NotFound),
        (job.active_creator, Forbidden),
        (world.staff("moderator", "finance"), Forbidden),
    ):
        with nothing_happens(job), pytest.raises(refusal):
            approve_work(job.id, by=stranger)


def test_a_preview_shows_the_postings_and_changes_nothing(world):
    job = world.reviewed_deal(price_quote=4_500)

    with nothing_happens(job):
        shown = preview(lambda: approve_work(job.id, by=job.brand), by=job.brand)

    assert [(posting["type"], posting["amount_cents"]) for posting in shown.postings] == [
        ("COMMISSION_TAKEN", 67_500),
        ("ESCROW_RELEASED", 382_500),
    ]
