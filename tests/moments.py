"""Other moments than now."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import time_machine

from core.base import clock
from core.clockwork import run_due
from core.timers.models import Timer


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """It is this moment, and stays so."""
    with time_machine.travel(moment, tick=False):
        yield


@contextmanager
def later(**time: float) -> Iterator[None]:
    """It is so much later: `later(days=3)`."""
    with at(clock.now() + timedelta(**time)):
        yield


def clock_of(thing: object, kind: str) -> Timer:
    """The running clock of this kind of this thing."""
    return Timer.objects.get(subject_id=thing.pk, kind=kind, ended_at=None)  # type: ignore[attr-defined]


def running(thing: object) -> list[str]:
    """The kinds of the clocks that run for this thing."""
    return sorted(Timer.objects.filter(subject_id=thing.pk, ended_at=None).values_list("kind", flat=True))  # type: ignore[attr-defined]


def wait_out(thing: object, kind: str) -> list[Timer]:
    """The clock of the thing has run out, and so has every other that was due by then. Returns those that ended."""
    with at(clock_of(thing, kind).due_at):
        return run_due()
