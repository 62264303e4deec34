"""The only place that writes an entry. Inserting the row is the movement; the database does the rest (`triggers.py`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q

from core.base import trace
from core.money.errors import AlreadyMoved, InvariantViolation, NotEnoughMoney
from core.money.models import Account, LedgerEntry

_witness: ContextVar[list[LedgerEntry] | None] = ContextVar("ledger_witness", default=None)


@contextmanager
def witness() -> Iterator[list[LedgerEntry]]:
    """The list holds every entry that is written inside the block, in order: what a preview shows."""
    seen: list[LedgerEntry] = []
    token = _witness.set(seen)
    try:
        yield seen
    finally:
        _witness.reset(token)


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
        entry = LedgerEntry.objects.create(
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
    if (seen := _witness.get()) is not None:
        seen.append(entry)
    return entry


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


@cache
def platform(kind: str, currency: str) -> Account:
    """The platform's own account of this kind: EXTERNAL, COMMISSION or ADJUSTMENT.

    It never changes and is never deleted, and holds no running balance: one read per process is enough.
    """
    return Account.objects.get(kind=kind, currency=currency)


def lock_wallet(kind: str, owner_id: UUID, currency: str) -> Account:
    """The wallet of this brand or creator in this currency, locked; it is opened empty when there was none."""
    return _lock(Q(kind=kind, owner_id=owner_id, currency=currency), kind, owner_id, currency)[-1]


def lock_with_wallet(account_id: int, kind: str, owner_id: UUID, currency: str) -> tuple[Account, Account]:
    """The account of an escrow or a payout, and its party's wallet, both locked in the order of their ids.

    A verb that writes several entries, or judges a balance, calls this first.
    """
    wanted = Q(pk=account_id) | Q(kind=kind, owner_id=owner_id, currency=currency)
    account, wallet = sorted(_lock(wanted, kind, owner_id, currency), key=lambda each: each.pk != account_id)
    return account, wallet


def lock_parties(account_id: int, *, brand_id: UUID, creator_id: UUID, currency: str) -> tuple[Account, Account, Account]:
    """The account of an escrow, and the wallets of its brand and its creator, locked in the order of their ids.

    Both wallets exist: the brand has paid from one, and the creator's was opened with the escrow.
    """
    wallets = Q(kind="BRAND", owner_id=brand_id) | Q(kind="CREATOR", owner_id=creator_id)
    rows = Account.objects.filter(Q(pk=account_id) | wallets & Q(currency=currency)).order_by("pk").select_for_update(no_key=True)
    found = {account.kind: account for account in rows}
    return found["ESCROW"], found["BRAND"], found["CREATOR"]


def _lock(wanted: Q, kind: str, owner_id: UUID, currency: str) -> list[Account]:
    """The accounts wanted, locked in the order of their ids; the wallet among them is opened when there is none."""
    rows = Account.objects.filter(wanted).order_by("pk").select_for_update(no_key=True)
    found = list(rows)
    if not any(account.kind == kind for account in found):
        try:
            with transaction.atomic():
                found.append(Account.objects.create(owner_id=owner_id, kind=kind, currency=currency))
        except IntegrityError:  # somebody opened it at the same moment: the unique index let one row in
            found = list(rows.all())
    return found
