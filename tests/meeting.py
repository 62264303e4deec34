"""Commands that meet: threads of their own, connections of their own, real commits. For tests with the fixture `committed`.

`meet` starts all commands at the same moment. A test that shows how a lock holds does this a few times and looks at every
outcome. Its control runs the same commands `without_locks` and holds each of them `before` its first statement of some kind,
so that all have read and judged before any has written: it has to lose.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from typing import Any
from unittest.mock import patch

from django.db import connection, connections
from django.db.models import QuerySet

PATIENCE_SECONDS = 20
HOLD_SECONDS = 3
WRITES = ("INSERT", "UPDATE", "DELETE")


def meet(*commands: Callable[[], Any], before: str | None = None) -> list[Any]:
    """What each command returned, or the exception that it raised, in the order of the commands.

    With `before`, each command waits for the others once: just before its first write to the table of that name, or before
    its first write at all when the name is empty.
    """
    start = threading.Barrier(len(commands), timeout=PATIENCE_SECONDS)
    hold = None if before is None else threading.Barrier(len(commands), timeout=HOLD_SECONDS)

    def run(command: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            with nullcontext() if hold is None else connection.execute_wrapper(Hold(hold, before or "")):
                return command()
        except Exception as refusal:  # noqa: BLE001 - the test judges it
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(run, commands))


class Hold:
    """Waits for the other commands before the first write to a table. Those who were refused earlier are not waited for long."""

    def __init__(self, barrier: threading.Barrier, table: str) -> None:
        self.barrier = barrier
        self.table = table
        self.waited = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not self.waited and sql.startswith(WRITES) and f'"{self.table}' in sql:
            self.waited = True
            with suppress(threading.BrokenBarrierError):
                self.barrier.wait()
        return execute(sql, params, many, context)


@contextmanager
def without_locks() -> Iterator[None]:
    """Rows are read as they are, and nobody who reads them waits for anybody."""
    with patch.object(QuerySet, "select_for_update", lambda rows, *_, **__: rows):
        yield
