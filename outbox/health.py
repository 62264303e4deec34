"""How a process is: a file that an operator and a service manager read without asking the database, and a row for everybody else.

The file is written whole or not at all, every few seconds, by a thread of the process; it is gone when the process ended as it was
asked to. Whoever does the work says so by `Process.worked` and `Process.failed`: a thread that only writes files proves nothing.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from outbox import gauges, meters, pulse

log = structlog.get_logger("outbox.health")

INTERVAL_SECONDS = 10.0
INTERVALS_MAX = 3  # missed ones, before the file is called stale
SUCCESS_SECONDS_MAX = 150.0  # the worker's own clock strikes every minute; a bot's longest wait is shorter
FAILURES_MAX = 3


@lru_cache(maxsize=1)
def release() -> str:
    """The version of the package, as installed; of the source tree when it is not."""
    try:
        return version("ugc-marketplace")
    except PackageNotFoundError:
        return "1.0.0"


class Process:
    """What this process knows about its own work. Any thread may tell it, one asks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.started = time.time()
        self.succeeded: float | None = None
        self.erred: float | None = None
        self.failures: dict[str, int] = {}
        self._lock = threading.Lock()

    def worked(self, work: str = "work") -> None:
        """Work of this kind succeeded just now."""
        with self._lock:
            self.succeeded = time.time()
            self.failures.pop(work, None)

    def failed(self, work: str = "work") -> None:
        """Work of this kind failed just now; why is in the log."""
        with self._lock:
            self.erred = time.time()
            self.failures[work] = self.failures.get(work, 0) + 1

    def recovered(self, work: str) -> None:
        """This works again. Alone it is no success: what the process is for may fail nevertheless."""
        with self._lock:
            self.failures.pop(work, None)

    @property
    def consecutive_failures(self) -> int:
        """How often in a row the work that fails most has failed: other work that goes well does not hide it."""
        with self._lock:
            return max(self.failures.values(), default=0)

    def ages(self) -> dict[str, Any]:
        """What the row of the process holds: seconds since, None for never."""
        now = time.time()
        return {
            "version": release(),
            "age": now - self.started,
            "since_success": None if self.succeeded is None else now - self.succeeded,
            "since_error": None if self.erred is None else now - self.erred,
            "consecutive_failures": self.consecutive_failures,
            "counters": meters.snapshot(),
        }

    def facts(self, summary: gauges.Summary | None) -> dict[str, Any]:
        """What the file holds. `summary` is None while the database does not answer."""
        return {
            "name": self.name,
            "pid": os.getpid(),
            "version": release(),
            "intervalSeconds": INTERVAL_SECONDS,
            "writtenAt": moment(time.time()),
            "startedAt": moment(self.started),
            "lastSuccessAt": moment(self.succeeded),
            "lastErrorAt": moment(self.erred),
            "consecutiveFailures": self.consecutive_failures,
            "database": summary is not None,
            "lag": summary.lag() if summary else None,
            "backlog": summary.backlog if summary else None,
            "dead": summary.dead if summary else None,
            "counters": meters.totals(),
            "channels": meters.snapshot(),
        }


def moment(seconds: float | None) -> str | None:
    """The moment as people read it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


class Reporter:
    """Writes the file and the row of a process, from a thread of its own, until it is stopped."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"health-{process.name}", daemon=True)

    def start(self) -> None:
        """The file is there, and stays fresh."""
        self._thread.start()

    def stop(self) -> None:
        """Nobody writes any more, and the file is gone: a process that was stopped is not a process that hangs."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=INTERVAL_SECONDS)
        file_of(self.process.name).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.report()
            self._stopped.wait(INTERVAL_SECONDS)

    def report(self) -> None:
        """The file and the row say how it is now. Neither trouble with the database nor with the disk ends the process."""
        summary = None
        try:
            summary = gauges.summary()
            pulse.report(self.process.name, self.process.ages())
            self.process.recovered("database")
        except DatabaseError as away:
            self.process.failed("database")
            log.warning("health_without_database", error=type(away).__name__)
        finally:
            connections.close_all()
        try:
            write(self.process.name, self.process.facts(summary))
        except OSError as refused:
            log.warning("health_not_written", error=type(refused).__name__)


def file_of(name: str) -> Path:
    """Where the process of this name writes."""
    return Path(settings.HEALTH_FOLDER) / f"{name}.json"


def write(name: str, facts: Mapping[str, Any]) -> None:
    """The file holds these facts; whoever reads at the same moment sees the old ones or the new ones, whole."""
    file = file_of(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(json.dumps(facts, indent=2) + "\n")
    draft.replace(file)


def read(name: str) -> dict[str, Any] | None:
    """What the process last wrote, or None where there is no file, or one that is not ours."""
    try:
        found = json.loads(file_of(name).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def faults(facts: Mapping[str, Any] | None) -> list[str]:
    """Why this process is not well, as codes: nothing when it is."""
    if facts is None:
        return ["MISSING"]
    found = []
    if age(facts.get("writtenAt")) > INTERVALS_MAX * float(facts.get("intervalSeconds") or INTERVAL_SECONDS):
        found.append("STALE")
    if age(facts.get("lastSuccessAt") or facts.get("startedAt")) > SUCCESS_SECONDS_MAX:
        found.append("NO_SUCCESS")
    if int(facts.get("consecutiveFailures") or 0) >= FAILURES_MAX:
        found.append("FAILING")
    return found


def age(written: str | None) -> float:
    """Seconds since the moment; for ever when there is none."""
    return time.time() - datetime.fromisoformat(written).timestamp() if written else float("inf")
