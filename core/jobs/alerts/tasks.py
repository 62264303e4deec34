"""Finding alerts away from the person who waits for an answer. The rows are the truth; this only wakes up."""

from huey.contrib.djhuey import db_task

from core.jobs.alerts.fan_out import find_alerts


@db_task()
def find() -> None:
    """What is due is found."""
    find_alerts()


def wake() -> None:
    """A worker finds what is due in a moment."""
    find()
