"""What a verb would do to the money, without doing it."""

import dataclasses
from collections.abc import Callable
from typing import Any

from django.db import transaction

from core.money import ledger
from core.money.models import Account, LedgerEntry


@dataclasses.dataclass(frozen=True)
class Preview:
    """The movements that the verb would make, in order, and what the accounts with a limit hold before and after."""

    result: Any
    postings: list[dict[str, Any]]
    balances: list[dict[str, Any]]


def preview(command: Callable[[], Any], *, by=None) -> Preview:
    """What the command would move. It runs as it is, refusals included, in a transaction that is always rolled back.

    So no row, notice, event or audit row is left, and what waits for the commit never runs. `by` marks the reader's own wallets.
    """
    with transaction.atomic():
        with ledger.witness() as entries:
            result = command()
        postings, balances = told(entries, by)
        transaction.set_rollback(True)
    return Preview(result, postings, balances)


def told(entries: list[LedgerEntry], by) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The entries as postings, and the balances of the accounts they touched."""
    if not entries:
        return [], []
    ids = [entry.pk for entry in entries]
    written = list(LedgerEntry.objects.filter(pk__in=ids).select_related("from_account", "to_account").order_by("pk"))
    balances: dict[int, dict[str, Any]] = {}
    for entry in written:
        note(balances, entry.from_account, entry.from_balance_after, -entry.amount_cents, by)
        note(balances, entry.to_account, entry.to_balance_after, entry.amount_cents, by)
    return [posting(entry) for entry in written], list(balances.values())


def note(balances: dict[int, dict[str, Any]], account: Account, after: int | None, change: int, by) -> None:
    """The account's balance before its first movement and after its last. Accounts without a limit keep none."""
    if after is None:
        return
    seen = balances.setdefault(
        account.pk,
        {
            "account_id": account.pk,
            "kind": account.kind,
            "owner_is_you": by is not None and account.owner_id == by.pk,
            "currency": account.currency,
            "before_cents": after - change,
        },
    )
    seen["after_cents"] = after


def posting(entry: LedgerEntry) -> dict[str, Any]:
    """One movement, as a reader sees it."""
    return {
        "type": entry.type,
        "reference": entry.reference,
        "source": end(entry.from_account),
        "target": end(entry.to_account),
        "amount_cents": entry.amount_cents,
        "currency": entry.currency,
    }


def end(account: Account) -> dict[str, Any]:
    """One end of a movement, with its name in the reader's language."""
    return {"account_id": account.pk, "kind": account.kind, "label": str(account.get_kind_display())}
