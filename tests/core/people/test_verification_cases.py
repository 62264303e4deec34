"""Creators who wait, at the desk: taken once, decided with a minute to undo, handed on."""

from datetime import timedelta

import pytest
import time_machine

from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.base.vocabulary import Queue
from core.desk.claims.errors import AnotherDecides, CaseTaken, NothingToTake
from core.desk.rulings.errors import BeingDecided, NothingToUndo
from core.desk.rulings.models import Ruling
from core.desk.rulings.steps import HOLD_SECONDS
from core.people import services as people
from core.people.errors import VerificationNotPending
from core.people.models import CreatorProfile, Verification
from core.people.verification.carrying import carry_out_due
from core.people.verification.cases import escalate_creator, rule_on_creator, take_creator, take_next_creator, undo_creator_ruling
from core.rules.reasons.selectors import checklist
from tests.core.people.traces import nothing_happens, notices

REASON = "There is no code in the bio of the account."
MINUTE = timedelta(seconds=HOLD_SECONDS)


def waiting(world) -> Verification:
    return Verification.objects.get(profile__user=world.waiting_creator())


def approve(attempt: Verification, by) -> Ruling:
    return rule_on_creator(attempt.id, by=by, kind="APPROVE", checks=[item.code for item in checklist(Queue.CREATORS)])


def status(attempt: Verification) -> tuple[str, str]:
    attempt.refresh_from_db()
    return attempt.status, CreatorProfile.objects.get(id=attempt.profile_id).verification_status


def test_two_moderators_get_two_creators_and_the_third_none(world):
    first, second = waiting(world), waiting(world)

    assert take_next_creator(by=world.staff("moderator")) == first
    assert take_next_creator(by=world.staff("moderator")) == second
    third = world.staff("moderator")
    with nothing_happens(), pytest.raises(NothingToTake):
        take_next_creator(by=third)


def test_a_creator_is_verified_when_the_minute_is_over_and_not_before(world):
    attempt, anna = waiting(world), world.staff("moderator")
    approve(attempt, anna)

    assert carry_out_due() == 0
    assert status(attempt) == ("PENDING", "PENDING")
    assert notices(attempt.profile.user) == []
    with time_machine.travel(clock.now() + MINUTE):
        assert carry_out_due() == 1
    assert status(attempt) == ("VERIFIED", "VERIFIED")
    assert (attempt.reviewed_by, notices(attempt.profile.user)) == (anna, ["CREATOR_VERIFIED"])


@pytest.mark.parametrize(
    ("kind", "notice"), [("REJECT", "CREATOR_VERIFICATION_REJECTED"), ("REQUEST_CHANGES", "CREATOR_EVIDENCE_REQUESTED")]
)
def test_a_refused_creator_knows_why_and_may_ask_again(world, kind, notice):
    attempt, anna = waiting(world), world.staff("moderator")
    rule_on_creator(attempt.id, by=anna, kind=kind, reason=REASON)

    with time_machine.travel(clock.now() + MINUTE):
        carry_out_due()

    assert status(attempt) == ("REJECTED", "REJECTED")
    assert (attempt.reason, notices(attempt.profile.user)) == (REASON, [notice])
    again = people.issue_verification_code(by=attempt.profile.user)
    people.submit_verification(by=attempt.profile.user, account_url="https://www.tiktok.com/@anna")
    assert take_next_creator(by=anna, part="repeated") == again


def test_an_undone_decision_was_never_made(world):
    attempt, anna, boris = waiting(world), world.staff("moderator"), world.staff("moderator")
    approve(attempt, anna)
    with nothing_happens(), pytest.raises(NothingToUndo):
        undo_creator_ruling(attempt.id, by=boris)
    with nothing_happens(), pytest.raises(BeingDecided):
        people.verify_creator(attempt.profile_id, by=boris)

    undo_creator_ruling(attempt.id, by=anna)

    with time_machine.travel(clock.now() + MINUTE), nothing_happens():
        assert carry_out_due() == 0
    with nothing_happens(), pytest.raises(CaseTaken):
        people.reject_creator(attempt.profile_id, by=boris, reason=REASON)


def test_a_creator_who_was_handed_on_is_for_somebody_else(world):
    attempt, anna, boris = waiting(world), world.staff("moderator"), world.staff("moderator")
    take_creator(attempt.id, by=anna)

    escalate_creator(attempt.id, by=anna, note=REASON)

    with nothing_happens(), pytest.raises(AnotherDecides):
        approve(attempt, anna)
    assert take_next_creator(by=boris, part="escalated") == attempt


def test_refused_cases_leave_nothing(world):
    attempt, anna = waiting(world), world.staff("moderator")
    verified = Verification.objects.get(profile__user=world.verified_creator())

    with nothing_happens(), pytest.raises(VerificationNotPending):
        take_creator(verified.id, by=anna)
    with nothing_happens(), pytest.raises(NotFound):
        take_creator(attempt.profile_id, by=anna)
    with nothing_happens(), pytest.raises(Invalid):
        rule_on_creator(attempt.id, by=anna, kind="APPROVE", checks=[])
    with nothing_happens(), pytest.raises(Invalid):
        rule_on_creator(attempt.id, by=anna, kind="REJECT", reason="short")
    for person in (attempt.profile.user, world.staff("support"), world.staff("finance")):
        for act in (lambda by: take_creator(attempt.id, by=by), lambda by: take_next_creator(by=by), lambda by: approve(attempt, by)):
            with nothing_happens(), pytest.raises(Forbidden):
                act(person)
