"""How far behind the mailbox is, from its rows: for the health file, the metrics and the readiness of the server."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from outbox import sequencer

# Each part has the condition of an index, so that the rows of the last month that are done with are not looked at. The ages are of
# the oldest parcel, whatever it waits for, and of the one that is longest overdue, which is our own lateness.
PARCELS = """
    SELECT channel, state, is_critical, count(*), max(extract(epoch FROM clock_timestamp() - created_at))::float,
           max(extract(epoch FROM clock_timestamp() - next_at)) FILTER (WHERE next_at < clock_timestamp())::float,
           count(*) FILTER (WHERE lease_until < clock_timestamp())
    FROM outbox_delivery WHERE state IN ('PENDING', 'LEASED', 'SENDING') GROUP BY channel, state, is_critical
    UNION ALL
    SELECT channel, state, is_critical, count(*), max(extract(epoch FROM clock_timestamp() - created_at))::float, NULL, 0
    FROM outbox_delivery WHERE state = 'HELD' GROUP BY channel, state, is_critical
    UNION ALL
    SELECT channel, state, is_critical, count(*), max(extract(epoch FROM clock_timestamp() - settled_at))::float, NULL, 0
    FROM outbox_delivery WHERE state = 'DEAD' GROUP BY channel, state, is_critical
"""
SETTLED = """
    SELECT channel, state, count(*) FROM outbox_delivery
    WHERE state IN ('SENT', 'SKIPPED', 'UNCERTAIN', 'DEAD') AND settled_at > clock_timestamp() - interval '1 hour' GROUP BY channel, state
"""
BLOCKED = """
    SELECT channel, count(*) FROM (
        SELECT DISTINCT channel, recipient_id, aggregate FROM outbox_delivery
        WHERE state = 'DEAD' AND settled_at < clock_timestamp() - interval '1 hour'
    ) AS blocked GROUP BY channel
"""
PAUSED = "SELECT name, is_paused, coalesce(rests_until > clock_timestamp(), false) FROM outbox_channel"
BEATS = """
    SELECT name, extract(epoch FROM clock_timestamp() - beat_at)::float, extract(epoch FROM clock_timestamp() - last_success_at)::float,
           consecutive_failures, counters
    FROM outbox_heartbeat ORDER BY name
"""
LONG_TRANSACTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start < clock_timestamp() - interval '60 seconds' AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
"""
QUEUE_EXISTS = "SELECT to_regclass('huey_task') IS NOT NULL"
QUEUE = "SELECT count(*) FROM huey_task"


@dataclass(frozen=True)
class Parcels:
    """Parcels of one channel, state and class: how many, how old, how late, and how many leases ran out."""

    channel: str
    state: str
    is_critical: bool
    count: int
    age_seconds: float
    overdue_seconds: float | None
    expired: int


@dataclass(frozen=True)
class Summary:
    """How the mailbox is at one moment."""

    parcels: tuple[Parcels, ...]
    unsequenced: int
    unsequenced_seconds: float

    @property
    def backlog(self) -> int:
        """What is still to be carried."""
        return sum(parcels.count for parcels in self.parcels if parcels.state != "DEAD")

    @property
    def dead(self) -> int:
        """What a person has to look at."""
        return sum(parcels.count for parcels in self.parcels if parcels.state == "DEAD")

    def oldest(self, *, critical: bool) -> float:
        """The age of the oldest parcel of this class that is on its way, in seconds."""
        ages = [one.age_seconds for one in self.parcels if one.is_critical == critical and one.state not in ("DEAD", "HELD")]
        return round(max(ages, default=0.0), 3)

    def lag(self) -> dict[str, float]:
        """The ages, as the health file tells them."""
        return {
            "criticalSeconds": self.oldest(critical=True),
            "otherSeconds": self.oldest(critical=False),
            "unsequencedSeconds": round(self.unsequenced_seconds, 3),
        }


@dataclass(frozen=True)
class Beat:
    """The row of a process."""

    name: str
    age_seconds: float
    success_seconds: float | None
    consecutive_failures: int
    counters: dict[str, int]


def summary() -> Summary:
    """How the mailbox is now, by two statements that look at open rows only."""
    unsequenced = sequencer.lag()
    return Summary(tuple(Parcels(*row) for row in rows(PARCELS)), unsequenced.count, unsequenced.seconds)


def beats() -> list[Beat]:
    """Every process that ever reported, and the last check of the ledger."""
    return [Beat(name, age, success, failures, _numbers(counters)) for name, age, success, failures, counters in rows(BEATS)]


def settled_in_the_last_hour() -> list[tuple[str, str, int]]:
    """Channel, state and number of what came to an end."""
    return rows(SETTLED)


def blocked_for_an_hour() -> list[tuple[str, int]]:
    """By channel: how many things of a recipient wait behind a dead letter that is older than an hour."""
    return rows(BLOCKED)


def channels() -> list[tuple[str, bool, bool]]:
    """Each channel that was ever paused or rested: whether it is paused now, and whether it rests."""
    return rows(PAUSED)


def long_transactions() -> int:
    """Transactions of this database that are open for more than a minute, as far as our role may see them."""
    return int(rows(LONG_TRANSACTIONS)[0][0])


def queued_tasks() -> int:
    """How many tasks wait in the queue; none while it has no tables."""
    return int(rows(QUEUE)[0][0]) if rows(QUEUE_EXISTS)[0][0] else 0


def rows(statement: str) -> list[Any]:
    """What the statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _numbers(counters: str) -> dict[str, int]:
    """The counters of a row, which the driver hands over as text."""
    return {str(name): int(number) for name, number in json.loads(counters).items()}
