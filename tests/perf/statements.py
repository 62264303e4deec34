"""Counting statements that cost something."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

FREE = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent inside, without those that only frame a transaction."""
    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        text = str(sql).lstrip()
        if not text.upper().startswith(FREE):
            statements.append(text)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements
