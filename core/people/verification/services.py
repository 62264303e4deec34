"""Checking that an account belongs to its creator: a code goes into the account's bio, and a moderator reads it there.

The profile is the owner row: every verb locks it first, so that two decisions queue and the second one finds the state changed.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Refusal
from core.base.policy import require
from core.notifications.steps import notify
from core.people import content, errors, events, policies
from core.people.accounts.steps import judged_reason
from core.people.completeness import require_creator_ready
from core.people.models import CreatorProfile, User, Verification
from core.people.selectors import staff_ids
from core.people.verification import steps
from outbox.post import emit

CODE_PREFIX = "UGC-"
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32, without those that are mistaken for one another
CODE_LENGTH = 6
CODE_LIFETIME = timedelta(days=7)
CODE_TRIES_MAX = 5

Status = CreatorProfile.VerificationStatus


@transaction.atomic
def issue_verification_code(*, by: User) -> Verification:
    """The creator has a code that is good for seven days: the living one, or a new one. While a check runs, its code is shown.

    Raises Forbidden, AlreadyVerified.
    """
    profile = _own_profile(by)
    require(profile.verification_status != Status.VERIFIED, errors.AlreadyVerified())
    attempt = _open_attempt(profile)
    if attempt is not None and (attempt.status == Verification.Status.PENDING or attempt.code_expires_at > clock.now()):
        return attempt

    if attempt is not None:
        attempt.move_to(Verification.Status.EXPIRED)
        attempt.store("status")
    attempt = _new_attempt(profile)
    record("VERIFICATION_CODE_ISSUED", attempt, by=by)
    return attempt


@transaction.atomic
def submit_verification(*, by: User, account_url: str) -> Verification:
    """The creator's attempt waits for a moderator, who is told.

    Raises Forbidden, AlreadyVerified, VerificationPending, NoVerificationCode, ProfileIncomplete, Invalid.
    """
    profile = _own_profile(by)
    require(profile.verification_status != Status.VERIFIED, errors.AlreadyVerified())
    attempt = _open_attempt(profile)
    require(attempt is None or attempt.status != Verification.Status.PENDING, errors.VerificationPending())
    if attempt is None or attempt.code_expires_at <= clock.now():
        raise errors.NoVerificationCode
    require_creator_ready(profile)
    if not account_url.strip():
        raise errors.fault("accountUrl", _("Give the link."))
    content.put(attempt, {"account_url": account_url}, allowed={"account_url"})

    attempt.move_to(Verification.Status.PENDING)
    attempt.submitted_at = clock.now()
    attempt.store("status", "account_url", "submitted_at")
    steps.set_status(profile, Status.PENDING)

    record("CREATOR_VERIFICATION_REQUESTED", attempt, by=by, after={"status": attempt.status, "account_url": attempt.account_url})
    moderators = staff_ids("moderator")
    notify(moderators, "CREATOR_VERIFICATION_PENDING", facts={"name": profile.display_name})
    emit(events.CreatorVerificationRequested(by_id=by.id, user_id=by.id, creator_profile_id=profile.id, recipient_ids=tuple(moderators)))
    return attempt


@transaction.atomic
def verify_creator(profile_id: UUID, *, by: User) -> Verification:
    """The creator is verified and told. For moderators.

    Raises Forbidden, NotFound, VerificationNotPending, BeingDecided, CaseTaken, AnotherDecides.
    """
    profile, attempt, is_case = _pending_attempt(profile_id, by=by)
    steps.verify(profile, attempt, by=by)
    if is_case:
        steps.close_case(attempt, by=by)
    return attempt


@transaction.atomic
def reject_creator(profile_id: UUID, *, by: User, reason: str) -> Verification:
    """The attempt is rejected, and the creator is told why. For moderators.

    Raises Forbidden, NotFound, Invalid, VerificationNotPending, BeingDecided, CaseTaken, AnotherDecides.
    """
    profile, attempt, is_case = _pending_attempt(profile_id, by=by)
    steps.refuse(profile, attempt, reason=judged_reason(reason), by=by)
    if is_case:
        steps.close_case(attempt, by=by)
    return attempt


@transaction.atomic
def revoke_verification(profile_id: UUID, *, by: User, reason: str) -> Verification:
    """The creator is verified no more, leaves the catalogue, and is told why. For moderators.

    Deals that run go on. Raises Forbidden, NotFound, Invalid, VerificationNotInForce.
    """
    profile, attempt = _attempt_to_judge(profile_id, Verification.Status.VERIFIED, by=by, otherwise=errors.VerificationNotInForce())
    steps.decide(profile, attempt, Verification.Status.REVOKED, by=by, reason=judged_reason(reason))

    notify([profile.user_id], "CREATOR_VERIFICATION_REVOKED", facts={"reason": attempt.reason})
    steps.tell(events.CreatorVerificationRevoked, profile, by=by)
    return attempt


def _own_profile(by: User) -> CreatorProfile:
    require(by.role == User.Role.CREATOR)
    return CreatorProfile.objects.lock(user_id=by.id)


def _open_attempt(profile: CreatorProfile) -> Verification | None:
    """The attempt that is under way. There is one at most; the profile is locked."""
    open_ones = (Verification.Status.ISSUED, Verification.Status.PENDING)
    return Verification.objects.filter(profile=profile, status__in=open_ones).first()


def _new_attempt(profile: CreatorProfile) -> Verification:
    """An attempt with a code that no attempt ever had."""
    for _try in range(CODE_TRIES_MAX):
        code = CODE_PREFIX + "".join(secrets.choice(CODE_LETTERS) for _place in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                return Verification.objects.create(profile=profile, code=code, code_expires_at=clock.now() + CODE_LIFETIME)
        except IntegrityError:
            continue
    raise RuntimeError("no free verification code was found")


def _attempt_to_judge(profile_id: UUID, status: str, *, by: User, otherwise: Refusal) -> tuple[CreatorProfile, Verification]:
    """The profile, locked, and its attempt in this state; the refusal when there is none."""
    require(policies.staff_can(by, "moderator"))
    profile = policies.visible_creators(by).lock(id=profile_id)
    attempt = Verification.objects.filter(profile=profile, status=status).first()
    if attempt is None:
        raise otherwise
    return profile, attempt


def _pending_attempt(profile_id: UUID, *, by: User) -> tuple[CreatorProfile, Verification, bool]:
    """The profile, locked, its attempt that waits and at which nobody else is, and whether the desk knows the case."""
    profile, attempt = _attempt_to_judge(profile_id, Verification.Status.PENDING, by=by, otherwise=errors.VerificationNotPending())
    return profile, attempt, steps.judge_hands(attempt, by=by)
