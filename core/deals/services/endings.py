"""How one side, or our team, ends a job before its work is accepted."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base.policy import require
from core.deals import events, policies, steps, work
from core.deals.judgements import judge_cancellation
from core.deals.steps import Cancellation
from core.hiring.policies import is_creator
from core.jobs.models import Job
from outbox.post import emit

REASON_MAX = 500


@transaction.atomic
def cancel_job(job_id: Any, *, by: Any, reason: str = "") -> Cancellation:
    """Nothing more happens to the job: the escrow is returned or voided, whoever waits has a no, and all concerned are told.

    A brand cancels its own job until the first delivery; after that only staff who decide for both can. A job that was
    canceled before stays as it is. Raises NotFound, Invalid, CompletedForGood, DisputeOpen, OnlyStaffOnReview,
    OnlyStaffAfterDelivery.
    """
    job = policies.cancelable_jobs(by).lock(id=job_id)
    said = work.read_text("reason", reason, longest=REASON_MAX)
    if job.status == Job.Status.CANCELED:
        return Cancellation(job=job, canceled_before=True, refunded_cents=0, currency=job.currency)
    judge_cancellation(job, by=by, delivered=job.submissions.exists)

    canceled_by = "STAFF" if policies.decides_for_both(by) else "BRAND"
    return steps.call_off(job, by=by, reason=said, canceled_by=canceled_by)


@transaction.atomic
def resign_deal(job_id: Any, *, by: Any, reason: str) -> Cancellation:
    """The chosen creator has given the deal up, before or after delivery: the brand has all its money back, and knows why.

    That it happened stays visible: in the audit trail, and as an event of its own. Raises Forbidden, NotFound, WrongState,
    DisputeOpen, Invalid.
    """
    require(is_creator(by))
    job = policies.work_of(by).lock(id=job_id)
    policies.require_in_work(job)
    said = work.read_text("reason", reason, longest=REASON_MAX, missing=_("Write why."))

    before, delivered = job.status, job.submissions.exists()
    record("CREATOR_RESIGNED", job, by=by, before={"status": before}, after={"delivered": delivered}, reason=said)
    done = steps.call_off(job, by=by, reason=said, canceled_by="CREATOR")
    emit(
        events.CreatorResigned(
            by_id=by.id,
            recipient_ids=(job.brand_id,),
            job_id=job.id,
            brand_id=job.brand_id,
            creator_id=by.id,
            delivered=delivered,
        )
    )
    return done
