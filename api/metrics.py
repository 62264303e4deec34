"""`GET /metrics`: what a Prometheus server asks for, behind a bearer token. Without METRICS_TOKEN the address does not exist.

Written from the rows at the moment of the question, so that any of the server's processes gives the same answer. What each line
means and what to do about it: docs/runbook.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from api.system import may_see_numbers
from outbox import gauges, pulse
from outbox.consumers.selectors import lags
from outbox.health import release

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "marketplace_"
Labels = Mapping[str, str]


@dataclass
class Metric:
    """One name with its values, by their labels."""

    name: str
    explanation: str
    kind: str = "gauge"
    values: list[tuple[Labels, float]] = field(default_factory=list)

    def add(self, number: float, **labels: str) -> None:
        """One more value."""
        self.values.append((labels, number))

    def lines(self) -> Iterator[str]:
        """The metric as Prometheus reads it."""
        yield f"# HELP {PREFIX}{self.name} {self.explanation}"
        yield f"# TYPE {PREFIX}{self.name} {self.kind}"
        for labels, number in self.values:
            told = ",".join(f'{name}="{escaped(text)}"' for name, text in labels.items())
            yield f"{PREFIX}{self.name}{f'{{{told}}}' if told else ''} {number!r}"


def escaped(text: str) -> str:
    """The text of a label, as the format wants it."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every number, for who holds the token; for others there is nothing here."""
    if not may_see_numbers(request):
        raise Http404
    lines = (line for metric in collect() for line in metric.lines())
    return HttpResponse("\n".join([*lines, ""]), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def collect() -> Iterable[Metric]:
    """All metrics, as they are now."""
    return [*of_parcels(), *of_processes(), *of_consumers(), *of_the_database()]


def of_parcels() -> list[Metric]:
    """What is to be carried, and what came to an end."""
    waiting = Metric("deliveries", "Parcels that are open, held or dead, by channel, state and class.")
    oldest = Metric("delivery_oldest_seconds", "Age of the oldest parcel on its way, by channel and class, whatever it waits for.")
    overdue = Metric("delivery_overdue_seconds", "How long the parcel that should have gone first is overdue, by channel and class.")
    expired = Metric("delivery_expired_leases", "Parcels whose worker was lost and that nobody has taken over yet, by channel.")
    unsequenced = Metric("events_unsequenced", "Events that wait for their place.")
    unsequenced_age = Metric("events_unsequenced_seconds", "Age of the oldest of them.")
    ended = Metric("deliveries_last_hour", "Parcels that came to an end in the last hour, by channel and state.")
    blocked = Metric("delivery_blocked_keys", "Things of a recipient that wait behind a dead letter older than an hour, by channel.")
    stopped = Metric("channel_stopped", "1 while the channel is paused by staff or rests after a fault of ours, by channel and why.")
    summary = gauges.summary()
    for parcels in summary.parcels:
        labels = {"channel": parcels.channel, "class": "critical" if parcels.is_critical else "other"}
        waiting.add(parcels.count, state=parcels.state, **labels)
    for channel, critical in sorted({(one.channel, one.is_critical) for one in summary.parcels}):
        on_way = [one for one in summary.parcels if (one.channel, one.is_critical) == (channel, critical)]
        on_way = [one for one in on_way if one.state not in ("DEAD", "HELD")]
        labels = {"channel": channel, "class": "critical" if critical else "other"}
        oldest.add(max((one.age_seconds for one in on_way), default=0.0), **labels)
        overdue.add(max((one.overdue_seconds or 0.0 for one in on_way), default=0.0), **labels)
    for channel in sorted({one.channel for one in summary.parcels}):
        expired.add(sum(one.expired for one in summary.parcels if one.channel == channel), channel=channel)
    unsequenced.add(summary.unsequenced)
    unsequenced_age.add(summary.unsequenced_seconds)
    for channel, state, count in gauges.settled_in_the_last_hour():
        ended.add(count, channel=channel, state=state)
    for channel, count in gauges.blocked_for_an_hour():
        blocked.add(count, channel=channel)
    for name, is_paused, rests in gauges.channels():
        stopped.add(int(is_paused), channel=name, why="paused")
        stopped.add(int(rests), channel=name, why="rests")
    return [waiting, oldest, overdue, expired, unsequenced, unsequenced_age, ended, blocked, stopped]


def of_processes() -> list[Metric]:
    """How worker, bot and live do, and what the last check of the ledger found."""
    beat_age = Metric("process_beat_seconds", "Since the process was last seen, by name.")
    success_age = Metric("process_success_seconds", "Since its work last succeeded, by name.")
    failures = Metric("process_consecutive_failures", "How often in a row the work that fails most has failed, by name.")
    parcels = Metric("parcels_total", "Parcels that the process has brought to an outcome since it started.", "counter")
    numbers = Metric("process_number", "What else the process tells about itself, by name and what it counts.")
    ledger = Metric("ledger_faults", "What the last verification of the ledger found wrong. Anything but 0 is an emergency.")
    ledger_age = Metric("ledger_verified_seconds", "Since the last verification of the ledger.")
    for beat in gauges.beats():
        if beat.name == pulse.LEDGER:
            ledger.add(beat.consecutive_failures)
            ledger_age.add(beat.age_seconds)
            continue
        beat_age.add(beat.age_seconds, process=beat.name)
        failures.add(beat.consecutive_failures, process=beat.name)
        if beat.success_seconds is not None:
            success_age.add(beat.success_seconds, process=beat.name)
        for name, number in beat.counters.items():
            channel, is_parcel, outcome = name.rpartition(".")
            if is_parcel:
                parcels.add(number, process=beat.name, channel=channel, outcome=outcome)
            else:
                numbers.add(number, process=beat.name, what=name)
    return [beat_age, success_age, failures, parcels, numbers, ledger, ledger_age]


def of_consumers() -> list[Metric]:
    """How far those who pull are behind."""
    events = Metric("consumer_lag_events", "Events that the consumer has not acknowledged, by name.")
    seconds = Metric("consumer_lag_seconds", "Age of the oldest of them, by name.")
    dead = Metric("consumer_dead_events", "Events that the consumer has given back too often, by name.")
    abandoned = Metric("consumer_abandoned_events", "Events that the consumer has let be for two weeks, though it came, by name.")
    for lag in lags():
        events.add(lag.behind, consumer=lag.name)
        seconds.add(lag.seconds, consumer=lag.name)
        dead.add(lag.dead, consumer=lag.name)
        abandoned.add(lag.abandoned, consumer=lag.name)
    return [events, seconds, dead, abandoned]


def of_the_database() -> list[Metric]:
    """What else an operator wants to see at one glance."""
    long = Metric("long_transactions", "Transactions of this database that are open for more than 60 seconds.")
    long.add(gauges.long_transactions())
    queued = Metric("queued_tasks", "Tasks that wait in the queue of the worker.")
    queued.add(gauges.queued_tasks())
    running = Metric("release_info", "The version of the code that answers; always 1.")
    running.add(1, version=release())
    return [long, queued, running]


urlpatterns = [path("", metrics, name="metrics")]
