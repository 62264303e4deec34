"""Whether the background processes are alive. Both sides go by the clock of the database.

A row says two things: that the process was there, and that its work succeeded. A process whose threads are stuck goes on saying the
first, so the older of the two counts.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from django.db import connection

WORKER, LEDGER = "worker", "ledger"
STALE_SECONDS = 150  # two beats missed and some patience

BEAT = """
    INSERT INTO outbox_heartbeat (name, beat_at, last_success_at, process_id) VALUES (%s, clock_timestamp(), clock_timestamp(), %s)
    ON CONFLICT (name) DO UPDATE
    SET beat_at = excluded.beat_at, last_success_at = excluded.last_success_at, process_id = excluded.process_id
"""
# The process tells ages, because its own clock may be wrong.
REPORT = """
    INSERT INTO outbox_heartbeat AS known
        (name, beat_at, process_id, version, started_at, last_success_at, last_error_at, consecutive_failures, counters)
    VALUES (%(name)s, clock_timestamp(), %(process_id)s, %(version)s, clock_timestamp() - make_interval(secs => %(age)s),
            clock_timestamp() - make_interval(secs => %(since_success)s), clock_timestamp() - make_interval(secs => %(since_error)s),
            %(consecutive_failures)s, %(counters)s::jsonb)
    ON CONFLICT (name) DO UPDATE SET
        beat_at = excluded.beat_at, process_id = excluded.process_id, version = excluded.version, started_at = excluded.started_at,
        last_success_at = greatest(known.last_success_at, excluded.last_success_at), last_error_at = excluded.last_error_at,
        consecutive_failures = excluded.consecutive_failures, counters = excluded.counters
"""
# Several workers have names of their own, `worker-2`; one of them is enough.
AGE = """
    SELECT min(extract(epoch FROM clock_timestamp() - least(beat_at, last_success_at)))::float
    FROM outbox_heartbeat WHERE name = %(name)s OR starts_with(name, %(name)s || '-')
"""
# One of several is not missed when there are fewer now; the one without a number is: somebody has to say so.
RETIRED = "DELETE FROM outbox_heartbeat WHERE name ~ '-[0-9]+$' AND beat_at < clock_timestamp() - make_interval(days => %s)"
RETIRED_DAYS = 1
VERIFIED = """
    INSERT INTO outbox_heartbeat (name, beat_at, process_id, last_success_at, last_error_at, consecutive_failures, counters)
    VALUES (%(name)s, clock_timestamp(), %(process_id)s, clock_timestamp(), CASE WHEN %(count)s > 0 THEN clock_timestamp() END, %(count)s,
            jsonb_build_object('faults', %(count)s::int))
    ON CONFLICT (name) DO UPDATE SET
        beat_at = excluded.beat_at, process_id = excluded.process_id, last_success_at = excluded.last_success_at,
        last_error_at = coalesce(excluded.last_error_at, outbox_heartbeat.last_error_at),
        consecutive_failures = excluded.consecutive_failures, counters = excluded.counters
"""


def beat(name: str = WORKER) -> None:
    """This process was alive just now, and did its work."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [name, os.getpid()])


def report(name: str, facts: Mapping[str, Any]) -> None:
    """The row of this process says how its work goes: `facts` as `outbox.health.Process.ages` tells them."""
    values = {**facts, "name": name, "process_id": os.getpid(), "counters": json.dumps(facts["counters"])}
    with connection.cursor() as cursor:
        cursor.execute(REPORT, values)


def forget(name: str) -> None:
    """Nobody expects a process of this name any more: that it is not there is no fault."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_heartbeat WHERE name = %s", [name])


def forget_retired() -> int:
    """Numbered processes that were not seen for a day are not expected back. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(RETIRED, [RETIRED_DAYS])
        return cursor.rowcount


def note_check(name: str, faults: int) -> None:
    """A check of this name was carried out just now, and found so many faults."""
    with connection.cursor() as cursor:
        cursor.execute(VERIFIED, {"name": name, "process_id": os.getpid(), "count": faults})


def seconds_since_beat(name: str = WORKER) -> float | None:
    """How long ago the process was last seen at work, or None when it never was."""
    with connection.cursor() as cursor:
        cursor.execute(AGE, {"name": name})
        found = cursor.fetchone()
    return found[0] if found else None


def is_named(name: str, wanted: str = WORKER) -> bool:
    """Whether a row of this name is of such a process: `worker` and `worker-2` are workers."""
    return name == wanted or name.startswith(f"{wanted}-")


def is_alive(name: str = WORKER) -> bool:
    """Whether that is recent enough."""
    seconds = seconds_since_beat(name)
    return seconds is not None and seconds <= STALE_SECONDS
