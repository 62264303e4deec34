"""Taking cases and giving them back. The lease is judged and set by the clock of the database alone.

The row of a claim is written by one statement that leaves a living claim of somebody else as it is: the unique constraint
decides who of two is first, whatever the queue showed them.
"""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from core.base import clock
from core.base.errors import Invalid
from core.base.ids import uuid7
from core.base.policy import require
from core.base.texts import visible
from core.desk.claims import errors
from core.desk.claims.models import Claim, Escalation
from core.desk.claims.selectors import held_rulings, living, open_escalations
from core.desk.rulings.errors import BeingDecided

LEASE_MINUTES = 5
NOTE_MIN = 10
TRIES_MAX = 20  # others may be faster by so many cases
TAKE = """
    INSERT INTO core_claim AS claim (id, created_at, updated_at, queue, subject_id, holder_id, taken_at, lease_until)
    VALUES (%(id)s, %(now)s, %(now)s, %(queue)s, %(subject)s, %(holder)s, clock_timestamp(), clock_timestamp() + %(lease)s)
    ON CONFLICT (queue, subject_id) DO UPDATE
        SET holder_id = excluded.holder_id, lease_until = excluded.lease_until, updated_at = excluded.updated_at,
            taken_at = CASE WHEN claim.holder_id = excluded.holder_id AND claim.lease_until > clock_timestamp()
                       THEN claim.taken_at ELSE excluded.taken_at END
        WHERE claim.holder_id = excluded.holder_id OR claim.lease_until <= clock_timestamp()
    RETURNING claim.id
"""
LEASE = f"{LEASE_MINUTES} minutes"


def take(queue: str, subject_id: UUID, *, by: Any) -> Claim:
    """This person holds the case for a lease from now. Raises CaseTaken."""
    now = clock.now()
    values = {"id": uuid7(), "now": now, "queue": queue, "subject": subject_id, "holder": by.pk, "lease": LEASE}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        found = cursor.fetchone()
    if found is None:
        raise errors.CaseTaken
    return Claim.objects.get(id=found[0])


def take_first(queue: str, rows: QuerySet, *, by: Any) -> Any:
    """The first of these cases that nobody else is at is in this person's hands. Raises NothingToTake.

    The rows come in the order of the queue. What another one is taking or deciding at this moment is skipped, not waited for.
    """
    skipped: list[UUID] = []
    for _try in range(TRIES_MAX):
        row = rows.exclude(pk__in=skipped).select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if row is None:
            break
        try:
            take(queue, row.pk, by=by)
        except errors.CaseTaken:  # the other one committed after this read began
            skipped.append(row.pk)
        else:
            return row
    raise errors.NothingToTake


def give_back(queue: str, subject_id: UUID) -> None:
    """Nobody holds the case."""
    Claim.objects.filter(queue=queue, subject_id=subject_id).delete()


def judge_hands(queue: str, subject_id: UUID, *, by: Any) -> bool:
    """This person may decide the case, which is locked. Returns whether the desk knows the case at all: if not, there is nothing to close.

    Raises BeingDecided, CaseTaken, AnotherDecides. One read.
    """
    hands = _hands(queue, subject_id)
    for kind, person in hands:
        require(kind != "RULING", BeingDecided())
        require(kind != "CLAIM" or person == by.pk, errors.CaseTaken())
        require(kind != "ESCALATION" or person != by.pk or by.is_superuser, errors.AnotherDecides())
    return bool(hands)


def _hands(queue: str, subject_id: UUID) -> list[tuple[str, UUID]]:
    """Who has to do with the case: who decided, who holds it, who handed it on."""

    def read(rows: QuerySet, kind: str, person: str) -> QuerySet:
        about = rows.filter(Q(subject_id=subject_id)).order_by()
        return about.annotate(what=Cast(Value(kind), TextField()), who=F(person)).values_list("what", "who")

    rulings = read(held_rulings(queue), "RULING", "decided_by_id")
    claims = read(living(queue), "CLAIM", "holder_id")
    escalations = read(open_escalations(queue), "ESCALATION", "escalated_by_id")
    return list(rulings.union(claims, escalations, all=True))


def judged_note(note: str) -> str:
    """Why the case is handed on, trimmed. Raises Invalid."""
    said = visible(note)
    if not NOTE_MIN <= len(said) <= Escalation.NOTE_MAX:
        message = _("Write between {lowest} and {highest} characters.").format(lowest=NOTE_MIN, highest=Escalation.NOTE_MAX)
        raise Invalid({"note": [message]})
    return said


def hand_on(queue: str, subject_id: UUID, *, note: str, by: Any) -> Escalation:
    """The locked case waits for somebody else, and nobody holds it. Raises AlreadyEscalated."""
    require(not open_escalations(queue).filter(subject_id=subject_id).exists(), errors.AlreadyEscalated())
    escalation = Escalation.objects.create(queue=queue, subject_id=subject_id, note=note, escalated_by=by)
    give_back(queue, subject_id)
    return escalation


def settle(queue: str, subject_id: UUID, *, by: Any) -> None:
    """What was handed on is decided."""
    now = clock.now()
    open_escalations(queue).filter(subject_id=subject_id).update(settled_at=now, settled_by=by, updated_at=now)
