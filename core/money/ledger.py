"""The only place that writes an entry. Inserting the row is the movement; the database does the rest (`triggers.py`)."""

from django.db import DatabaseError, IntegrityError

from core.base import trace
from core.money.errors import AlreadyMoved, InvariantViolation, NotEnoughMoney
from core.money.models import Account, LedgerEntry


def move(
    *,
    type: str,
    source: Account,
    target: Account,
    cents: int,
    reference: str,
    by,
    job_id=None,
    payout_id=None,
    approved_by=None,
    reverses: LedgerEntry | None = None,
    reason: str = "",
) -> LedgerEntry:
    """`cents` minor units have moved from `source` to `target`, once for ever under this reference.

    Raises NotEnoughMoney, AlreadyMoved, InvariantViolation; the transaction is then to be rolled back, so nobody may swallow them.
    """
    try:
        return LedgerEntry.objects.create(
            type=type,
            reference=reference,
            from_account=source,
            to_account=target,
            currency=source.currency,
            amount_cents=cents,
            job_id=job_id,
            payout_id=payout_id,
            actor=by,
            approved_by=approved_by,
            reverses=reverses,
            reason=reason,
            request_id=trace.request_id(),
        )
    except DatabaseError as refused:
        raise _refusal(refused) from refused


def _refusal(refused: DatabaseError) -> Exception:
    """Our SQLSTATEs as refusals. What is not ours (a lost connection, a timeout) stays what it is."""
    cause = refused.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    if state == "LG010":
        return NotEnoughMoney()
    if isinstance(refused, IntegrityError) and state == "23505":
        return AlreadyMoved()
    if state.startswith("LG") or isinstance(refused, IntegrityError):
        return InvariantViolation()
    return refused


def wallet(owner, currency: str) -> Account:
    """The wallet of this brand or creator in this currency; it is opened empty when there was none."""
    account, _ = Account.objects.get_or_create(owner=owner, kind=owner.role, currency=currency)
    return account


def platform(kind: str, currency: str) -> Account:
    """The platform's own account of this kind: EXTERNAL, COMMISSION or ADJUSTMENT."""
    return Account.objects.get(kind=kind, currency=currency)


def lock_accounts(*accounts: Account) -> None:
    """All of them are locked, in the order of their ids: a verb that writes several entries calls this first."""
    ids = sorted(account.pk for account in accounts)
    list(Account.objects.filter(pk__in=ids, is_limited=True).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def commission(amount_cents: int, bps: int) -> int:
    """The platform's share of an amount, half up, never more than the amount. The creator gets the rest."""
    return min((amount_cents * bps + 5_000) // 10_000, amount_cents)
