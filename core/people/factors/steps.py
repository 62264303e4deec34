"""Judging a code, and writing new ones."""

from datetime import timedelta

from core.audit.steps import record
from core.base import clock, crypto
from core.base.errors import Refusal
from core.people.factors import codes
from core.people.factors.errors import CodeNotValid, CodeRequired, FactorMissing, TooManyCodes
from core.people.factors.models import Factor, RecoveryCode
from core.people.factors.policies import needs_factor
from core.people.models import User

WRONG_MAX = 5
LOCKED_FOR = timedelta(minutes=15)


def judge_factor(user: User, code: str) -> Refusal | None:
    """Why the person may not come in with this code, or None when they may: the code is used up, or none is asked of them.

    A wrong code is counted. The caller commits whatever the answer is, and raises it afterwards, so that it stays counted.
    """
    if not needs_factor(user):
        return None
    factor = Factor.objects.lock_any(user_id=user.pk)
    if factor is None:
        return FactorMissing()
    return judge_code(factor, code, by=user) if code else CodeRequired()


def judge_code(factor: Factor, code: str, *, by: User) -> Refusal | None:
    """As `judge_factor`, of a locked factor."""
    if factor.is_locked_at(clock.now()):
        return TooManyCodes()
    spelled = codes.one_spelling(code)
    if codes.is_recovery_code(spelled):
        return None if _use_recovery_code(factor, spelled, by=by) else _wrong(factor, by=by)
    step = codes.matching_step(crypto.unseal_factor_secret(factor.sealed_secret), spelled)
    if step is None:
        return _wrong(factor, by=by)
    if step <= factor.last_step:
        return CodeNotValid()  # it was right, and is no guess: a repetition is refused and not counted
    factor.last_step, factor.failures, factor.locked_until = step, 0, None
    factor.store("last_step", "failures", "locked_until")
    return None


def _use_recovery_code(factor: Factor, spelled: str, *, by: User) -> bool:
    """Whether it is one of those that were written down, which is good once."""
    code = RecoveryCode.objects.filter(factor_id=factor.pk, used_at=None).lock_any(digest=crypto.digest(spelled))
    if code is None:
        return False
    code.used_at = clock.now()
    code.store("used_at")
    factor.failures, factor.locked_until = 0, None
    factor.store("failures", "locked_until")
    record("RECOVERY_CODE_USED", by, by=by)
    return True


def _wrong(factor: Factor, *, by: User) -> Refusal:
    """The guess is counted; after five in a row no code is looked at for a while."""
    factor.failures += 1
    if factor.failures >= WRONG_MAX:
        factor.failures, factor.locked_until = 0, clock.now() + LOCKED_FOR
        record("SECOND_FACTOR_LOCKED", by, by=by, after={"locked_until": factor.locked_until.isoformat()})
    factor.store("failures", "locked_until")
    return CodeNotValid()


def forget_factor(user: User) -> bool:
    """The person has no second factor. Returns whether there was one."""
    factor = Factor.objects.lock_any(user_id=user.pk)
    if factor is None:
        return False
    RecoveryCode.objects.filter(factor=factor).delete()
    factor.delete()
    return True


def write_recovery_codes(factor: Factor) -> list[str]:
    """Ten new codes stand in for the authenticator, the old ones do not any more. Nobody can read them again."""
    RecoveryCode.objects.filter(factor=factor).delete()
    shown = codes.new_recovery_codes()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=crypto.digest(codes.one_spelling(code))) for code in shown)
    return shown
