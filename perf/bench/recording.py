"""What a request says to the database, recorded once so that the floor can say it again for other rows."""

import dataclasses
import json
import pickle
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from psycopg.types.json import Json, Jsonb

SKIPPED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@dataclasses.dataclass(frozen=True)
class Statement:
    """One statement, and whether it stood inside a transaction."""

    sql: str
    parameters: tuple[Any, ...]
    in_transaction: bool


@dataclasses.dataclass(frozen=True)
class Recording:
    """All statements of one request, and the values in them that belong to this one request."""

    statements: list[Statement]
    own: Mapping[str, str]
    status: int


def plain(value: Any) -> Any:
    """The parameter as psycopg takes it without Django."""
    if isinstance(value, Json | Jsonb):
        return json.dumps(value.obj, default=str)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value


def record(method: str, path: str, *, token: str, body: bytes, own: Mapping[str, str]) -> Recording:
    """Carry the request out in this process, and keep what it said. `own` names its row ids, user and token digest."""
    statements: list[Statement] = []

    def listen(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(SKIPPED):
            statements.append(Statement(sql, tuple(map(plain, parameters or ())), connection.in_atomic_block))
        return execute(sql, parameters, many, context)

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with connection.execute_wrapper(listen):
        answer = Client(headers=headers, raise_request_exception=False).generic(method, path, body, content_type="application/json")
    return Recording(statements, dict(own) | fresh_ids(statements), answer.status_code)


def fresh_ids(statements: list[Statement]) -> dict[str, str]:
    """The ids that the request made itself: version 7 ids not older than its first statement, by the name `new:<n>`."""
    started = min((when.timestamp() for when in moments(statements)), default=0.0)
    made: dict[str, str] = {}
    for statement in statements:
        for value in statement.parameters:
            if (
                isinstance(value, UUID)
                and value.version == 7
                and (value.int >> 80) / 1_000 >= started - 1
                and str(value) not in made.values()
            ):
                made[f"new:{len(made)}"] = str(value)
    return made


def moments(statements: list[Statement]) -> list[datetime]:
    return [
        value
        for statement in statements
        for value in statement.parameters
        if isinstance(value, datetime) and statement.sql.startswith("INSERT")
    ]


def save(recordings: Mapping[str, Recording], file: Path) -> None:
    file.write_bytes(pickle.dumps({name: dataclasses.asdict(recording) for name, recording in recordings.items()}))
