"""What may be done with a case now, as far as its page knows. The verb judges again."""

from typing import Any

from django.utils.translation import gettext as _

from core.jobs.models import Job


def waits(row: Any) -> bool:
    """Whether there is something to decide about the row."""
    return row.awaits_moderation if isinstance(row, Job) else row.status == "PENDING"


def why_closed(row: Any, user: Any) -> str:
    """Why a case that waits is not for this person now; nothing when it is, or when it does not wait."""
    if not waits(row):
        return ""
    if row.ruling:
        return _("Decided already.")
    if row.claim and row.claim["holder"] != str(user.pk):
        return _("In other hands: %(name)s.") % {"name": row.claim["name"] or _("Staff, no name")}
    if row.escalation and row.escalation["by"] == str(user.pk) and not user.is_superuser:
        return _("You handed this case on.")
    return ""


def is_open(row: Any, user: Any) -> bool:
    """Whether this person may decide the case now."""
    return waits(row) and not why_closed(row, user)


def can_hand_on(row: Any, user: Any) -> bool:
    """Whether the case may go to somebody else, once."""
    return is_open(row, user) and not row.escalation
