"""What moderators do at the desk: take a case, decide it with a minute to change one's mind, hand it on.

A decision is held, and carried out when its minute is over (`carrying`). Until then the job waits as before: nobody is told,
nothing is public.
The job is the owner row: every verb locks it first, then its ruling.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.base.vocabulary import Queue
from core.desk.claims import steps as claims
from core.desk.claims.models import Claim, Escalation
from core.desk.rulings import steps as rulings
from core.desk.rulings.judgements import judged
from core.desk.rulings.models import Ruling
from core.jobs import judgements, policies
from core.jobs.models import Job
from core.jobs.moderation import queue, steps, tasks


@transaction.atomic
def take_job(job_id: Any, *, by: Any) -> Claim:
    """The case is in this moderator's hands. Raises Forbidden, NotFound, NothingPending, BeingDecided, CaseTaken, AnotherDecides."""
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    judgements.judge_moderating(job)
    steps.judge_hands(job, by=by)
    return claims.take(Queue.JOBS, job.id, by=by)


@transaction.atomic
def take_next_job(*, by: Any, part: str = "") -> Job:
    """The job that has waited longest, of those that nobody else is at, is in this moderator's hands. Raises Forbidden, NothingToTake."""
    require(policies.is_moderator(by))
    job: Job = claims.take_first(Queue.JOBS, queue.next_of(part, by), by=by)
    return job


@transaction.atomic
def rule_on_job(job_id: Any, *, by: Any, kind: str, content_version: int, reason: str = "", checks: Sequence[str] = ()) -> Ruling:
    """The text that the moderator read is decided, with effect in a minute. An approval has looked at everything on the checklist.

    Raises Forbidden, Invalid, NotFound, NothingPending, ContentChanged, BeingDecided, CaseTaken, AnotherDecides.
    """
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    steps.waiting_text(job, content_version)
    steps.judge_hands(job, by=by)
    found = judged(Queue.JOBS, kind=kind, reason=reason, checks=checks)
    ruling = rulings.hold(Queue.JOBS, job.id, by=by, kind=kind, version=content_version, **found)
    record("JOB_RULED", job, by=by, after={"ruling": kind, "version": content_version}, reason=ruling.reason)
    tasks.wake()
    return ruling


@transaction.atomic
def undo_job_ruling(job_id: Any, *, by: Any) -> Ruling:
    """The moderator's decision was never made, and the case is in their hands again. Raises Forbidden, NotFound, NothingToUndo."""
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    ruling = rulings.undo(Queue.JOBS, job.id, by=by)
    record("JOB_RULING_UNDONE", job, by=by, before={"ruling": ruling.kind, "version": ruling.version})
    return ruling


@transaction.atomic
def escalate_job(job_id: Any, *, by: Any, note: str) -> Escalation:
    """Somebody else decides the case, and knows why. Raises Forbidden, Invalid, NotFound, NothingPending, and what is in other hands."""
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    judgements.judge_moderating(job)
    steps.judge_hands(job, by=by)
    escalation = claims.hand_on(Queue.JOBS, job.id, note=claims.judged_note(note), by=by)
    record("JOB_ESCALATED", job, by=by, reason=escalation.note)
    return escalation
