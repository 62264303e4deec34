"""The one clock of the business. Nothing else in core asks the machine for the time.

In a sandbox (SANDBOX=1, only with DEBUG=1) it may go ahead of the machine's: by how much stands in the one row of
`core_sandboxclock`, which `core.sandbox` moves forward. Every process reads it again with each call, and a few times a second.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.pq import TransactionStatus

FRESH_SECONDS = 0.2
TABLE_STANDS = "SELECT to_regclass('core_sandboxclock') IS NOT NULL"
AHEAD = "SELECT ahead FROM core_sandboxclock"


class _Sandbox:
    """How far the clock is ahead, as far as this process knows. Never asked outside a sandbox."""

    def __init__(self) -> None:
        self.known = timedelta()
        self.read_at = float("-inf")
        self.table_stands = False

    def ahead(self) -> timedelta:
        """How far the clock is ahead. In a transaction that has failed nothing can be read: then it is what was last known."""
        if time.monotonic() - self.read_at > FRESH_SECONDS and not failed():
            self.known = self.read()
            self.read_at = time.monotonic()
        return self.known

    def read(self) -> timedelta:
        """What the row says; nothing before the table stands, while migrations run."""
        with connection.cursor() as cursor:
            if not self.table_stands:
                cursor.execute(TABLE_STANDS)
                self.table_stands = cursor.fetchone()[0]
            if not self.table_stands:
                return timedelta()
            cursor.execute(AHEAD)
            row = cursor.fetchone()
        return row[0] if row else timedelta()


def failed() -> bool:
    """Whether the present transaction can only be rolled back."""
    raw = connection.connection
    return connection.needs_rollback or (raw is not None and raw.info.transaction_status == TransactionStatus.INERROR)


_sandbox = _Sandbox()


def now() -> datetime:
    """The current moment, in UTC, to the microsecond."""
    if settings.SANDBOX:
        return timezone.now() + _sandbox.ahead()
    return timezone.now()


def machine_now() -> datetime:
    """What the machine says, in a sandbox too: for whoever moves the clock."""
    return timezone.now()


def forget() -> None:
    """A sandbox's clock is read again before it is next told."""
    _sandbox.read_at = float("-inf")
