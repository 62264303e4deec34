"""Which cases wait, which are in somebody's hands, which are decided and which were handed on."""

from typing import Any

from django.db.models import Exists, Func, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from core.desk.claims.models import Claim, Escalation
from core.desk.rulings.models import Ruling


class DatabaseNow(Func):
    """This very moment by the clock of the database, not the beginning of the transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"

    def __init__(self) -> None:
        super().__init__(output_field=Claim._meta.get_field("lease_until"))


def living(queue: str) -> QuerySet:
    """The claims of this queue whose lease has not run out."""
    return Claim.objects.filter(queue=queue, lease_until__gt=DatabaseNow())


def of_row(rows: QuerySet, key: str) -> Exists:
    """Whether one of these rows of the desk is about the case."""
    return Exists(rows.filter(subject_id=OuterRef(key)))


def open_escalations(queue: str) -> QuerySet:
    """What was handed on and is not settled."""
    return Escalation.objects.filter(queue=queue, settled_at=None)


def held_rulings(queue: str) -> QuerySet:
    """Decisions that can still be undone."""
    return Ruling.objects.filter(queue=queue, status=Ruling.Status.HELD)


def undecided(rows: QuerySet, queue: str, *, key: str = "pk") -> QuerySet:
    """Those of the cases about which nobody has decided."""
    return rows.filter(~of_row(held_rulings(queue), key))


def free(rows: QuerySet, queue: str, *, key: str = "pk") -> QuerySet:
    """Those of the cases that anybody may take: in nobody's hands, not decided, not handed on."""
    return undecided(rows, queue, key=key).filter(~of_row(living(queue), key), ~of_row(open_escalations(queue), key))


def taken_by(rows: QuerySet, queue: str, user: Any, *, key: str = "pk") -> QuerySet:
    """Those of the cases that this person holds, and that are not decided."""
    return undecided(rows, queue, key=key).filter(of_row(living(queue).filter(holder=user), key))


def handed_on(rows: QuerySet, queue: str, *, key: str = "pk") -> QuerySet:
    """Those of the cases that were handed on and wait for a second moderator."""
    return undecided(rows, queue, key=key).filter(of_row(open_escalations(queue), key))


def takeable_escalations(rows: QuerySet, queue: str, user: Any, *, key: str = "pk") -> QuerySet:
    """Those that were handed on by others and are in nobody's hands; a superuser may take their own too."""
    others = open_escalations(queue) if user.is_superuser else open_escalations(queue).exclude(escalated_by=user)
    return undecided(rows, queue, key=key).filter(of_row(others, key), ~of_row(living(queue), key))


def at_desk(rows: QuerySet, queue: str, *, key: str = "pk") -> QuerySet:
    """The cases with what the desk knows of each: `claim`, `ruling` and `escalation`, as JSON or None."""

    def known(found: QuerySet, **fields: str) -> Subquery:
        about = found.filter(subject_id=OuterRef(key)).order_by()
        return Subquery(about.annotate(shown=JSONObject(**fields)).values("shown")[:1])

    return rows.annotate(
        claim=known(living(queue), holder="holder_id", name="holder__staff_name", until="lease_until"),
        ruling=known(held_rulings(queue), by="decided_by_id", name="decided_by__staff_name", kind="kind", due="due_at"),
        escalation=known(open_escalations(queue), by="escalated_by_id", name="escalated_by__staff_name", note="note", at="created_at"),
    )


def undoable(queue: str, *, by: Any) -> Ruling | None:
    """This person's newest decision that can still be undone."""
    return held_rulings(queue).filter(decided_by=by).order_by("-created_at").first()
