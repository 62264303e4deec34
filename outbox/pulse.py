"""Whether the background processes are alive. Both sides go by the clock of the database."""

import os

from django.db import connection

WORKER = "worker"
STALE_SECONDS = 150  # two beats missed and some patience

BEAT = """
    INSERT INTO outbox_heartbeat (name, beat_at, process_id) VALUES (%s, clock_timestamp(), %s)
    ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at, process_id = excluded.process_id
"""
AGE = "SELECT extract(epoch FROM clock_timestamp() - beat_at)::float FROM outbox_heartbeat WHERE name = %s"


def beat(name: str = WORKER) -> None:
    """This process was alive just now."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [name, os.getpid()])


def seconds_since_beat(name: str = WORKER) -> float | None:
    """The age of the last beat, or None when there never was one."""
    with connection.cursor() as cursor:
        cursor.execute(AGE, [name])
        found = cursor.fetchone()
    return found[0] if found else None


def is_alive(name: str = WORKER) -> bool:
    """Whether the last beat is recent enough."""
    seconds = seconds_since_beat(name)
    return seconds is not None and seconds <= STALE_SECONDS
