"""Commands that meet: threads of their own, connections of their own, real commits. For tests with the fixture `committed`.

`meet` starts all commands at the same moment. A test that shows how a lock holds does this a few times and looks at every
outcome. Its control runs the same commands `without_locks` and holds each of them `before` its first statement of some kind,
so that all have read and judged before any has written: it has to lose.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

from django.db import connection, connections
from django.db.models import QuerySet

PATIENCE_SECONDS = 20
HOLD_SECONDS = 3
LOOK_SECONDS = 0.02
WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')


def meet(*commands: Callable[[], Any], before: str | None = None) -> list[Any]:
    """What each command returned, or the exception that it raised, in the order of the commands.

    With `before`, each command waits for the others once: just before its first write to the table of that name, or before
    its first write at all when the name is empty.
    """
    start = threading.Barrier(len(commands), timeout=PATIENCE_SECONDS)
    gate = Gate(len(commands))

    def run(command: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.enter(connection.connection.info.backend_pid)
            start.wait()
            with nullcontext() if before is None else connection.execute_wrapper(Hold(gate, before)):
                return command()
        except Exception as refusal:  # noqa: BLE001 - the test judges it
            return refusal
        finally:
            gate.leave(threading.get_ident())
            connections.close_all()

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(run, commands))


class Gate:
    """Opens when everybody stands before it who still can: nobody waits for one who has ended, or who waits for a lock."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.coming: dict[int, int] = {}  # thread → backend
        self.opened = False
        self.changed = threading.Condition()

    def enter(self, backend: int) -> None:
        """The calling thread is one of those who are waited for."""
        with self.changed:
            self.coming[threading.get_ident()] = backend
            self.expected -= 1

    def leave(self, thread: int) -> None:
        """This thread is not waited for any more."""
        with self.changed:
            self.coming.pop(thread, None)
            self.changed.notify_all()

    def wait(self) -> None:
        """The gate is open, or the patience with the others is over."""
        self.leave(threading.get_ident())
        deadline = time.monotonic() + HOLD_SECONDS
        with self.changed:
            while not self.opened and time.monotonic() < deadline:
                self.opened = not self.expected and all(map(is_blocked, self.coming.values()))
                self.changed.wait(0 if self.opened else LOOK_SECONDS)
            self.opened = True
            self.changed.notify_all()


def is_blocked(backend: int) -> bool:
    """Whether this backend waits for a lock that another one holds. Asked in the middle of the asking thread's own transaction."""
    with connection.connection.cursor() as cursor:
        return bool(cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend]).fetchone()[0])


class Hold:
    """Waits at the gate before the first write to a table."""

    def __init__(self, gate: Gate, table: str) -> None:
        self.gate = gate
        self.table = table
        self.waited = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        write = None if self.waited else WRITE.match(sql)
        if write and write[1].startswith(self.table):
            self.waited = True
            self.gate.wait()
        return execute(sql, params, many, context)


@contextmanager
def without_locks() -> Iterator[None]:
    """Rows are read as they are, and nobody who reads them waits for anybody."""
    with patch.object(QuerySet, "select_for_update", lambda rows, *_, **__: rows):
        yield
