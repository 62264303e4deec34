"""How much money is where, what waits for finance, and whether the books agree."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice import counters, show
from backoffice.dashboard import drawings
from backoffice.dashboard.cards import Card, queue
from core.base import clock
from core.base.money import money_text
from core.money.models import Account, Escrow, LedgerEntry, Payout, TopUp

SECONDS = 30
ESCROW_AGES = (7, 14, 30)  # days
FAILED_DAYS, ASKED_DAYS = 7, 60
TONES = (show.GREEN, show.BLUE, show.AMBER, show.RED)


def payments(user: Any) -> list[Card]:
    """Payouts by their stages, and top-ups that wait."""
    waiting = counters.of(user)
    stages = (
        (_("To check"), lambda row: row["status"] == "PENDING" and not row["is_signed"]),
        (_("Second signature"), lambda row: row["status"] == "PENDING" and row["is_signed"]),
        (_("To send"), lambda row: row["status"] == "APPROVED"),
        (_("With the bank"), lambda row: row["status"] == "SENT"),
    )
    sorted_out = [(label, [row for row in waiting["payout_rows"] if fits(row)]) for label, fits in stages]
    tones = (show.AMBER, show.RED, show.BLUE, show.GREEN)
    band = drawings.band([(tone, label, sum(row["count"] for row in rows)) for tone, (label, rows) in zip(tones, sorted_out, strict=True)])
    title, top_ups = gettext_lazy("Payouts to decide"), gettext_lazy("Top-ups to confirm")
    lines = [(label, _sums(rows)) for label, rows in sorted_out]
    return [
        queue(title, "payments", waiting["payouts"], waiting["payouts_oldest"], show.list_url(Payout), rows=lines, chart=band),
        queue(top_ups, "add_card", waiting["top_ups"], waiting["top_ups_oldest"], show.list_url(TopUp)),
    ]


def failures(user: Any) -> list[Card]:
    """Payouts that the bank refused or sent back in the last days."""
    now = clock.now()
    asked, closed = now - timedelta(days=ASKED_DAYS), now - timedelta(days=FAILED_DAYS)
    count = Payout.objects.filter(status__in=("FAILED", "RETURNED"), created_at__gt=asked, closed_at__gt=closed).count()
    title, hint = gettext_lazy("Payouts that came back"), _("refused or returned by the bank in seven days")
    return [Card(title, show.number(count), hint, show.RED if count else show.GREEN, "undo", show.list_url(Payout, tab="failed"))]


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
    known: Any = cache.get_or_set("backoffice.dashboard.balances", balances, SECONDS)
    return known


def held(user: Any) -> list[Card]:
    """What is held, by kind of account; and the escrows by how long their money lies."""
    known = _known_balances()["held"]

    def sums(*kinds: str) -> str:
        found = [(currency, cents) for (kind, currency), cents in sorted(known.items()) if kind in kinds and cents]
        return ", ".join(money_text(cents, currency) for currency, cents in found) or show.NOTHING

    rows = [(_("Brands' wallets"), sums("BRAND")), (_("Creators' wallets"), sums("CREATOR")), (_("Payouts on hold"), sums("PAYOUT_HOLD"))]
    escrow = Card(gettext_lazy("Held in escrow"), sums("ESCROW"), icon="lock", url=show.list_url(Escrow), rows=rows, tone=show.BLUE)
    return [escrow, _ageing()]


def _ageing() -> Card:
    counts: tuple[int, ...] = cache.get_or_set("backoffice.dashboard.escrow_ages", _escrow_ages, SECONDS)  # type: ignore[assignment]
    said = (pgettext("days", "0–7"), pgettext("days", "8–14"), pgettext("days", "15–30"), pgettext("days", "over 30"))
    parts = list(zip(TONES, said, counts, strict=True))
    rows = [(_("%(days)s days") % {"days": what}, show.number(count)) for _tone, what, count in parts]
    late = counts[-1]
    return Card(
        gettext_lazy("Age of escrows"),
        show.number(sum(counts)),
        _("how long the money of deals has been lying"),
        show.RED if late else show.GREEN,
        "hourglass",
        show.list_url(Escrow),
        rows=rows,
        chart=drawings.band(parts),
    )


def _escrow_ages() -> tuple[int, ...]:
    bounds = [clock.now() - timedelta(days=days) for days in ESCROW_AGES]
    rows = Escrow.objects.filter(status="FUNDED").order_by()
    return counters.between(rows.aggregate(count=Count("id"), **counters.ages("funded_at", bounds)))


def trial(user: Any) -> list[Card]:
    """Whether kept balances and summed movements agree."""
    title = gettext_lazy("Trial balance")
    broken = {currency: cents for currency, cents in _known_balances()["difference"].items() if cents}
    if not broken:
        return [Card(title, "0", _("the balances agree with the ledger in every currency"), show.GREEN, "balance")]
    sums = ", ".join(money_text(cents, currency) for currency, cents in broken.items())
    return [Card(title, sums, _("The books do not balance: stop payouts and call an engineer."), show.RED, "balance")]
