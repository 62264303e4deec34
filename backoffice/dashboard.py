"""The first page: what waits, how much money is where, and whether the machinery runs. Each card for those it concerns.

A card that a person may not see is not counted either. The whole page takes twelve queries at most.
"""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Min, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import counters, show
from backoffice.audit_words import action_label
from core.audit.models import AuditEntry
from core.base import clock
from core.base.money import money_text
from core.jobs.models import Job
from core.money.models import Account, Escrow, LedgerEntry, Payout, TopUp
from core.people.models import Verification
from core.people.policies import staff_can
from outbox import pulse
from outbox.models import Event, Heartbeat

SECONDS = 30
BEAT_MAX, LAG_MAX = timedelta(minutes=3), timedelta(minutes=5)
DECISIONS_SHOWN = 6
MODERATION, MONEY = ("moderator", "support"), ("finance", "finance_approver")
PAYMENTS = (*MONEY, "support")
MACHINES = ("engineer",)


@dataclasses.dataclass(frozen=True)
class Card:
    """One card: a number, what it means, and where it leads. `rows` are lines below it."""

    title: str | Promise
    value: Any
    hint: Any = ""
    tone: str = show.GREY
    icon: str = ""
    url: str = ""
    rows: Sequence[tuple[Any, Any]] = ()
    is_wide: bool = False


def widgets(user: Any) -> list[Card]:
    """The cards of this person."""
    return [card for can, make in CARDS if not can or staff_can(user, *can) for card in make(user)]


def _queue(title: Any, icon: str, count: int, oldest: datetime | None, url: str) -> Card:
    hint = _("the oldest waits %(time)s") % {"time": show.span(oldest)} if oldest else _("the queue is empty")
    late = oldest is not None and clock.now() - oldest > timedelta(days=1)
    tone = show.RED if late else show.AMBER if count else show.GREEN
    return Card(title, count, hint, tone, icon, url)


def _moderation(user: Any) -> list[Card]:
    waiting = counters.of(user)
    return [
        _queue(gettext_lazy("Jobs to moderate"), "movie_edit", waiting["jobs"], waiting["jobs_oldest"], show.list_url(Job)),
        _queue(
            gettext_lazy("Creators to check"), "verified_user", waiting["creators"], waiting["creators_oldest"], show.list_url(Verification)
        ),
    ]


def _payments(user: Any) -> list[Card]:
    waiting = counters.of(user)
    stages = (
        (_("To check"), lambda row: row["status"] == "PENDING" and not row["is_signed"]),
        (_("Second signature"), lambda row: row["status"] == "PENDING" and row["is_signed"]),
        (_("To send"), lambda row: row["status"] == "APPROVED"),
        (_("With the bank"), lambda row: row["status"] == "SENT"),
    )
    rows = [(label, _sums([row for row in waiting["payout_rows"] if fits(row)])) for label, fits in stages]
    payouts = _queue(gettext_lazy("Payouts to decide"), "payments", waiting["payouts"], waiting["payouts_oldest"], show.list_url(Payout))
    top_ups = _queue(gettext_lazy("Top-ups to confirm"), "add_card", waiting["top_ups"], waiting["top_ups_oldest"], show.list_url(TopUp))
    return [dataclasses.replace(payouts, rows=rows), top_ups]


def _sums(rows: list[dict[str, Any]]) -> Any:
    """The count and the sum of each currency."""
    if not rows:
        return show.NOTHING
    cents: dict[str, int] = {}
    for row in rows:
        cents[row["currency"]] = cents.get(row["currency"], 0) + row["cents"]
    sums = ", ".join(money_text(amount, currency) for currency, amount in sorted(cents.items()))
    return f"{sum(row['count'] for row in rows)} · {sums}"


def balances() -> dict[str, Any]:
    """What every kind of account holds in each currency, and for each currency what the books are out by: nothing, or there is a defect.

    Kept balances and summed movements come from different rows, so that a sum of zero proves that they agree.
    """
    limited = Account.objects.filter(is_limited=True).order_by().values("kind", "currency").annotate(cents=Sum("balance_cents"))
    held = {(row["kind"], row["currency"]): row["cents"] for row in limited}
    out_of_sum = Sum("amount_cents", filter=Q(from_account__is_limited=False))
    into_sum = Sum("amount_cents", filter=Q(to_account__is_limited=False))
    moved = LedgerEntry.objects.order_by().values("currency").annotate(out_of=out_of_sum, into=into_sum)
    outside = {row["currency"]: (row["into"] or 0) - (row["out_of"] or 0) for row in moved}
    currencies = sorted({currency for _kind, currency in held} | set(outside))
    difference = {
        currency: sum(cents for (_kind, of), cents in held.items() if of == currency) + outside.get(currency, 0) for currency in currencies
    }
    return {"held": held, "difference": difference}


def _known_balances() -> dict[str, Any]:
    known: Any = cache.get_or_set(f"{__name__}.balances", balances, SECONDS)
    return known


def _money(user: Any) -> list[Card]:
    held = _known_balances()["held"]

    def sums(*kinds: str) -> str:
        found = [(currency, cents) for (kind, currency), cents in sorted(held.items()) if kind in kinds and cents]
        return ", ".join(money_text(cents, currency) for currency, cents in found) or show.NOTHING

    rows = [(_("Brands' wallets"), sums("BRAND")), (_("Creators' wallets"), sums("CREATOR")), (_("Payouts on hold"), sums("PAYOUT_HOLD"))]
    return [Card(gettext_lazy("Held in escrow"), sums("ESCROW"), icon="lock", url=show.list_url(Escrow), rows=rows, tone=show.BLUE)]


def _trial(user: Any) -> list[Card]:
    difference = _known_balances()["difference"]
    broken = {currency: cents for currency, cents in difference.items() if cents}
    if broken:
        sums = ", ".join(money_text(cents, currency) for currency, cents in broken.items())
        return [
            Card(
                gettext_lazy("Trial balance"), sums, _("The books do not balance: stop payouts and call an engineer."), show.RED, "balance"
            )
        ]
    return [Card(gettext_lazy("Trial balance"), "0", _("the balances agree with the ledger in every currency"), show.GREEN, "balance")]


def _machines(user: Any) -> list[Card]:
    late = Event.objects.filter(position=None).aggregate(count=Count("id"), oldest=Min("occurred_at"))
    beat = Heartbeat.objects.filter(name__startswith=pulse.WORKER).order_by("-beat_at").values_list("beat_at", flat=True).first()
    now = clock.now()
    behind = late["oldest"] is not None and now - late["oldest"] > LAG_MAX
    hint = _("the oldest waits %(time)s") % {"time": show.span(late["oldest"])} if late["oldest"] else _("everything is in its place")
    alive = beat is not None and now - beat < BEAT_MAX
    seen = _("last seen %(time)s ago") % {"time": show.span(beat)} if beat else _("has not been seen yet: start the worker")
    return [
        Card(gettext_lazy("Events without a place"), late["count"], hint, show.RED if behind else show.GREEN, "outbox"),
        Card(gettext_lazy("Worker"), _("runs") if alive else _("is silent"), seen, show.GREEN if alive else show.RED, "monitor_heart"),
    ]


def _decisions(user: Any) -> list[Card]:
    mine = AuditEntry.objects.filter(actor=user).order_by("-id")[:DECISIONS_SHOWN]
    rows = [(show.inside(entry, action_label(entry.action)), show.ago(entry.created_at)) for entry in mine]
    hint = "" if rows else _("You have not decided anything yet. Take the first card of a queue.")
    return [Card(gettext_lazy("My last actions"), "", hint, icon="history", rows=rows, is_wide=True)]


CARDS: tuple[tuple[tuple[str, ...], Callable[[Any], list[Card]]], ...] = (
    (MODERATION, _moderation),
    (PAYMENTS, _payments),
    (MONEY, _money),
    ((*MONEY, "engineer"), _trial),
    (MACHINES, _machines),
    ((), _decisions),
)
