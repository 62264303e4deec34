"""Wakes the worker when a transaction has committed something for it to carry."""

from django.db import connection, transaction

from outbox import tasks


def after_commit() -> None:
    """A worker is woken once when, and only when, the current transaction commits. A lost call only delays."""
    if all(registered[1] is not _wake for registered in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    tasks.carry()
