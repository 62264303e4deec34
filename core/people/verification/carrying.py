"""What was decided at the desk is done when its minute is over, in the name of who decided it."""

from uuid import UUID

from django.db import transaction

from core.audit.steps import record
from core.base.policy import refusal_of, require
from core.base.vocabulary import Queue
from core.desk.rulings import steps as rulings
from core.desk.rulings.models import Ruling
from core.people import errors, policies
from core.people.models import CreatorProfile, Verification
from core.people.verification import steps

Kind = Ruling.Kind


@transaction.atomic
def carry_out_creator_ruling(attempt_id: UUID) -> Ruling | None:
    """What was decided about the attempt a minute ago is done. It lapses when the attempt waits no more.

    None when nothing is due: it was undone, or is not a minute old.
    """
    found = Verification.objects.find(id=attempt_id)
    profile = CreatorProfile.objects.lock(id=found.profile_id)
    attempt = Verification.objects.lock(id=attempt_id)
    ruling = rulings.due(Queue.CREATORS, attempt.id)
    if ruling is None:
        return None
    refusal = refusal_of(lambda: _carry_out(profile, attempt, ruling))
    rulings.end(ruling, refusal)
    if refusal is not None:
        after = {"lapseCode": ruling.lapse_code}
        record("CREATOR_RULING_LAPSED", attempt, by=ruling.decided_by, before={"ruling": ruling.kind}, after=after)
    return ruling


def _carry_out(profile: CreatorProfile, attempt: Verification, ruling: Ruling) -> None:
    """Raises Forbidden, VerificationNotPending, before anything has happened."""
    by = ruling.decided_by
    require(policies.staff_can(by, "moderator"))
    require(attempt.status == Verification.Status.PENDING, errors.VerificationNotPending())
    if ruling.kind == Kind.APPROVE:
        steps.verify(profile, attempt, by=by)
    elif ruling.kind == Kind.REJECT:
        steps.refuse(profile, attempt, reason=ruling.reason, by=by)
    else:
        steps.ask_for_evidence(profile, attempt, reason=ruling.reason, by=by)


def carry_out_due() -> int:
    """Every decision about a creator whose minute is over is carried out. Returns how many ended."""
    return rulings.carry_out_all(Queue.CREATORS, carry_out_creator_ruling)
