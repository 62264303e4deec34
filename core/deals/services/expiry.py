"""What happens to a job when nobody acts in time. Each of these answers None when somebody did."""

from typing import Any

from django.db import transaction

from core.base.errors import WrongState
from core.base.policy import require
from core.deals import steps
from core.deals.models import Submission
from core.deals.steps import Cancellation, Completion
from core.jobs.models import Job
from core.money.errors import EscrowUnfunded
from core.money.models import Escrow
from core.timers.models import Timer
from core.timers.policies import is_clock
from core.timers.steps import fire

Status = Job.Status


@transaction.atomic
def close_draft_by_timer(job_id: Any, *, by: Any) -> Cancellation | None:
    """The draft that nobody published is closed. Raises Forbidden, WrongState."""
    return _call_off(job_id, "PUBLISH_DRAFT", "EXPIRED", while_in={Status.DRAFT}, by=by)


@transaction.atomic
def close_job_by_timer(job_id: Any, *, by: Any) -> Cancellation | None:
    """The job for which nobody was chosen is closed, and whoever waits has a no. Raises Forbidden, WrongState."""
    return _call_off(job_id, "HIRE_CREATOR", "EXPIRED", while_in={Status.PUBLISHED, Status.PAUSED}, by=by)


@transaction.atomic
def cancel_unfunded_by_timer(job_id: Any, *, by: Any) -> Cancellation | None:
    """The deal whose escrow was not funded is canceled, and nobody owes anything. Raises Forbidden, WrongState."""
    return _call_off(job_id, "FUND_ESCROW", "ESCROW_NOT_FUNDED", while_in={Status.IN_PROGRESS}, by=by)


@transaction.atomic
def cancel_undelivered_by_timer(job_id: Any, *, by: Any) -> Cancellation | None:
    """The deal whose work did not come is canceled, and the brand has its money back. Raises Forbidden, WrongState."""
    return _call_off(job_id, "DELIVER_WORK", "WORK_NOT_DELIVERED", while_in={Status.IN_PROGRESS}, by=by)


@transaction.atomic
def approve_work_by_timer(job_id: Any, *, by: Any) -> Completion | None:
    """The work that nobody reviewed counts as accepted, and the creator is paid. Raises Forbidden, WrongState, EscrowUnfunded."""
    job, timer = _run_out(job_id, "REVIEW_WORK", while_in={Status.IN_REVIEW}, by=by)
    if timer is None:
        return None
    escrow = steps.lock_escrow(job)
    require(escrow.status == Escrow.Status.FUNDED, EscrowUnfunded())
    submission = steps.waiting_submission(job)

    steps.review(submission, Submission.Status.APPROVED, by=by)
    return steps.complete(job, escrow, submission, by=by, source="TIMER", fired=timer)


def _call_off(job_id: Any, kind: str, code: str, *, while_in: set[Status], by: Any) -> Cancellation | None:
    job, timer = _run_out(job_id, kind, while_in=while_in, by=by)
    if timer is None:
        return None
    return steps.call_off(job, by=by, reason=code, canceled_by="SYSTEM", source="TIMER", fired=timer)


def _run_out(job_id: Any, kind: str, *, while_in: set[Status], by: Any) -> tuple[Job, Timer | None]:
    """The job, locked, and its clock, ended now; no clock when it was stopped before. Raises Forbidden, NotFound, WrongState."""
    require(is_clock(by))
    job = Job.objects.lock(id=job_id)
    timer = fire(job.id, kind)
    if timer is not None:
        require(job.status in while_in, WrongState(status=job.status, state=str(job.get_status_display())))
    return job, timer
