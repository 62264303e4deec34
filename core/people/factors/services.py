"""The second factor of staff: set up, proven, reset; and sign-ins to the backoffice, ended."""

from uuid import UUID

from django.db import transaction

from core.audit.steps import record
from core.base import clock, crypto
from core.base.errors import NotFound
from core.base.policy import require
from core.people.accounts.steps import judged_reason
from core.people.factors import codes, errors, policies, steps
from core.people.factors.models import BackofficeSession, Factor
from core.people.models import User
from core.people.sessions.steps import end_sessions


@transaction.atomic
def set_up_factor(*, by: User, secret: str, code: str) -> list[str]:
    """The authenticator that made this code from this secret is the person's second factor. Returns the recovery codes, shown once.

    Raises Forbidden for whoever is no staff, FactorExists, CodeNotValid.
    """
    user = User.objects.lock(id=by.pk)
    require(user.is_staff)
    require(not Factor.objects.filter(user=user).exists(), errors.FactorExists())
    step = codes.matching_step(secret, codes.one_spelling(code))
    if step is None:
        raise errors.CodeNotValid

    factor = Factor.objects.create(user=user, sealed_secret=crypto.seal_factor_secret(secret), last_step=step)
    record("SECOND_FACTOR_SET_UP", user, by=user)
    return steps.write_recovery_codes(factor)


def prove_factor(*, by: User, code: str) -> None:
    """The person has shown a code that nobody showed before. A wrong one stays counted.

    Raises FactorMissing, CodeRequired, CodeNotValid, TooManyCodes.
    """
    with transaction.atomic():
        refusal = steps.judge_factor(by, code)
    if refusal is not None:
        raise refusal


def renew_recovery_codes(*, by: User, code: str) -> list[str]:
    """The person has ten new recovery codes, and the old ones are good for nothing. Raises as `prove_factor`."""
    with transaction.atomic():
        refusal = steps.judge_factor(by, code)
        factor = Factor.objects.lock_any(user_id=by.pk)
        if refusal is None and factor is not None:
            record("RECOVERY_CODES_RENEWED", by, by=by)
            return steps.write_recovery_codes(factor)
    raise refusal or errors.FactorMissing


@transaction.atomic
def reset_factor(user_id: UUID, *, by: User, reason: str) -> User:
    """The colleague has no second factor, is signed out everywhere, and sets up a new one when they come in next.

    Raises NotFound, Forbidden for anybody but another superuser, NoFactor, Invalid.
    """
    person = User.objects.filter(role=User.Role.STAFF).lock(id=user_id)
    require(policies.can_reset_factor(by, person))
    reason = judged_reason(reason)
    require(steps.forget_factor(person), errors.NoFactor())

    ended = end_sessions(person)
    record("SECOND_FACTOR_RESET", person, by=by, after={"sessions_ended": ended}, reason=reason)
    return person


@transaction.atomic
def end_backoffice_session(digest: str, *, by: User) -> None:
    """This browser of the person's own is signed out. Raises NotFound when it is somebody else's, or has ended."""
    ended, _rows = BackofficeSession.objects.filter(session_key=digest, user=by).delete()
    require(ended > 0, NotFound())
    record("BACKOFFICE_SESSION_ENDED", by, by=by)


def forget_old_sessions() -> int:
    """Sign-ins to the backoffice that have run out are gone. Returns how many."""
    return BackofficeSession.objects.filter(expire_date__lt=clock.now()).delete()[0]
