"""The queue's part: it wakes, and owns nothing. Each run works from the rows alone, so that a lost task only delays.

A commit wakes `carry`, which gives places and wakes a drain for each channel with something in it. A drain that leaves something
for later asks to be woken then. The tick of every minute does the same for what was lost.
"""

import threading
from typing import Any

from django.db import connection
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, on_startup, post_execute, pre_execute

from outbox import carrier, pulse, retention, sequencer, statements, trace


@pre_execute()
def begin_trace(task: Any) -> None:
    """The task has a request id of its own, for its log lines, audit rows and events."""
    trace.begin(task.id)


@post_execute()
def end_trace(task: Any, value: Any, error: Exception | None) -> None:
    """The thread forgets the id."""
    trace.end()


class Turns:
    """One drain of a channel at a time in this process; whoever comes meanwhile makes it go round once more."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.called_again: dict[str, bool] = {}

    def take(self, name: str) -> bool:
        """Whether the turn is ours. If not, whoever has it will go round again."""
        with self.lock:
            is_free = name not in self.called_again
            self.called_again[name] = not is_free
            return is_free

    def leave(self, name: str) -> bool:
        """Whether nobody called meanwhile and the turn is free again; else it is still ours."""
        with self.lock:
            if self.called_again[name]:
                self.called_again[name] = False
                return False
            del self.called_again[name]
            return True

    def drop(self, name: str) -> None:
        """The turn is free, whoever called."""
        with self.lock:
            self.called_again.pop(name, None)


TURNS = Turns()


@db_task(expires=60)
def carry() -> None:
    """What was committed has its place, and what is due is on its way.

    Nobody needs an old call: whoever comes later, and the tick, do the same. So a worker that was away does not begin with thousands.
    """
    carry_now()


@db_task()
def deliver(name: str) -> None:
    """What this channel has to carry was offered, and somebody will be woken for the rest."""
    if not TURNS.take(name):
        return
    try:
        while True:
            left = carrier.drain(name)
            if TURNS.leave(name):
                break
    except BaseException:
        TURNS.drop(name)
        raise
    if left == 0.0:
        deliver(name)
    elif left is not None:
        wake_later(name, left)


def carry_now() -> None:
    """As `carry`, in this thread; drains go through the queue."""
    sequencer.sequence()
    for name in carrier.waiting():
        deliver(name)


def wake_later(name: str, seconds: float) -> None:
    """Somebody is woken for this channel at that time, unless one will be before."""
    with connection.cursor() as cursor:
        cursor.execute(statements.ASK_TO_BE_WOKEN, {"name": name, "seconds": seconds})
        is_first = cursor.fetchone() is not None
    if is_first:
        deliver.schedule((name,), delay=seconds)


@on_startup()
def first_beat() -> None:
    """The worker is known to live before its first minute is over, and what waited while there was none is on its way."""
    pulse.beat()
    carry_now()


@db_periodic_task(crontab(minute="*"))
def tick() -> None:
    """A beat that went through the queue: it proves the scheduler, the queue and a worker at once."""
    pulse.beat()
    carry_now()


@db_periodic_task(crontab(minute="41", hour="3"))
def prune() -> None:
    """What is old enough is gone."""
    retention.prune()
