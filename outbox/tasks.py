"""The worker's pulse. Each run works from the rows alone, so that a lost tick only delays."""

from typing import Any

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_startup, post_execute, pre_execute

from outbox import pulse, sequencer, trace


@pre_execute()
def begin_trace(task: Any) -> None:
    """The task has a request id of its own, for its log lines, audit rows and events."""
    trace.begin(task.id)


@post_execute()
def end_trace(task: Any, value: Any, error: Exception | None) -> None:
    """The thread forgets the id."""
    trace.end()


@on_startup()
def first_beat() -> None:
    """The worker is known to live before its first minute is over, and what waited while there was none is sequenced."""
    pulse.beat()
    sequencer.sequence()


@db_periodic_task(crontab(minute="*"))
def tick() -> None:
    """A beat that went through the queue: it proves the scheduler, the queue and a worker at once."""
    pulse.beat()
    sequencer.sequence()
