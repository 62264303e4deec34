"""Entries of the ledger as tables on other pages: every number leads to the movement it comes from."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice import show
from backoffice.page import Panel, Table
from core.money.models import Account, Escrow, LedgerEntry, Payout
from core.people.policies import staff_can

LEDGER = ("finance", "finance_approver")
SHOWN = 25


def of_account(account: Account) -> QuerySet:
    """What came in and went out, newest first."""
    return LedgerEntry.objects.filter(Q(from_account=account) | Q(to_account=account)).order_by("-id")


def of_payout(payout: Payout) -> QuerySet:
    """Every movement of the payout's money."""
    return LedgerEntry.objects.filter(payout=payout).order_by("-id")


def of_escrow(escrow: Escrow) -> QuerySet:
    """Every movement of the deal's money."""
    return of_account(escrow.account)


def end(account: Account) -> str:
    """One end of a movement: the kind of account, and whose it is."""
    kind = str(account.get_kind_display())
    return show.two_lines(kind, show.name(account.owner)) if account.owner_id else kind


WITH_ENDS = [path for side in ("from_account", "to_account") for path in (side, *show.joined(f"{side}__owner"))]


def panel(title: str, rows: QuerySet, user: Any, empty: str) -> Panel:
    """The newest movements, each a link for those who may read the ledger."""
    linked = staff_can(user, *LEDGER)
    lines = [line(entry, linked=linked) for entry in rows.select_related(*WITH_ENDS)[:SHOWN]]
    headings = (_("When"), _("What"), pgettext("account", "From"), pgettext("account", "To"), _("Amount"))
    return Panel(title, table=Table(headings, lines, empty=empty, numbers=(4,)))


def line(entry: LedgerEntry, *, linked: bool) -> tuple[Any, ...]:
    """One movement as a row of a table."""
    what: SafeString | str = entry.get_type_display()
    return (
        show.exact(entry.created_at),
        show.inside(entry, what) if linked else what,
        end(entry.from_account),
        end(entry.to_account),
        show.amount(entry.amount_cents, entry.currency),
    )


def signed_lines(rows: Iterable[LedgerEntry], account: Account) -> list[tuple[Any, ...]]:
    """The statement of one account: what came in, what went out, and what was left after it."""
    lines = []
    for entry in rows:
        goes_out = entry.from_account_id == account.pk
        other = entry.to_account if goes_out else entry.from_account
        after = entry.from_balance_after if goes_out else entry.to_balance_after
        cents = -entry.amount_cents if goes_out else entry.amount_cents
        lines.append(
            (
                show.exact(entry.created_at),
                show.inside(entry, entry.get_type_display()),
                end(other),
                show.amount(cents, entry.currency),
                show.amount(after, entry.currency),
            )
        )
    return lines
