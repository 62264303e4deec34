"""What was decided at the desk is done when its minute is over, in the name of who decided it."""

from uuid import UUID

from django.db import transaction

from core.audit.steps import record
from core.base.policy import refusal_of, require
from core.base.vocabulary import Queue
from core.desk.rulings import steps as rulings
from core.desk.rulings.models import Ruling
from core.jobs import policies
from core.jobs.models import Job
from core.jobs.moderation import steps

Kind = Ruling.Kind


@transaction.atomic
def carry_out_job_ruling(job_id: UUID) -> Ruling | None:
    """What was decided about the job a minute ago is done. It lapses when the text has changed meanwhile, and the case waits again.

    None when nothing is due: it was undone, or is not a minute old.
    """
    job = Job.objects.lock(id=job_id)
    ruling = rulings.due(Queue.JOBS, job.id)
    if ruling is None:
        return None
    refusal = refusal_of(lambda: _carry_out(job, ruling))
    rulings.end(ruling, refusal)
    if refusal is not None:
        record("JOB_RULING_LAPSED", job, by=ruling.decided_by, before={"ruling": ruling.kind}, after={"lapseCode": ruling.lapse_code})
    return ruling


def _carry_out(job: Job, ruling: Ruling) -> None:
    """Raises Forbidden, NothingPending, ContentChanged, all before anything has happened."""
    by = ruling.decided_by
    require(policies.is_moderator(by))
    revision = steps.waiting_text(job, ruling.version)
    if ruling.kind == Kind.APPROVE:
        steps.approve(job, revision, by=by)
    elif ruling.kind == Kind.REJECT:
        steps.refuse(job, revision, version=ruling.version, reason=ruling.reason, by=by)
    else:
        steps.ask_for_changes(job, revision, version=ruling.version, reason=ruling.reason, by=by)


def carry_out_due() -> int:
    """Every decision about a job whose minute is over is carried out. Returns how many ended."""
    return rulings.carry_out_all(Queue.JOBS, carry_out_job_ruling)
