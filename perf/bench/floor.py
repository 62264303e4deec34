"""The floor: a bare WSGI handler that says to the database exactly what ours says, and turns the rows into JSON.

No framework, no validation, no judgement: what is left is the price of the server, the driver and the SQL. It reads the
recordings from the file that BENCH_RECORDINGS names.
"""

import hashlib
import os
import pickle
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg

from outbox.ids import uuid7

RECORDED: dict[str, dict[str, Any]] = pickle.loads(Path(os.environ["BENCH_RECORDINGS"]).read_bytes())  # noqa: S301 - our own file
CONNECT = os.environ["BENCH_DSN"]
ID = re.compile(r"/([0-9a-f-]{36})/")
WAITING = """
    SELECT escrow.job_id, escrow.account_id, wallet.id
    FROM core_escrow escrow JOIN core_account wallet ON (wallet.owner_id, wallet.currency) = (escrow.brand_id, escrow.currency)
    WHERE escrow.status = 'UNFUNDED'
"""
local = threading.local()
people: dict[str, str] = {}
accounts: dict[str, tuple[str, str]] = {}


def connection() -> psycopg.Connection:
    """This thread's connection; statements are prepared on the server as ours are."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(CONNECT, autocommit=True, prepare_threshold=0)
    return local.connection


def load_names() -> None:
    """Which token is whose, and which account is which escrow's: what the real application learns from its own rows."""
    rows = connection().execute("SELECT digest, user_id FROM core_session").fetchall()
    people.update({digest: str(user) for digest, user in rows})
    rows = connection().execute(WAITING).fetchall()
    accounts.update({str(job): (str(escrow), str(wallet)) for job, escrow, wallet in rows})


def substitutions(own: dict[str, str], environ: dict[str, Any]) -> dict[str, str]:
    """The recorded request's own values, and this one's."""
    swapped = {value: str(uuid7()) for name, value in own.items() if name.startswith("new:")}
    if "job" in own and (found := ID.search(environ["PATH_INFO"])):
        swapped[own["job"]] = found[1]
        if "escrow" in own:
            swapped[own["escrow"]], swapped[own["wallet"]] = accounts[found[1]]
    if "digest" in own:
        digest = hashlib.sha256(environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ").encode()).hexdigest()
        swapped[own["digest"]] = digest
        swapped[own["user"]] = people[digest]
    return swapped


def swap(value: Any, swapped: dict[str, str]) -> Any:
    """The parameter with this request's values in it."""
    if isinstance(value, UUID):
        return UUID(swapped.get(str(value), str(value)))
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(swapped.get(str(value), value))
    if isinstance(value, list):
        return [swap(each, swapped) for each in value]
    if isinstance(value, str):
        for old, new in swapped.items():
            if len(old) > 20 and old in value:
                value = value.replace(old, new)
    return value


def carry_out(recording: dict[str, Any], swapped: dict[str, str]) -> list[Any]:
    """Say all statements; the rows of the last one that had any."""
    rows: list[Any] = []
    opened = connection()
    inside = False
    for statement in recording["statements"]:
        if statement["in_transaction"] != inside:
            opened.execute("COMMIT" if inside else "BEGIN")
            inside = not inside
        cursor = opened.execute(statement["sql"], [swap(value, swapped) for value in statement["parameters"]])
        if cursor.description:
            rows = cursor.fetchall()
    if inside:
        opened.execute("COMMIT")
    return rows


def shown(row: tuple[Any, ...]) -> Any:
    """A row as JSON; a column that is JSON already passes through."""
    return [orjson.Fragment(value) if isinstance(value, str) and value.startswith("{") else value for value in row]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the scenario that the path's first segment names."""
    if not people:
        load_names()
    recording = RECORDED[environ["PATH_INFO"].split("/")[1]]
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    rows = carry_out(recording, substitutions(recording["own"], environ))
    body = orjson.dumps({"ok": True, "data": {"items": [shown(row) for row in rows]}, "requestId": str(uuid7())}, default=str)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
