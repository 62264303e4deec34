"""Whether the marketplace is alive, and whether it is ready for callers."""

import hmac
from collections.abc import Sequence

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.errors import Unavailable
from api.permissions import Anyone
from core.base import clock
from outbox import gauges, pulse, sequencer
from outbox.health import FAILURES_MAX, release

log = structlog.get_logger("api.system")

LAG_SECONDS_MAX = 30  # a commit wakes the worker at once; where the wake was lost, the others of half a minute would have done it
CHECKS = ("database", "migrations", "worker", "outbox")


class HealthOut(Shape):
    status = serializers.ChoiceField(choices=["ok"])
    version = serializers.CharField()
    time = serializers.DateTimeField()


class ChecksOut(Shape):
    database = serializers.BooleanField(help_text="It answers.")
    migrations = serializers.BooleanField(help_text="All of them are applied.")
    worker = serializers.BooleanField(help_text="It was seen at work in the last minutes.")
    workerAgeSeconds = serializers.FloatField(allow_null=True, required=False, help_text="How long ago; null when it never was.")
    outbox = serializers.BooleanField(help_text="No event waits too long for its place.")
    outboxWaiting = serializers.IntegerField(required=False)
    outboxLagSeconds = serializers.FloatField(required=False)


class ReadyOut(Shape):
    status = serializers.ChoiceField(choices=["ok"])
    checks = ChecksOut()


class LagOut(Shape):
    criticalSeconds = serializers.FloatField(help_text="The age of the oldest parcel about money or security.")
    otherSeconds = serializers.FloatField(help_text="That of the oldest other one.")
    unsequencedSeconds = serializers.FloatField(help_text="That of the oldest event without a place.")


class ProcessOut(Shape):
    name = serializers.CharField()
    beatSeconds = serializers.FloatField(help_text="Since it was last seen.")
    successSeconds = serializers.FloatField(allow_null=True, help_text="Since its work last succeeded.")
    consecutiveFailures = serializers.IntegerField()
    counters = serializers.DictField(child=serializers.IntegerField(), help_text="Since it started, by channel and outcome.")


class WorkerNumbersOut(Shape):
    backlog = serializers.IntegerField()
    dead = serializers.IntegerField()
    lag = LagOut()
    processes = ProcessOut(many=True)


class WorkerOut(Shape):
    status = serializers.ChoiceField(choices=["ok"])
    numbers = WorkerNumbersOut(required=False, help_text="Only with the token of the metrics.")


NUMBERS = "With `Authorization: Bearer <METRICS_TOKEN>` the numbers too; without it only whether."


class HealthViewset(Viewset):
    """These routes look at no session, so that a monitor is never turned away."""

    permission_classes = [Anyone]
    authentication_classes = []

    @describe("The version and the time", response=HealthOut)
    def health(self, request: Request) -> HttpResponse:
        return self.show({"status": "ok", "version": release(), "time": clock.now()})

    @describe("The process answers", detail="Looks at nothing else, so that a restart follows only from its own fault.", response=HealthOut)
    def live(self, request: Request) -> HttpResponse:
        return self.show({"status": "ok", "version": release(), "time": clock.now()})

    @describe(
        "All that a call needs is there",
        detail=f"503 with `details.checks` otherwise. {NUMBERS}",
        response=ReadyOut,
        errors=[Unavailable],
    )
    def ready(self, request: Request) -> HttpResponse:
        try:
            checks = look()
        except DatabaseError as away:
            log.warning("not_ready", error=type(away).__name__)
            raise Unavailable(checks={"database": False}) from away
        if not may_see_numbers(request):
            checks = {name: checks[name] for name in CHECKS}
        if not all(checks[name] for name in CHECKS):
            raise Unavailable(checks=checks)
        return self.show({"status": "ok", "checks": checks})

    @describe(
        "The worker does its work",
        detail=f"503 with `details.reason` otherwise: MISSING, STALE or FAILING. {NUMBERS}",
        response=WorkerOut,
        errors=[Unavailable],
    )
    def worker(self, request: Request) -> HttpResponse:
        try:
            beats = gauges.beats()
            numbers = worker_numbers(beats) if may_see_numbers(request) else None
        except DatabaseError as away:
            log.warning("not_ready", error=type(away).__name__)
            raise Unavailable(reason="DATABASE") from away
        shown = {"numbers": numbers} if numbers else {}
        if trouble := trouble_of([beat for beat in beats if pulse.is_named(beat.name)]):
            raise Unavailable(reason=trouble, **shown)
        return self.show({"status": "ok", **shown})


def may_see_numbers(request: HttpRequest | Request) -> bool:
    """Whether the caller holds the token of the metrics. Nobody does while there is none."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), wanted.encode())


def trouble_of(workers: Sequence[gauges.Beat]) -> str | None:
    """Why none of the workers can be relied on, as a code; None when one can."""
    if not workers:
        return "MISSING"
    fresh = [beat for beat in workers if max(beat.age_seconds, beat.success_seconds or 0.0) <= pulse.STALE_SECONDS]
    if not fresh:
        return "STALE"
    return "FAILING" if all(beat.consecutive_failures >= FAILURES_MAX for beat in fresh) else None


def worker_numbers(beats: Sequence[gauges.Beat]) -> dict[str, object]:
    """How far behind the mailbox is, and how every process does."""
    summary = gauges.summary()
    processes = [
        {
            "name": beat.name,
            "beatSeconds": beat.age_seconds,
            "successSeconds": beat.success_seconds,
            "consecutiveFailures": beat.consecutive_failures,
            "counters": beat.counters,
        }
        for beat in beats
    ]
    return {"backlog": summary.backlog, "dead": summary.dead, "lag": summary.lag(), "processes": processes}


def look() -> dict[str, object]:
    """What is there, and how late the others are. Raises DatabaseError when the database does not answer."""
    age, lag = pulse.seconds_since_beat(), sequencer.lag()
    return {
        "database": True,
        "migrations": all_migrated(),
        "worker": age is not None and age <= pulse.STALE_SECONDS,
        "workerAgeSeconds": age,
        "outbox": lag.seconds <= LAG_SECONDS_MAX,
        "outboxWaiting": lag.count,
        "outboxLagSeconds": lag.seconds,
    }


def all_migrated() -> bool:
    """Whether every migration of this code is applied. Once true it stays true for this process, and costs nothing more."""
    if not Migrated.yes:
        executor = MigrationExecutor(connection)
        Migrated.yes = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Migrated.yes


class Migrated:
    """What this process knows about the migrations."""

    yes = False


urls = [
    route("health", HealthViewset, get="health"),
    route("health/live", HealthViewset, get="live"),
    route("health/ready", HealthViewset, get="ready"),
    route("health/worker", HealthViewset, get="worker"),
]
