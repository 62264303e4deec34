"""How people report what they see, and how moderators decide."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import visible
from core.deals.reviews.models import Review
from core.deals.reviews.steps import hide
from core.notifications.steps import notify
from core.people.errors import NotYourself
from core.people.policies import is_contact
from core.people.selectors import name_of, staff_ids
from core.reports import events, policies
from core.reports.blocking import block_person, unblock_person
from core.reports.models import Report
from outbox.post import emit

__all__ = ["block_person", "dismiss_report", "open_report", "unblock_person", "uphold_report"]

Status = Report.Status


@transaction.atomic
def open_report(*, by: Any, subject_type: str, subject_id: Any, reason: str, text: str = "") -> Report:
    """Moderators are asked to look at something that this person sees. Asked again while nobody has decided, the same report stands.

    The row carries `is_new`: whether moderators were told now. Raises Forbidden, NotFound, NotYourself, Invalid.
    """
    require(is_contact(by))
    said = _read(subject_type, reason, text)
    reported_id = policies.reported_by(subject_type, subject_id, by)
    require(reported_id != by.id, NotYourself())
    known = {"reported_id": reported_id, "reason": reason, "text": said}
    report, is_new = Report.objects.get_or_create(
        reporter=by, subject_type=subject_type, subject_id=subject_id, status=Status.OPEN, defaults=known
    )
    report.is_new = is_new
    if not is_new:
        return report

    after = {"subjectType": subject_type, "subjectId": str(subject_id), "reportedId": str(reported_id), "reportReason": reason}
    record("REPORT_OPENED", report, by=by, after=after)
    moderators = staff_ids("moderator")
    notify(moderators, "REPORT_OPENED", facts={"name": name_of(by)})
    emit(
        events.ReportOpened(
            by_id=by.id,
            recipient_ids=tuple(moderators),
            report_id=report.id,
            subject_type=subject_type,
            subject_id=report.subject_id,
        )
    )
    return report


def _read(subject_type: str, reason: str, text: str) -> str:
    """The text, trimmed. Raises Invalid."""
    said = visible(text)
    for field, value, known in (("subjectType", subject_type, Report.Subject.values), ("reason", reason, Report.Reason.values)):
        if value not in known:
            raise Invalid({field: [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(known))]})
    if len(said) > Report.TEXT_MAX:
        raise Invalid({"text": [_("Write at most {longest} characters.").format(longest=Report.TEXT_MAX)]})
    if reason == Report.Reason.OTHER and not said:
        raise Invalid({"text": [_("Say in a few words what is wrong.")]})
    return said


@transaction.atomic
def uphold_report(report_id: Any, *, by: Any, note: str, hide_review: bool = False) -> Report:
    """The report was right, and who reported knows. A reported review is out of sight when asked; its author then reads the note.

    What else follows, such as blocking a person, is a step of its own. Raises Forbidden, NotFound, Invalid, WrongState.
    """
    report = _undecided(report_id, by=by)
    if hide_review and report.subject_type != Report.Subject.REVIEW:
        raise Invalid({"hide": [_("Only a review can be hidden.")]})
    _decide(report, Status.UPHELD, by=by, note=note)
    if hide_review:
        review = Review.objects.select_related("job").lock(id=report.subject_id)
        if review.hidden_at is None:
            hide(review, by=by, reason=report.note)

    _tell(report, "REPORT_UPHELD", by=by, hidden=hide_review)
    emit(
        events.ReportUpheld(
            by_id=by.id,
            recipient_ids=(report.reporter_id,),
            report_id=report.id,
            subject_type=report.subject_type,
            subject_id=report.subject_id,
        )
    )
    return report


@transaction.atomic
def dismiss_report(report_id: Any, *, by: Any, note: str) -> Report:
    """The report found nothing against the rules, and who reported knows. Raises Forbidden, NotFound, Invalid, WrongState."""
    report = _undecided(report_id, by=by)
    _decide(report, Status.DISMISSED, by=by, note=note)

    _tell(report, "REPORT_DISMISSED", by=by)
    emit(
        events.ReportDismissed(
            by_id=by.id,
            recipient_ids=(report.reporter_id,),
            report_id=report.id,
            subject_type=report.subject_type,
            subject_id=report.subject_id,
        )
    )
    return report


def _undecided(report_id: Any, *, by: Any) -> Report:
    require(policies.is_moderator(by))
    return policies.moderated_reports(by).lock(id=report_id)


def _decide(report: Report, status: str, *, by: Any, note: str) -> None:
    """The locked report is decided. Raises Invalid, WrongState."""
    said = visible(note)
    if not said:
        raise Invalid({"note": [_("Say why.")]})
    if len(said) > Report.TEXT_MAX:
        raise Invalid({"note": [_("Write at most {longest} characters.").format(longest=Report.TEXT_MAX)]})
    report.move_to(status)
    report.decided_at, report.decided_by, report.note = clock.now(), by, said
    report.store("status", "decided_at", "decided_by", "note")


def _tell(report: Report, outcome: str, *, by: Any, hidden: bool = False) -> None:
    after = {"status": report.status} | ({"hidden": True} if hidden else {})
    record(outcome, report, by=by, before={"status": Status.OPEN}, after=after, reason=report.note)
    notify([report.reporter_id], outcome)
