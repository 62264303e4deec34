"""What waits for a decision, and what the person decided."""

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import counters, show
from backoffice.audit_words import action_label
from backoffice.dashboard import drawings
from backoffice.dashboard.cards import Card, queue
from core.audit.models import AuditEntry
from core.base import clock
from core.disputes.models import Dispute
from core.jobs.models import Job
from core.people.models import Verification

SECONDS = 15
DECISIONS_SHOWN, DECISIONS_MAX, DAYS = 6, 3_000, 14
DISPUTE_AGES = (1, 3, 7)  # days
TONES = (show.GREEN, show.BLUE, show.AMBER, show.RED)


def moderation(user: Any) -> list[Card]:
    """The two queues of moderators, by how long they wait."""
    waiting = counters.of(user)
    kinds = (
        (gettext_lazy("Jobs to moderate"), "movie_edit", "jobs", Job),
        (gettext_lazy("Creators to check"), "verified_user", "creators", Verification),
    )
    said = (_("under an hour"), _("under four hours"), _("under a day"), _("over a day"))
    return [
        queue(title, icon, waiting[key], waiting[f"{key}_oldest"], show.list_url(model), **_aged(waiting[f"{key}_ages"], said))
        for title, icon, key, model in kinds
    ]


def _aged(counts: tuple[int, ...], said: tuple[str, ...]) -> dict[str, Any]:
    """The band of ages, and its lines."""
    parts = list(zip(TONES, said, counts, strict=True))
    return {"chart": drawings.band(parts), "rows": [(what, show.number(count)) for _tone, what, count in parts if count]}


def disputes(user: Any) -> list[Card]:
    """The open disputes, by how long they are open."""
    found: dict[str, Any] = cache.get_or_set(f"{__name__}.disputes", _disputes, SECONDS)  # type: ignore[assignment]
    said = (_("under a day"), _("one to three days"), _("three to seven days"), _("over a week"))
    title = gettext_lazy("Disputes open")
    return [queue(title, "gavel", found["count"], found["oldest"], show.list_url(Dispute), **_aged(found["ages"], said))]


def _disputes() -> dict[str, Any]:
    rows = Dispute.objects.filter(status__in=("OPEN", "UNDER_REVIEW")).order_by()
    bounds = [clock.now() - timedelta(days=days) for days in DISPUTE_AGES]
    found = rows.aggregate(count=Count("id"), oldest=Min("created_at"), **counters.ages("created_at", bounds))
    return found | {"ages": counters.between(found)}


def decisions(user: Any) -> list[Card]:
    """What this person did: day by day beside their own average, and the last steps."""
    mine = AuditEntry.objects.filter(actor=user).order_by("-id")
    last = list(mine[:DECISIONS_SHOWN])
    rows = [(show.inside(entry, action_label(entry.action)), show.ago(entry.created_at)) for entry in last]
    hint = _("You have not decided anything yet. Take the first card of a queue.")
    drawing = ""
    if rows:
        drawing, today, usual = _days(mine)
        hint = _said(today, usual)
    return [Card(gettext_lazy("My last actions"), "", hint, icon="history", rows=rows, is_wide=True, chart=drawing)]


def _days(mine: Any) -> tuple[Any, int, float]:
    """The columns of two weeks, how much was done today, and in a day on average."""
    today = clock.now().astimezone(show.zone()).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    counts = dict.fromkeys(days, 0)
    since = datetime.combine(days[0], datetime.min.time(), show.zone())
    for moment in mine.filter(created_at__gte=since).values_list("created_at", flat=True)[:DECISIONS_MAX]:
        day = moment.astimezone(show.zone()).date()
        if day in counts:
            counts[day] += 1
    worked = [count for count in list(counts.values())[:-1] if count]
    columns = [(f"{day:%d.%m}", count, show.number(count)) for day, count in counts.items()]
    usual = sum(worked) / len(worked) if worked else 0.0
    return drawings.columns(columns, show.BLUE, _("What I did by days, two weeks")), counts[today], usual


def _said(today: int, usual: float) -> str:
    if not usual:
        return _("Today: %(count)s") % {"count": show.number(today)}
    return _("Today: %(count)s, on a day of work usually %(usual)s") % {"count": show.number(today), "usual": show.number(round(usual))}
