"""Whether the marketplace is alive, and whether it is ready for callers."""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

import structlog
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.errors import Unavailable
from api.permissions import Anyone
from core.base import clock
from outbox import pulse, sequencer

log = structlog.get_logger("api.system")

LAG_SECONDS_MAX = 120  # a minute between two ticks of the worker, and one to spare


class HealthOut(Shape):
    status = serializers.ChoiceField(choices=["ok"])
    version = serializers.CharField()
    time = serializers.DateTimeField()


class ChecksOut(Shape):
    database = serializers.BooleanField(help_text="It answers.")
    migrations = serializers.BooleanField(help_text="All of them are applied.")
    worker = serializers.BooleanField(help_text="It was seen in the last minutes.")
    workerAgeSeconds = serializers.FloatField(allow_null=True, help_text="How long ago; null when it never was.")
    outbox = serializers.BooleanField(help_text="No event waits too long for its place.")
    outboxWaiting = serializers.IntegerField()
    outboxLagSeconds = serializers.FloatField()


class ReadyOut(Shape):
    status = serializers.ChoiceField(choices=["ok"])
    checks = ChecksOut()


class HealthViewset(Viewset):
    """These routes look at no token, so that a monitor is never turned away."""

    permission_classes = [Anyone]
    authentication_classes = []

    @describe("The version and the time", response=HealthOut)
    def health(self, request: Request) -> HttpResponse:
        return self.show({"status": "ok", "version": release(), "time": clock.now()})

    @describe("The process answers", detail="Looks at nothing else, so that a restart follows only from its own fault.", response=HealthOut)
    def live(self, request: Request) -> HttpResponse:
        return self.show({"status": "ok", "version": release(), "time": clock.now()})

    @describe("All that a call needs is there", detail="503 with `details.checks` otherwise.", response=ReadyOut, errors=[Unavailable])
    def ready(self, request: Request) -> HttpResponse:
        try:
            checks = look()
        except DatabaseError as away:
            log.warning("not_ready", error=type(away).__name__)
            raise Unavailable(checks={"database": False}) from away
        if not all(checks[name] for name in ("migrations", "worker", "outbox")):
            raise Unavailable(checks=checks)
        return self.show({"status": "ok", "checks": checks})


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


@lru_cache(maxsize=1)
def release() -> str:
    """The version of the package, as installed; of the source tree when it is not."""
    try:
        return version("ugc-marketplace")
    except PackageNotFoundError:
        return "1.0.0"


urls = [
    route("health", HealthViewset, get="health"),
    route("health/live", HealthViewset, get="live"),
    route("health/ready", HealthViewset, get="ready"),
]
