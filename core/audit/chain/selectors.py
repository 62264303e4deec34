"""Whether the audit trail is what it was when it was written."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection, transaction

from core.audit.chain.models import AuditSeal
from core.audit.chain.statements import BROKEN, ONE, UNSEALED

log = structlog.get_logger("core.audit")

PATIENCE_SECONDS = 900  # after which an entry without a seal is a fault
FAULTS_MAX = 100

FAULTS = {
    "GAP": "a seal before this one is gone",
    "CHAIN": "the seal before this one was changed or replaced",
    "SEAL": "the seal itself was changed",
    "MISSING": "the entry is gone",
    "FRAME": "who did what to what, when, or an amount was changed",
    "BODY": "what the entry says was changed",
    "FADED": "what the entry says cannot be checked, and nobody's account was deleted",
    "SLIPPED_IN": "the entry has no seal and does not wait for one",
    "WAITING": "the entry waits for its seal: the tick of every minute does not run",
    "HEAD": "the chain does not hold the seal that was written down elsewhere",
}


@dataclass(frozen=True)
class AuditFault:
    """One broken place. `position` is None where there is no seal."""

    entry_id: int | None
    position: int | None
    fault: str

    def as_row(self) -> dict[str, int | str | None]:
        """For machines."""
        return {"entryId": self.entry_id, "position": self.position, "fault": self.fault, "says": FAULTS[self.fault]}


@dataclass(frozen=True)
class Head:
    """The last seal. Written down where nobody of the database gets at it, it proves that the chain before it was not made anew."""

    position: int
    digest: str

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"


def head() -> Head:
    """The last seal; position 0 and no digest before the first."""
    last = AuditSeal.objects.order_by("-position").values_list("position", "digest").first()
    return Head(last[0], bytes(last[1]).hex()) if last else Head(0, "")


def knows(noted: Head) -> bool:
    """Whether the chain still holds the seal that somebody wrote down."""
    found = AuditSeal.objects.filter(position=noted.position).values_list("digest", flat=True).first()
    return found is not None and bytes(found).hex() == noted.digest


@dataclass(frozen=True)
class Sealed:
    """What the seal of one entry says. `fault` is empty while the entry is what it was, and FADED where an account was deleted."""

    position: int
    sealed_at: datetime
    digest: str
    fault: str


def seal_of(entry_id: int) -> Sealed | None:
    """The seal of this entry, compared with it; None while it waits for one."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, [entry_id])
        row = cursor.fetchone()
    return Sealed(row[0], row[1], bytes(row[2]).hex(), row[3]) if row else None


@transaction.atomic
def audit_faults(limit: int = FAULTS_MAX, *, seconds: int = 0) -> list[AuditFault]:
    """The first broken places, in the order of the chain, then entries outside it.

    With `seconds` it raises OperationalError where one look takes longer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(seconds * 1_000)])
        cursor.execute(BROKEN, [limit])
        faults = [AuditFault(entry_id, position, fault) for position, entry_id, fault in cursor.fetchall()]
        cursor.execute(UNSEALED, [PATIENCE_SECONDS, limit])
        faults += [AuditFault(entry_id, None, fault) for entry_id, fault in cursor.fetchall()]
    return faults[:limit]


def report_audit_faults() -> None:
    """A trail that is not what it was is an error in the log; where it ends is a line that is kept with the log."""
    for fault in audit_faults():
        log.error("audit_broken", found=fault.fault, position=fault.position, subject_id=fault.entry_id, reason=FAULTS[fault.fault])
    log.info("audit_head", position=head().position, detail=head().digest)
