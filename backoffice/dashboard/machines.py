"""Whether the machinery runs: events without a place, parcels that wait or died, and the processes in the background."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import show
from backoffice.dashboard.cards import Card
from core.base import clock
from outbox import pulse
from outbox.models import Delivery, Event, Heartbeat

BEAT_MAX, LAG_MAX = timedelta(minutes=3), timedelta(minutes=5)
DEAD_MAX = 1_000  # more are not counted
PROCESSES = {
    "worker": gettext_lazy("Worker"),
    "bot": gettext_lazy("Telegram bot"),
    "live": gettext_lazy("Live updates"),
    "ledger": gettext_lazy("Check of the books"),
}


def outbox(user: Any) -> list[Card]:
    """What lags behind, and what will not arrive by itself."""
    late = Event.objects.filter(position=None).aggregate(count=Count("id"), oldest=Min("occurred_at"))
    behind = late["oldest"] is not None and clock.now() - late["oldest"] > LAG_MAX
    hint = _("the oldest waits %(time)s") % {"time": show.span(late["oldest"])} if late["oldest"] else _("everything is in its place")
    due = Delivery.objects.filter(Q(state="PENDING", next_at__lt=clock.now())).order_by().values("channel").annotate(oldest=Min("next_at"))
    waits = [(_channel(row["channel"]), show.span(row["oldest"])) for row in due.order_by("channel")]
    dead = Delivery.objects.filter(state="DEAD").order_by("-id").values("channel")[:DEAD_MAX]
    counts: dict[str, int] = {}
    for row in dead:
        counts[row["channel"]] = counts.get(row["channel"], 0) + 1
    total = sum(counts.values())
    said = _("parcels that will not arrive by themselves") if total else _("everything arrives by itself")
    lines = [(_channel(channel), show.number(count)) for channel, count in sorted(counts.items())]
    number = show.number(total) + ("+" if total == DEAD_MAX else "")
    return [
        Card(gettext_lazy("Events without a place"), late["count"], hint, show.RED if behind else show.GREEN, "outbox", rows=waits),
        Card(gettext_lazy("Dead letters"), number, said, show.RED if total else show.GREEN, "mark_email_unread", rows=lines),
    ]


def _channel(name: str) -> Any:
    return CHANNELS.get(name, name)


CHANNELS = {"TELEGRAM": "Telegram", "EMAIL": gettext_lazy("E-mail"), "WEBHOOK": gettext_lazy("Webhooks")}


def processes(user: Any) -> list[Card]:
    """Whether the processes in the background beat. Several workers count as one."""
    beats = dict(Heartbeat.objects.order_by("beat_at").values_list("name", "beat_at"))
    latest: dict[str, Any] = {}
    for name, beat in beats.items():
        kind = name.split("-")[0]
        latest[kind] = max(beat, latest.get(kind, beat))
    beat = latest.get(pulse.WORKER)
    alive = beat is not None and clock.now() - beat < BEAT_MAX
    seen = _("last seen %(time)s ago") % {"time": show.span(beat)} if beat else _("has not been seen yet: start the worker")
    rows = [(PROCESSES.get(kind, kind), show.ago(moment)) for kind, moment in sorted(latest.items()) if kind != pulse.WORKER]
    tone = show.GREEN if alive else show.RED
    return [Card(gettext_lazy("Worker"), _("runs") if alive else _("is silent"), seen, tone, "monitor_heart", rows=rows)]
