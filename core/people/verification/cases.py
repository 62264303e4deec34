"""What moderators do at the desk with creators who wait: take a case, decide it with a minute to change one's mind, hand it on.

The profile is the owner row: every verb locks it first, then its attempt's ruling. Cases are named by the attempt.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.base.vocabulary import Queue
from core.desk.claims import steps as claims
from core.desk.claims.models import Claim, Escalation
from core.desk.rulings import steps as rulings
from core.desk.rulings.judgements import judged
from core.desk.rulings.models import Ruling
from core.people import errors, policies
from core.people.models import CreatorProfile, Verification
from core.people.verification import queue, steps, tasks

VERSION = 1  # an attempt does not change while it waits


@transaction.atomic
def take_creator(attempt_id: Any, *, by: Any) -> Claim:
    """The case is in this moderator's hands.

    Raises Forbidden, NotFound, VerificationNotPending, BeingDecided, CaseTaken, AnotherDecides.
    """
    attempt = _waiting(attempt_id, by=by)
    return claims.take(Queue.CREATORS, attempt.id, by=by)


@transaction.atomic
def take_next_creator(*, by: Any, part: str = "") -> Verification:
    """The attempt that has waited longest, of those that nobody else is at, is in this moderator's hands.

    Raises Forbidden, NothingToTake.
    """
    require(policies.staff_can(by, "moderator"))
    attempt: Verification = claims.take_first(Queue.CREATORS, queue.next_of(part, by), by=by)
    return attempt


@transaction.atomic
def rule_on_creator(attempt_id: Any, *, by: Any, kind: str, reason: str = "", checks: Sequence[str] = ()) -> Ruling:
    """The attempt is decided, with effect in a minute. An approval has looked at everything on the checklist.

    Raises Forbidden, Invalid, NotFound, VerificationNotPending, BeingDecided, CaseTaken, AnotherDecides.
    """
    attempt = _waiting(attempt_id, by=by)
    found = judged(Queue.CREATORS, kind=kind, reason=reason, checks=checks)
    ruling = rulings.hold(Queue.CREATORS, attempt.id, by=by, kind=kind, version=VERSION, **found)
    record("CREATOR_RULED", attempt, by=by, after={"ruling": kind}, reason=ruling.reason)
    tasks.wake()
    return ruling


@transaction.atomic
def undo_creator_ruling(attempt_id: Any, *, by: Any) -> Ruling:
    """The moderator's decision was never made, and the case is in their hands again. Raises Forbidden, NotFound, NothingToUndo."""
    require(policies.staff_can(by, "moderator"))
    attempt = _locked(attempt_id)
    ruling = rulings.undo(Queue.CREATORS, attempt.id, by=by)
    record("CREATOR_RULING_UNDONE", attempt, by=by, before={"ruling": ruling.kind})
    return ruling


@transaction.atomic
def escalate_creator(attempt_id: Any, *, by: Any, note: str) -> Escalation:
    """Somebody else decides the case, and knows why.

    Raises Forbidden, Invalid, NotFound, VerificationNotPending, and what is in other hands.
    """
    attempt = _waiting(attempt_id, by=by)
    escalation = claims.hand_on(Queue.CREATORS, attempt.id, note=claims.judged_note(note), by=by)
    record("CREATOR_ESCALATED", attempt, by=by, reason=escalation.note)
    return escalation


def _locked(attempt_id: Any) -> Verification:
    """The attempt, after its profile was locked. Raises NotFound."""
    attempt: Verification = Verification.objects.find(id=attempt_id)
    CreatorProfile.objects.lock(id=attempt.profile_id)
    locked: Verification = Verification.objects.lock(id=attempt_id)
    return locked


def _waiting(attempt_id: Any, *, by: Any) -> Verification:
    """The attempt that waits, locked, at which nobody else is."""
    require(policies.staff_can(by, "moderator"))
    attempt = _locked(attempt_id)
    require(attempt.status == Verification.Status.PENDING, errors.VerificationNotPending())
    steps.judge_hands(attempt, by=by)
    return attempt
