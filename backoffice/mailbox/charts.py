"""What came to an end in the last day, hour by hour, and how long it took: two small drawings that need no script."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice import show
from backoffice.mailbox import words

HOURS = 24
SECONDS = 60
LOOKED_MAX = 50_000  # the newest of them: a day with more is drawn from its end
WIDTH, HEIGHT, GAP = 20, 96, 4

SETTLED = """
    SELECT date_trunc('hour', settled_at) AS hour,
           count(*) FILTER (WHERE state = 'SENT'), count(*) FILTER (WHERE state IN ('DEAD', 'UNCERTAIN')),
           count(*) FILTER (WHERE state = 'SKIPPED'),
           coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM settled_at - created_at))
                    FILTER (WHERE state = 'SENT'), 0)
    FROM (
        SELECT state, settled_at, created_at FROM outbox_delivery
        WHERE state IN ('SENT', 'SKIPPED', 'UNCERTAIN', 'DEAD') AND settled_at > clock_timestamp() - interval '24 hours'
        ORDER BY settled_at DESC LIMIT %(limit)s
    ) AS ended
    GROUP BY 1
"""


@dataclasses.dataclass(frozen=True)
class Hour:
    """One hour: what arrived, failed and was left out, and within how many seconds 95 of 100 arrived."""

    at: datetime
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0


def hours() -> list[Hour]:
    """The last 24 hours, the oldest first, remembered for a minute."""
    found: list[Hour] = cache.get_or_set(f"{__name__}.hours", _hours, SECONDS)  # type: ignore[assignment]
    return found


def _hours() -> list[Hour]:
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, {"limit": LOOKED_MAX})
        known = {row[0]: Hour(row[0], row[1], row[2], row[3], float(row[4])) for row in cursor.fetchall()}
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    moments = [now - timedelta(hours=back) for back in reversed(range(HOURS))]
    return [known.get(moment, Hour(moment)) for moment in moments]


def throughput(found: Sequence[Hour]) -> SafeString:
    """Bars of what arrived, with what failed on top of them."""
    parts = (("bo-bar-green", lambda hour: hour.sent), ("bo-bar-red", lambda hour: hour.failed))
    return _drawing(found, parts, lambda hour: _("%(sent)s arrived, %(failed)s failed") % {"sent": hour.sent, "failed": hour.failed})


def lag(found: Sequence[Hour]) -> SafeString:
    """Bars of the time in which 95 of 100 arrived."""
    parts = (("bo-bar-blue", lambda hour: hour.seconds),)
    return _drawing(found, parts, lambda hour: words.seconds(hour.seconds))


def _drawing(found: Sequence[Hour], parts: Sequence[tuple[str, Callable[[Hour], float]]], told: Callable[[Hour], str]) -> SafeString:
    highest = max((sum(value(hour) for _tone, value in parts) for hour in found), default=0) or 1
    bars = format_html_join("", "{}", ((_bar(place, hour, parts, highest, told(hour)),) for place, hour in enumerate(found)))
    width = len(found) * (WIDTH + GAP)
    return format_html(
        '<svg class="bo-chart" viewBox="0 0 {} {}" role="img" preserveAspectRatio="none" aria-label="{}">{}</svg>',
        width,
        HEIGHT,
        _("By hours, the last 24"),
        bars,
    )


def _bar(place: int, hour: Hour, parts: Sequence[tuple[str, Callable[[Hour], float]]], highest: float, told: str) -> SafeString:
    left, base, drawn = place * (WIDTH + GAP), float(HEIGHT), []
    for tone, value in parts:
        tall = value(hour) / highest * (HEIGHT - 4)
        if tall > 0:
            base -= max(tall, 1)
            drawn.append((tone, left, f"{base:.1f}", WIDTH, f"{max(tall, 1):.1f}"))
    rects = format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', drawn)
    return format_html(
        '<g><rect class="bo-bar-ground" x="{}" y="0" width="{}" height="{}"/>{}<title>{}</title></g>',
        left,
        WIDTH,
        HEIGHT,
        rects,
        f"{hour.at.astimezone(show.zone()):%H:%M} · {told}",
    )


def summary(found: Sequence[Hour]) -> list[tuple[Any, Any]]:
    """The day in numbers."""
    sent, failed, skipped = (sum(getattr(hour, name) for hour in found) for name in ("sent", "failed", "skipped"))
    return [
        (_("Arrived"), number(sent)),
        (_("Failed"), show.badge(number(failed), show.RED) if failed else 0),
        (_("Left out"), number(skipped)),
    ]


def number(count: int) -> str:
    """A whole number with thin spaces."""
    return f"{count:,}".replace(",", "\u202f")
