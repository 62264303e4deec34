"""Staff decide a dispute."""

import pytest
from django.db import IntegrityError, transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.chat.models import Message
from core.deals.services import approve_work, request_changes
from core.disputes.errors import DisputeAlreadyResolved, DisputeClosed
from core.disputes.models import Dispute
from core.disputes.services import preview_resolution, propose_settlement, resolve_dispute
from core.jobs.models import Job
from core.money.errors import EscrowUnfunded
from core.money.models import Account, LedgerEntry
from core.money.preview import posting
from core.notifications.models import Notification
from core.people.models import BrandProfile, CreatorProfile
from core.timers.models import Timer
from outbox.models import Event
from tests.core.disputes.traces import clocks, nothing_happens, wallet
from tests.moments import clock_of

NOTE = "We compared the brief with what was delivered."


def resolve(dispute, by, resolution="REFUND", **terms):
    return resolve_dispute(dispute.id, by=by, resolution=resolution, note=NOTE, **terms)


def entries_of(job):
    """What left the escrow, to whom."""
    found = LedgerEntry.objects.filter(job=job, from_account=job.escrow.account).order_by("id")
    return [(entry.type, entry.to_account.kind, entry.amount_cents) for entry in found]


def test_a_refund_cancels_the_deal_and_gives_the_brand_its_money_back(world):
    dispute = world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))
    before = wallet(dispute.opened_by)

    done = resolve(dispute, world.moderator)

    job = Job.objects.get(id=dispute.job_id)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.resolution, dispute.resolved_through, dispute.note) == ("RESOLVED", "REFUND", "STAFF", NOTE)
    assert (dispute.decided_by_id, dispute.confirmed_by_id) == (world.moderator.id, None)
    assert (job.status, job.escrow.status, job.disputed_at, job.cancel_reason) == ("CANCELED", "REFUNDED", None, NOTE)
    assert wallet(dispute.opened_by) == before + 450_000
    assert (done.refunded_cents, done.payout_cents, done.commission_cents, done.waits) == (450_000, 0, 0, False)
    assert list(job.submissions.values_list("status", flat=True)) == ["SUPERSEDED"]
    assert clocks(job) == {}


def test_a_release_completes_the_deal_and_pays_the_creator(world):
    dispute = world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))

    done = resolve(dispute, world.moderator, "RELEASE")

    job = Job.objects.get(id=dispute.job_id)
    assert (job.status, job.escrow.status, job.disputed_at) == ("COMPLETED", "RELEASED", None)
    assert entries_of(job) == [("COMMISSION_TAKEN", "COMMISSION", 67_500), ("ESCROW_RELEASED", "CREATOR", 382_500)]
    assert (done.payout_cents, done.commission_cents, done.refunded_cents) == (382_500, 67_500, 0)
    assert job.submissions.get().status == "APPROVED"
    assert BrandProfile.objects.get(user=job.brand).jobs_completed == 1
    assert CreatorProfile.objects.get(user=job.active_creator).jobs_completed == 1
    assert clocks(job) == {"WRITE_REVIEWS": False}


def test_a_release_is_possible_without_a_version_that_waits(world):
    job = world.reviewed_deal()
    request_changes(job.id, by=job.brand, comment="Brighter.")

    resolve(world.answered_dispute(job=job, by_creator=True), world.moderator, "RELEASE")

    job.refresh_from_db()
    assert (job.status, job.escrow.status) == ("COMPLETED", "RELEASED")
    assert job.submissions.get().status == "CHANGES_REQUESTED"


def test_a_split_after_a_delivery_completes_the_deal_with_commission_on_the_share_alone(world):
    dispute = world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))

    done = resolve(dispute, world.moderator, "SPLIT", creator_share_cents=100_001)

    job = Job.objects.get(id=dispute.job_id)
    dispute.refresh_from_db()
    assert (job.status, job.escrow.status, job.escrow.creator_share_cents) == ("COMPLETED", "SPLIT", 100_001)
    assert entries_of(job) == [
        ("COMMISSION_TAKEN", "COMMISSION", 15_000),
        ("ESCROW_RELEASED", "CREATOR", 85_001),
        ("ESCROW_REFUNDED", "BRAND", 349_999),
    ]
    assert (done.payout_cents, done.commission_cents, done.refunded_cents) == (85_001, 15_000, 349_999)
    assert dispute.creator_share_cents == 100_001


def test_a_split_without_a_delivery_cancels_the_deal(world):
    dispute = world.answered_dispute(job=world.deal(price_quote=4_500))

    done = resolve(dispute, world.moderator, "SPLIT", creator_share_cents=50_000)

    job = Job.objects.get(id=dispute.job_id)
    assert (job.status, job.escrow.status) == ("CANCELED", "SPLIT")
    assert (done.payout_cents, done.commission_cents, done.refunded_cents) == (42_500, 7_500, 400_000)


def test_no_action_lets_the_deal_go_on(world):
    dispute = world.answered_dispute()

    done = resolve(dispute, world.moderator, "NO_ACTION")

    job = Job.objects.get(id=dispute.job_id)
    assert (job.status, job.escrow.status, job.disputed_at) == ("IN_REVIEW", "FUNDED", None)
    assert clocks(job) == {"REVIEW_WORK": False}
    assert (done.payout_cents, done.refunded_cents) == (0, 0)
    assert approve_work(job.id, by=job.brand).job.status == "COMPLETED"


def test_an_unfunded_deal_can_be_called_off_or_go_on_and_nothing_else(world):
    for resolution, terms in (("RELEASE", {}), ("SPLIT", {"creator_share_cents": 1})):
        dispute = world.answered_dispute(job=world.deal(funded=False))
        with nothing_happens(dispute.job), pytest.raises(EscrowUnfunded):
            resolve(dispute, world.moderator, resolution, **terms)

    called_off = world.answered_dispute(job=world.deal(funded=False))
    done = resolve(called_off, world.moderator)

    job = Job.objects.get(id=called_off.job_id)
    assert (job.status, job.escrow.status, done.refunded_cents) == ("CANCELED", "VOIDED", 0)
    assert not LedgerEntry.objects.filter(job=job).exists()
    resolve(dispute, world.moderator, "NO_ACTION")
    assert Job.objects.get(id=dispute.job_id).status == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"resolution": "PUNISH"}, "resolution"),
        ({"resolution": "SPLIT"}, "creatorShareCents"),
        ({"resolution": "SPLIT", "creator_share_cents": 0}, "creatorShareCents"),
        ({"resolution": "SPLIT", "creator_share_cents": 450_000}, "creatorShareCents"),
        ({"resolution": "SPLIT", "creator_share_cents": True}, "creatorShareCents"),
        ({"resolution": "REFUND", "creator_share_cents": 5}, "creatorShareCents"),
        ({"resolution": "REFUND", "note": ""}, "note"),
        ({"resolution": "REFUND", "note": "Hm"}, "note"),
        ({"resolution": "REFUND", "note": "a" * 2_001}, "note"),
    ],
)
def test_a_decision_that_cannot_be_is_named_and_refused(world, terms, field):
    dispute = world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))

    with nothing_happens(dispute.job), pytest.raises(Invalid) as refused:
        resolve_dispute(dispute.id, by=world.moderator, **({"note": NOTE} | terms))

    assert list(refused.value.fields) == [field]


def test_a_long_note_is_cut_on_the_job_and_kept_in_the_dispute(world):
    dispute = world.answered_dispute()
    note = "a" * 2_000

    resolve_dispute(dispute.id, by=world.moderator, resolution="REFUND", note=note)

    dispute.refresh_from_db()
    assert dispute.note == note
    assert Job.objects.get(id=dispute.job_id).cancel_reason == note[:500]


@pytest.mark.parametrize("resolution", ["REFUND", "RELEASE", "SPLIT", "NO_ACTION"])
def test_the_end_is_recorded_and_told_to_both(world, resolution):
    dispute = world.reviewed_dispute()
    share = {"creator_share_cents": 100_000} if resolution == "SPLIT" else {}

    resolve(dispute, world.staff("moderator"), resolution, **share)

    audit = AuditEntry.objects.get(action="DISPUTE_RESOLVED", subject_id=str(dispute.id))
    assert (audit.before, audit.after["resolution"], audit.after["resolvedThrough"]) == ({"status": "UNDER_REVIEW"}, resolution, "STAFF")
    assert audit.reason == NOTE
    told = Notification.objects.filter(job=dispute.job, type=f"DISPUTE_RESOLVED_{resolution}")
    assert {(notice.user_id, notice.href) for notice in told} == {
        (dispute.brand_id, f"/dashboard/jobs/{dispute.job_id}/review"),
        (dispute.creator_id, f"/dashboard/work/{dispute.job_id}"),
    }
    assert Notification.objects.get(job=dispute.job, type="DISPUTE_ENDED_STAFF").user_id == dispute.assignee_id
    event = Event.objects.get(type=f"DISPUTE_RESOLVED_{resolution}", aggregate=f"job:{dispute.job_id}")
    assert {dispute.brand_id, dispute.creator_id} <= set(event.recipient_ids)
    assert event.payload["refunded"] is (resolution in ("REFUND", "SPLIT"))
    assert NOTE not in str(event.payload)
    assert Message.objects.filter(conversation__job=dispute.job, type="DISPUTE_RESOLVED").count() == 1


def test_whatever_waited_in_the_dispute_waits_no_more(world):
    dispute = world.answered_dispute()
    asked = world.information_request(dispute=dispute)
    proposal = propose_settlement(dispute.id, by=dispute.respondent, creator_share_cents=0)

    resolve(dispute, world.moderator, "NO_ACTION")

    asked.refresh_from_db()
    proposal.refresh_from_db()
    assert (asked.status, proposal.status) == ("CLOSED", "EXPIRED")
    assert not Timer.objects.filter(subject_id__in=[dispute.id, asked.id, proposal.id], ended_at=None).exists()


def test_deciding_the_same_again_changes_nothing_and_says_so(world):
    dispute = world.resolved_dispute("SPLIT", creator_share_cents=100_000)

    with nothing_happens(dispute.job):
        again = resolve(dispute, world.staff("moderator"), "SPLIT", creator_share_cents=100_000)

    assert again.resolved_before


@pytest.mark.parametrize("terms", [("RELEASE", {}), ("NO_ACTION", {}), ("SPLIT", {"creator_share_cents": 1})])
def test_deciding_otherwise_is_refused(world, terms):
    dispute = world.resolved_dispute("REFUND")
    resolution, share = terms

    with nothing_happens(dispute.job), pytest.raises(DisputeAlreadyResolved) as refused:
        resolve(dispute, world.moderator, resolution, **share)

    assert refused.value.details == {"resolution": "REFUND"}


def test_what_was_withdrawn_is_not_decided(world):
    dispute = world.withdrawn_dispute()

    with nothing_happens(dispute.job), pytest.raises(DisputeClosed):
        resolve(dispute, world.moderator)


def test_only_moderators_decide(world):
    dispute = world.answered_dispute()
    people = [dispute.opened_by, dispute.respondent, *(world.staff(who) for who in ("finance", "finance_approver", "support"))]

    for by in people:
        with nothing_happens(dispute.job), pytest.raises(Forbidden):
            resolve(dispute, by)
    with pytest.raises(NotFound):
        resolve_dispute("0199f0c0-0000-7000-8000-00000000dead", by=world.moderator, resolution="REFUND", note=NOTE)


@pytest.mark.parametrize("party", ["opened_by_id", "respondent_id"])
def test_the_database_lets_no_party_decide(world, party):
    dispute = world.resolved_dispute("NO_ACTION")
    fresh = world.dispute()
    values = {"status": "RESOLVED", "resolution": "NO_ACTION", "resolved_through": "STAFF", "note": NOTE}

    with pytest.raises(IntegrityError, match="dispute_not_ones_own"), transaction.atomic():
        Dispute.objects.filter(id=fresh.id).update(**values, resolved_at=dispute.resolved_at, decided_by=getattr(fresh, party))


# Beforehand


@pytest.mark.parametrize(("resolution", "share"), [("REFUND", None), ("RELEASE", None), ("SPLIT", 123_456), ("NO_ACTION", None)])
def test_a_preview_shows_what_deciding_then_posts(world, resolution, share):
    dispute = world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))

    with nothing_happens(dispute.job):
        shown = preview_resolution(dispute.id, by=world.moderator, resolution=resolution, note=NOTE, creator_share_cents=share)
    last = LedgerEntry.objects.latest("id").id
    resolve(dispute, world.moderator, resolution, **({"creator_share_cents": share} if share else {}))

    posted = LedgerEntry.objects.filter(id__gt=last).order_by("id").select_related("from_account", "to_account")
    assert shown.postings == [posting(entry) for entry in posted]
    held = {account.pk: account.balance_cents for account in Account.objects.all()}
    assert {balance["account_id"]: balance["after_cents"] for balance in shown.balances} == {
        balance["account_id"]: held[balance["account_id"]] for balance in shown.balances
    }
    assert bool(shown.postings) is (resolution != "NO_ACTION")


def test_a_preview_above_the_limit_shows_what_both_signatures_move(world):
    dispute = world.large_dispute()

    with nothing_happens(dispute.job):
        shown = preview_resolution(dispute.id, by=world.moderator, resolution="RELEASE", note=NOTE)

    assert [(each["type"], each["amount_cents"]) for each in shown.postings] == [
        ("COMMISSION_TAKEN", 6_000_000),
        ("ESCROW_RELEASED", 34_000_000),
    ]
    assert not dispute.decisions.exists()


def test_a_preview_is_refused_as_the_decision_would_be(world):
    dispute = world.answered_dispute()

    with nothing_happens(dispute.job), pytest.raises(Forbidden):
        preview_resolution(dispute.id, by=world.finance, resolution="REFUND", note=NOTE)
    with nothing_happens(dispute.job), pytest.raises(Invalid):
        preview_resolution(dispute.id, by=world.moderator, resolution="SPLIT", note=NOTE)


def test_the_clock_of_a_deal_that_goes_on_has_as_much_time_as_it_had(world):
    job = world.reviewed_deal()
    left = clock_of(job, "REVIEW_WORK").due_at
    resolve(world.answered_dispute(job=job), world.moderator, "NO_ACTION")

    assert clock_of(job, "REVIEW_WORK").due_at >= left
