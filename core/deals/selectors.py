"""Reads of delivered work, and of proposals to part."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from core.base.models import QuerySet
from core.deals import policies
from core.deals.models import CancellationProposal, SubmissionItem
from core.timers.selectors import running, shown


def submission_list(job_id: UUID | str, *, by: Any) -> QuerySet:
    """The versions of a deal that one is a party of, each with its `files`. Raises NotFound."""
    job = policies.visible_deals(by).only("id").find(id=job_id)
    return _with_files(policies.visible_submissions(by).filter(job_id=job.id))


def submission_page(job_id: UUID | str, submission_id: UUID | str, *, by: Any) -> Any:
    """One version with its `files`. Raises NotFound."""
    return _with_files(policies.visible_submissions(by)).find(id=submission_id, job_id=job_id)


def _with_files(submissions: QuerySet) -> QuerySet:
    """The files come in the same query, in the order in which they were given."""
    files = SubmissionItem.objects.filter(submission_id=OuterRef("id")).order_by("position")
    return submissions.annotate(files=ArraySubquery(files.values(file=JSONObject(type="type", url="url"))))


def newest_proposal(job_id: UUID | str, *, by: Any) -> CancellationProposal | None:
    """The newest proposal to cancel a deal that one is a party of, as `told_proposal` tells it, if there is one. Raises NotFound."""
    job = policies.visible_deals(by).only("id").find(id=job_id)
    proposal = CancellationProposal.objects.filter(job_id=job.id).select_related("job").order_by("-created_at", "-id").first()
    return told_proposal(proposal) if proposal else None


def told_proposal(proposal: CancellationProposal) -> Any:
    """The proposal with its `side`, BRAND or CREATOR, and its running `timers`."""
    told: Any = proposal
    told.side = "BRAND" if proposal.proposed_by_id == proposal.job.brand_id else "CREATOR"
    told.timers = [shown(timer) for timer in running(proposal.id)] if proposal.status == CancellationProposal.Status.PENDING else []
    return told
