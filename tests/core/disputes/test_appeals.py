"""A party appeals, and somebody else judges."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.disputes.errors import AppealDecided, AppealExists, AppealTooLate, NoAppeal, NotAppealable, OwnDecision
from core.disputes.models import Dispute
from core.disputes.services import accept_settlement, appeal_decision, confirm_decision, decide_appeal, uphold_decision_by_timer
from core.disputes.verdicts.models import Appeal
from core.money.adjustments.models import Adjustment
from core.money.errors import AdjustmentLimitReached
from core.money.selectors import ledger_faults
from core.money.services import approve_adjustment
from core.money.steps import system
from core.notifications.models import Notification
from core.people.models import SYSTEM_USER_ID
from outbox.models import Event
from tests.core.disputes.traces import nothing_happens, wallet
from tests.moments import at, later, running, wait_out

PRICE = 450_000


def appeal_of(world, resolution="REFUND", **terms):
    return world.appeal(resolution, job=world.reviewed_deal(price_quote=4_500), **terms)


def judge(appeal, by, outcome="UPHELD", share=None):
    return decide_appeal(appeal.dispute_id, by=by, outcome=outcome, note="We looked again.", creator_share_cents=share)


def test_an_appeal_waits_for_somebody_who_had_no_part_in_the_decision(world):
    other = world.staff("moderator")

    appeal = appeal_of(world)

    dispute = appeal.dispute
    assert (appeal.status, appeal.appellant_role, appeal.decided_by_id) == ("OPEN", "CREATOR", None)
    appeal.refresh_from_db()
    assert (appeal.decided_by_id, appeal.confirmed_by_id) == (world.moderator.id, None)
    assert running(appeal) == ["DECIDE_APPEAL"]
    assert Notification.objects.get(job=dispute.job, type="DISPUTE_APPEALED").user_id == dispute.brand_id
    judges = Notification.objects.filter(job=dispute.job, type="DISPUTE_APPEALED_STAFF").values_list("user_id", flat=True)
    assert other.id in judges
    assert world.moderator.id not in judges
    assert Event.objects.get(type="DISPUTE_APPEALED", aggregate=f"job:{dispute.job_id}").payload["appellantRole"] == "CREATOR"


def test_nobody_judges_the_own_decision(world):
    appeal = appeal_of(world)

    with nothing_happens(appeal.dispute.job), pytest.raises(OwnDecision):
        judge(appeal, world.moderator)


def test_whoever_confirmed_does_not_judge_either(world):
    dispute, second = world.proposed_decision(), world.staff("moderator")
    confirm_decision(dispute.id, by=second)
    appeal = appeal_decision(dispute.id, by=dispute.respondent, text="Look again, please.")

    for by in (world.moderator, second):
        with nothing_happens(dispute.job), pytest.raises(OwnDecision):
            judge(appeal, by)


def test_a_decision_that_stands_moves_nothing(world):
    appeal, other = appeal_of(world), world.staff("moderator")
    before = wallet(appeal.dispute.opened_by)

    judged = judge(appeal, other)

    assert (judged.status, judged.judged_by_id, judged.note) == ("UPHELD", other.id, "We looked again.")
    assert running(appeal) == []
    assert wallet(appeal.dispute.opened_by) == before
    assert not Adjustment.objects.filter(dispute_id=appeal.dispute_id).exists()
    told = Notification.objects.filter(job=appeal.dispute.job, type="DISPUTE_APPEAL_UPHELD").values_list("user_id", flat=True)
    assert set(told) == {appeal.dispute.brand_id, appeal.dispute.creator_id}


@pytest.mark.parametrize(
    ("resolution", "terms", "share", "changes"),
    [
        ("REFUND", {}, PRICE, (-450_000, 382_500)),
        ("REFUND", {}, 100_000, (-100_000, 85_000)),
        ("RELEASE", {}, 0, (450_000, -382_500)),
        ("SPLIT", {"creator_share_cents": 100_000}, 200_000, (-100_000, 85_000)),
        ("SPLIT", {"creator_share_cents": 100_001}, 100_000, (1, -1)),
    ],
)
def test_another_share_is_drafted_as_corrections_that_finance_signs(world, resolution, terms, share, changes):
    brand, creator = changes
    appeal, other = appeal_of(world, resolution, **terms), world.staff("moderator")
    dispute = appeal.dispute
    parties = [dispute.opened_by, dispute.respondent]
    held = {party.id: wallet(party) if party.accounts.exists() else 0 for party in parties}

    judged = judge(appeal, other, "OVERTURNED", share)

    assert (judged.status, judged.creator_share_cents) == ("OVERTURNED", share)
    drafts = {draft.person_id: draft for draft in Adjustment.objects.filter(dispute_id=dispute.id)}
    assert {person: draft.signed_cents for person, draft in drafts.items()} == {dispute.brand_id: brand, dispute.creator_id: creator}
    assert {(draft.status, draft.category, draft.drafted_by_id, draft.job_id) for draft in drafts.values()} == {
        ("PENDING", "DISPUTE_APPEAL", other.id, dispute.job_id)
    }
    assert {party.id: wallet(party) if party.accounts.exists() else 0 for party in parties} == held

    if brand < 0:
        world.wallet_money(next(party for party in parties if party.id == dispute.brand_id), -brand)
    before = {party.id: wallet(party) for party in parties}
    for draft in drafts.values():
        approve_adjustment(draft.id, by=world.finance)
    after = {party.id: wallet(party) for party in parties}
    assert after[dispute.brand_id] - before[dispute.brand_id] == brand
    assert after[dispute.creator_id] - before[dispute.creator_id] == creator
    assert ledger_faults() == []


def test_an_overturned_decision_is_told_to_both(world):
    appeal = appeal_of(world)

    judge(appeal, world.staff("moderator"), "OVERTURNED", 1_000)

    told = Notification.objects.filter(job=appeal.dispute.job, type="DISPUTE_APPEAL_OVERTURNED")
    assert {notice.user_id for notice in told} == {appeal.dispute.brand_id, appeal.dispute.creator_id}
    audit = AuditEntry.objects.get(action="DISPUTE_APPEAL_OVERTURNED", subject_id=str(appeal.dispute_id))
    assert (audit.after["creatorShareCents"], len(audit.after["adjustments"])) == (1_000, 2)
    assert Event.objects.filter(type="DISPUTE_APPEAL_OVERTURNED", aggregate=f"job:{appeal.dispute.job_id}").count() == 1
    assert Dispute.objects.get(id=appeal.dispute_id).resolution == "REFUND"


def test_nobody_drafts_more_than_the_limit_of_a_day(world):
    dispute = world.proposed_decision()
    confirm_decision(dispute.id, by=world.approver)
    appeal = appeal_decision(dispute.id, by=dispute.respondent, text="Look again, please.")

    with nothing_happens(dispute.job), pytest.raises(AdjustmentLimitReached):
        judge(appeal, world.staff("moderator"), "OVERTURNED", 40_000_000)


def test_an_appeal_that_nobody_judges_leaves_the_decision(world):
    appeal = appeal_of(world)

    wait_out(appeal, "DECIDE_APPEAL")

    appeal.refresh_from_db()
    assert (appeal.status, str(appeal.judged_by_id)) == ("UPHELD", SYSTEM_USER_ID)
    audit = AuditEntry.objects.get(action="DISPUTE_APPEAL_UPHELD", subject_id=str(appeal.dispute_id))
    assert audit.after["timer"] == "DECIDE_APPEAL"


def test_the_clock_waits_for_its_time(world):
    appeal = appeal_of(world)

    with nothing_happens(appeal.dispute.job):
        assert uphold_decision_by_timer(appeal.id, by=system()) is None


def test_there_is_one_appeal(world):
    appeal = appeal_of(world)

    for party in (appeal.dispute.opened_by, appeal.dispute.respondent):
        with nothing_happens(appeal.dispute.job), pytest.raises(AppealExists):
            appeal_decision(appeal.dispute_id, by=party, text="Once more.")


def test_an_appeal_has_its_time(world):
    dispute = world.resolved_dispute("REFUND")

    with later(days=7, minutes=1), nothing_happens(dispute.job), pytest.raises(AppealTooLate):
        appeal_decision(dispute.id, by=dispute.respondent, text="Too late.")
    with at(dispute.resolved_at.replace(microsecond=0)):
        assert appeal_decision(dispute.id, by=dispute.respondent, text="In time.").status == "OPEN"


def test_only_what_staff_decided_about_money_is_appealed(world):
    agreed = world.settlement(creator_share_cents=0)
    accept_settlement(agreed.dispute_id, agreed.id, by=agreed.dispute.respondent)
    unfunded = world.resolved_dispute("REFUND", job=world.deal(funded=False))

    for dispute in (
        world.answered_dispute(),
        world.withdrawn_dispute(),
        world.resolved_dispute("NO_ACTION"),
        agreed.dispute,
        unfunded,
    ):
        with nothing_happens(dispute.job), pytest.raises(NotAppealable):
            appeal_decision(dispute.id, by=dispute.respondent, text="Look again, please.")


def test_what_the_clock_decided_can_be_appealed(world):
    dispute = world.dispute()
    wait_out(dispute, "ANSWER_DISPUTE")

    with at(Dispute.objects.get(id=dispute.id).resolved_at):
        appeal = appeal_decision(dispute.id, by=dispute.respondent, text="I was ill.")

    assert judge(appeal, world.moderator).status == "UPHELD"


def test_only_the_parties_appeal_and_only_moderators_judge(world):
    appeal = appeal_of(world)
    dispute = world.resolved_dispute("REFUND")

    for by, refusal in ((world.moderator, Forbidden), (world.finance, Forbidden), (world.brand(), NotFound)):
        with nothing_happens(dispute.job), pytest.raises(refusal):
            appeal_decision(dispute.id, by=by, text="Look again, please.")
    for by in (appeal.dispute.opened_by, world.finance, world.approver):
        with nothing_happens(appeal.dispute.job), pytest.raises(Forbidden):
            judge(appeal, by)


def test_there_has_to_be_an_appeal_to_judge_and_it_is_judged_once(world):
    without, appeal, other = world.resolved_dispute("REFUND"), appeal_of(world), world.staff("moderator")
    judge(appeal, other)

    with nothing_happens(without.job), pytest.raises(NoAppeal):
        decide_appeal(without.id, by=other, outcome="UPHELD", note="We looked again.")
    with nothing_happens(appeal.dispute.job), pytest.raises(AppealDecided):
        judge(appeal, other, "OVERTURNED", 1_000)


@pytest.mark.parametrize(
    ("outcome", "share", "field"),
    [
        ("MAYBE", None, "outcome"),
        ("UPHELD", 5, "creatorShareCents"),
        ("OVERTURNED", None, "creatorShareCents"),
        ("OVERTURNED", -1, "creatorShareCents"),
        ("OVERTURNED", PRICE + 1, "creatorShareCents"),
        ("OVERTURNED", 0, "creatorShareCents"),
        ("OVERTURNED", True, "creatorShareCents"),
    ],
)
def test_a_judgement_that_cannot_be_is_named_and_refused(world, outcome, share, field):
    appeal = appeal_of(world)

    with nothing_happens(appeal.dispute.job), pytest.raises(Invalid) as refused:
        judge(appeal, world.staff("moderator"), outcome, share)

    assert list(refused.value.fields) == [field]


def test_the_database_knows_the_judge_from_those_who_decided(world):
    appeal = appeal_of(world)
    judged = {"status": "UPHELD", "judged_at": appeal.created_at}

    for person in (world.moderator, appeal.appealed_by):
        with pytest.raises(IntegrityError, match="appeal_judged_by_another"), transaction.atomic():
            Appeal.objects.filter(id=appeal.id).update(**judged, judged_by=person)
    with pytest.raises(DatabaseError, match="terms of a row"), transaction.atomic():
        Appeal.objects.filter(id=appeal.id).update(decided_by=world.finance)


def test_the_database_takes_appeals_against_decisions_alone(world):
    dispute = world.answered_dispute()

    with pytest.raises(DatabaseError, match="an appeal is about a decision"), transaction.atomic():
        Appeal.objects.create(dispute=dispute, appealed_by=dispute.opened_by, appellant_role="BRAND", text="Look again.")
