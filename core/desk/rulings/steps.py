"""A decision is held, taken back, or carried out. While it is held nothing of it has happened."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from core.base import clock
from core.base.errors import Refusal
from core.desk.claims import steps as claims
from core.desk.rulings import errors
from core.desk.rulings.models import Ruling

log = structlog.get_logger("core.rulings")

HOLD_SECONDS = 60
BATCH_MAX = 200
Status = Ruling.Status


def hold(
    queue: str,
    subject_id: UUID,
    *,
    by: Any,
    kind: str,
    version: int,
    reason: str = "",
    codes: Sequence[str] = (),
    checks: Sequence[str] = (),
) -> Ruling:
    """The locked case is decided, with effect in a minute, and in nobody's hands any more."""
    due_at = clock.now() + timedelta(seconds=HOLD_SECONDS)
    ruling = Ruling.objects.create(
        queue=queue,
        subject_id=subject_id,
        kind=kind,
        version=version,
        reason=reason,
        codes=list(codes),
        checks=list(checks),
        decided_by=by,
        due_at=due_at,
    )
    claims.give_back(queue, subject_id)
    return ruling


def undo(queue: str, subject_id: UUID, *, by: Any) -> Ruling:
    """The person's decision was never made, and the locked case is in their hands again. Raises NothingToUndo."""
    ruling: Ruling | None = Ruling.objects.filter(queue=queue, status=Status.HELD, decided_by=by).lock_any(subject_id=subject_id)
    now = clock.now()
    if ruling is None or ruling.due_at <= now:
        raise errors.NothingToUndo
    _end(ruling, Status.UNDONE)
    claims.take(queue, subject_id, by=by)
    return ruling


def due(queue: str, subject_id: UUID) -> Ruling | None:
    """The decision about the locked case whose minute is over, locked, if there is one."""
    ruling: Ruling | None = Ruling.objects.filter(queue=queue, status=Status.HELD, due_at__lte=clock.now()).lock_any(subject_id=subject_id)
    return ruling


def end(ruling: Ruling, refusal: Refusal | None) -> None:
    """The locked decision was carried out; or, with a refusal, it lapsed, and the case waits again."""
    if refusal is None:
        _end(ruling, Status.CARRIED_OUT)
        claims.settle(ruling.queue, ruling.subject_id, by=ruling.decided_by)
    else:
        ruling.lapse_code = refusal.reason or refusal.code
        _end(ruling, Status.LAPSED)


def _end(ruling: Ruling, status: str) -> None:
    ruling.move_to(status)
    ruling.ended_at = clock.now()
    ruling.store("status", "ended_at", "lapse_code")


def carry_out_all(queue: str, verb: Callable[[UUID], Any]) -> int:
    """The verb was called for every case whose decision is due. One that fails is an error in the log and is tried again by the next tick.

    Returns how many were ended.
    """
    clock.forget()
    waiting = Ruling.objects.filter(queue=queue, status=Status.HELD, due_at__lte=clock.now()).order_by("due_at", "id")
    ended = 0
    for subject_id in list(waiting.values_list("subject_id", flat=True)[:BATCH_MAX]):
        try:
            ended += verb(subject_id) is not None
        except Exception:
            log.exception("ruling_failed", queue=queue, subject_id=str(subject_id))
    return ended
