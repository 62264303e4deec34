"""Sending letters away from the person who waits for an answer. The rows are the truth; this only wakes up."""

from huey.contrib.djhuey import db_task

from core.people.letters.delivery import send_letters


@db_task()
def deliver() -> None:
    """What is due goes out."""
    send_letters()


def wake() -> None:
    """A worker sends what is due in a moment."""
    deliver()
