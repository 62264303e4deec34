"""Gives events their places. A place is given after commit, so that nothing ever appears behind a reader's cursor.

An id is taken when a row is written, and the row is seen when its transaction commits: a reader who goes by id passes over
events of slow transactions for ever. A position is taken by a row that everybody can already see, one sequencer at a time.
Two events whose transactions waited for each other, as those of one deal do, keep their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

BATCH_MAX = 500
LOCK = 0x0E7E_27_05  # the one advisory lock of this job; any number that nobody else uses

# Two statements: the second sees everything that the last holder of the lock committed.
TAKE_TURN = "SELECT pg_advisory_xact_lock(%s)"
TRY_TURN = "SELECT pg_try_advisory_xact_lock(%s)"
GIVE_POSITIONS = """
    WITH waiting AS (
        SELECT id FROM outbox_event WHERE position IS NULL ORDER BY id LIMIT %s
    ), placed AS (
        SELECT id, nextval('outbox_event_position') AS position FROM (SELECT id FROM waiting ORDER BY id) AS ordered
    )
    UPDATE outbox_event SET position = placed.position FROM placed WHERE outbox_event.id = placed.id RETURNING outbox_event.id
"""
LAG = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)::float
    FROM outbox_event WHERE position IS NULL
"""


# A row that a verb holds at this moment is passed over: the sequencer waits for nobody, and the next turn takes it.
NUMBER = """
    WITH waiting AS (
        SELECT id, {order} FROM {table} WHERE position IS NULL ORDER BY {order}, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    ), placed AS (
        SELECT id, nextval('{sequence}') AS position FROM (SELECT id FROM waiting ORDER BY {order}, id) AS ordered
    )
    UPDATE {table} SET position = placed.position FROM placed WHERE {table}.id = placed.id
"""

FAN_OUTS: list[Callable[[Sequence[int]], None]] = []


def fan_out(copy: Callable[[Sequence[int]], None]) -> None:
    """From now on `copy` gets the ids of the events that were just placed, inside the transaction that placed them.

    So each event is fanned out once, in the order of the positions, and the business pays nothing for it.
    """
    FAN_OUTS.append(copy)


@dataclass(frozen=True)
class Numbered:
    """Another table whose rows stand in the order of the commits, by a column `position` that is NULL until they have a place."""

    table: str
    sequence: str
    order: str  # among rows that wait together


TABLES: dict[str, Numbered] = {}


def number(table: str, *, sequence: str, order: str) -> None:
    """From now on rows of this table whose `position` is NULL get one too, in the same turn."""
    TABLES[table] = Numbered(table=table, sequence=sequence, order=order)


@dataclass(frozen=True)
class Lag:
    """How far the places are behind the commits: events that wait, and the age of the oldest in seconds."""

    count: int
    seconds: float


def sequence() -> int:
    """Every event, and every row of a numbered table, that was committed before the call has a position.

    Returns how many events got theirs now.

    Each batch is a transaction of its own, so it must not be called inside one.
    """
    total = 0
    while True:
        placed, numbered = _sequence_batch()
        total += placed
        if max(placed, numbered) < BATCH_MAX:
            return total


@transaction.atomic(durable=True)
def sequence_if_free() -> bool:
    """What waits, a batch at most, has its positions, unless somebody else gives them just now. Returns whether it was our turn."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_TURN, [LOCK])
        if not cursor.fetchone()[0]:
            return False
    _give_positions()
    return True


@transaction.atomic(durable=True)
def _sequence_batch() -> tuple[int, int]:
    """The oldest waiting events have positions, in the order of their ids, and so have rows of the numbered tables.

    Returns how many events, and how many rows of the table with the most.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURN, [LOCK])
    return _give_positions()


def _give_positions() -> tuple[int, int]:
    """As `_sequence_batch`, by whoever has the turn."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_POSITIONS, [BATCH_MAX])
        placed = [row[0] for row in cursor.fetchall()]
        numbered = [_number(cursor, table) for table in TABLES.values()]
    if placed:
        for copy in FAN_OUTS:
            copy(placed)
    return len(placed), max(numbered, default=0)


def _number(cursor: Any, table: Numbered) -> int:
    """The oldest waiting rows of this table have positions. Returns how many."""
    cursor.execute(NUMBER.format(table=table.table, sequence=table.sequence, order=table.order), [BATCH_MAX])
    return cursor.rowcount


def lag() -> Lag:
    """The events without a position, and the age of the oldest by the clock of the database; 0 and 0.0 when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(LAG)
        count, seconds = cursor.fetchone()
    return Lag(count=count, seconds=max(seconds, 0.0))
