"""Parts of verbs that concern the badge of a creator. The profile is locked."""

from typing import Any

from core.audit.steps import record
from core.base import clock
from core.base.vocabulary import Queue
from core.desk.claims import steps as claims
from core.notifications.steps import notify
from core.people import events
from core.people.models import CreatorProfile, User, Verification
from core.people.selectors import staff_ids
from outbox.post import emit

Status = CreatorProfile.VerificationStatus


def tell_of_change(profile: CreatorProfile) -> None:
    """Moderators know that somebody whom they have verified looks different now; of others they need not know."""
    if profile.is_verified:
        notify(staff_ids("moderator"), "VERIFIED_PROFILE_CHANGED", facts={"name": profile.display_name})


def judge_hands(attempt: Verification, *, by: Any) -> bool:
    """Nobody else is at the attempt. Whether the desk knows the case. Raises BeingDecided, CaseTaken, AnotherDecides."""
    return claims.judge_hands(Queue.CREATORS, attempt.id, by=by)


def close_case(attempt: Verification, *, by: Any) -> None:
    """The attempt is in nobody's hands, and what was handed on is settled."""
    claims.give_back(Queue.CREATORS, attempt.id)
    claims.settle(Queue.CREATORS, attempt.id, by=by)


def verify(profile: CreatorProfile, attempt: Verification, *, by: User) -> None:
    """The creator is verified and told."""
    decide(profile, attempt, Verification.Status.VERIFIED, by=by, reason="")
    notify([profile.user_id], "CREATOR_VERIFIED")
    tell(events.CreatorVerified, profile, by=by)


def refuse(profile: CreatorProfile, attempt: Verification, *, reason: str, by: User) -> None:
    """The attempt is rejected, and the creator is told why."""
    decide(profile, attempt, Verification.Status.REJECTED, by=by, reason=reason)
    notify([profile.user_id], "CREATOR_VERIFICATION_REJECTED", facts={"reason": attempt.reason})
    tell(events.CreatorVerificationRejected, profile, by=by)


def ask_for_evidence(profile: CreatorProfile, attempt: Verification, *, reason: str, by: User) -> None:
    """The attempt is over, and the creator knows what to mend before asking again."""
    decide(profile, attempt, Verification.Status.REJECTED, by=by, reason=reason, action="CREATOR_EVIDENCE_REQUESTED")
    notify([profile.user_id], "CREATOR_EVIDENCE_REQUESTED", facts={"reason": attempt.reason})
    tell(events.CreatorVerificationRejected, profile, by=by)


ACTIONS = {"VERIFIED": "CREATOR_VERIFIED", "REJECTED": "CREATOR_VERIFICATION_REJECTED", "REVOKED": "CREATOR_VERIFICATION_REVOKED"}


def decide(profile: CreatorProfile, attempt: Verification, status: Verification.Status, *, by: User, reason: str, action: str = "") -> None:
    """The attempt and the profile are in the new state, and the trail says who did it."""
    before = {"status": attempt.status}
    attempt.move_to(status)
    attempt.reviewed_at = clock.now()
    attempt.reviewed_by = by
    attempt.reason = reason
    attempt.store("status", "reviewed_at", "reviewed_by", "reason")
    set_status(profile, Status(status.value))
    record(action or ACTIONS[status.value], attempt, by=by, before=before, after={"status": attempt.status}, reason=reason)


def set_status(profile: CreatorProfile, status: CreatorProfile.VerificationStatus) -> None:
    """The profile says how the verification stands."""
    profile.verification_status = status
    profile.verified_at = clock.now() if status == Status.VERIFIED else None
    profile.store("verification_status", "verified_at")


def tell(
    fact: type[events.CreatorVerified | events.CreatorVerificationRejected | events.CreatorVerificationRevoked],
    profile: CreatorProfile,
    *,
    by: User,
) -> None:
    """The outbox knows."""
    emit(fact(by_id=by.id, user_id=profile.user_id, creator_profile_id=profile.id, reviewed_by=by.id, recipient_ids=(profile.user_id,)))
