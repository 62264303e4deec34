"""Reads of reports, for moderators."""

from typing import Any
from uuid import UUID

from django.db.models import Case, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from core.base.models import QuerySet
from core.base.policy import require
from core.base.shapes import ObjectJSON, RowJSON
from core.chat.models import Message
from core.deals.reviews.models import Review
from core.jobs.models import Job
from core.people.models import User
from core.reports import policies
from core.reports.models import Report

Subject = Report.Subject
TABS: dict[str, Q] = {"OPEN": Q(status="OPEN"), "UPHELD": Q(status="UPHELD"), "DISMISSED": Q(status="DISMISSED"), "ALL": Q()}


def _person(column: str) -> ObjectJSON:
    """The person in this column, by name and profile."""
    return ObjectJSON(
        id=f"{column}_id",
        profileId=Coalesce(f"{column}__brand_profile__id", f"{column}__creator_profile__id"),
        name=Coalesce(f"{column}__brand_profile__company_name", f"{column}__creator_profile__display_name"),
        role=f"{column}__role",
    )


def _said(model: Any, column: str) -> Subquery:
    return Subquery(model.objects.filter(id=OuterRef("subject_id")).values(column)[:1])


# The words of the thing itself, so that a moderator need not open it. A person's are in the profile.
_WORDS = Case(
    When(subject_type=Subject.JOB, then=_said(Job, "title")),
    When(subject_type=Subject.MESSAGE, then=_said(Message, "body")),
    When(subject_type=Subject.REVIEW, then=_said(Review, "text")),
)
_ROW = RowJSON(
    id="id",
    status="status",
    subjectType="subject_type",
    subjectId="subject_id",
    subjectText=_WORDS,
    reason="reason",
    text="text",
    reporter=_person("reporter"),
    reported=_person("reported"),
    note="note",
    decidedBy="decided_by__staff_name",
    decidedAt="decided_at",
    createdAt="created_at",
)


def report_list(*, by: User, status: str) -> QuerySet:
    """Reports in this state, each a row of JSON. Raises Forbidden."""
    require(policies.is_moderator(by))
    return policies.moderated_reports(by).filter(TABS[status]).annotate(row=_ROW)


def report_page(report_id: UUID, *, by: User) -> str:
    """One report as JSON. Raises NotFound."""
    return policies.moderated_reports(by).annotate(row=_ROW).only("id").find(id=report_id).row


def words_of(report: Report) -> str:
    """What the reported message or review says, or the title of the job; nothing of a person."""
    words = Report.objects.filter(id=report.id).annotate(words=_WORDS).values_list("words", flat=True).first()
    return str(words or "")
