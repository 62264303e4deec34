"""The last acts on one thing, for the side of its page."""

from django.db.models import Model
from django.utils.translation import gettext as _

from backoffice import show
from backoffice.audit_words import action_label
from backoffice.page import Panel, Table
from core.audit.models import AuditEntry

SHOWN = 10


def of(*rows: Model) -> Panel:
    """Who did what with these rows, newest first."""
    subjects = [str(row.pk) for row in rows]
    entries = (
        AuditEntry.objects.filter(subject_type__in={row._meta.object_name for row in rows}, subject_id__in=subjects)
        .select_related(*show.joined("actor"))
        .order_by("-id")[:SHOWN]
    )
    lines = [(show.two_lines(action_label(entry.action), show.name(entry.actor)), show.ago(entry.created_at)) for entry in entries]
    return Panel(_("History"), table=Table((_("What happened"), _("When")), lines, empty=_("Nothing has happened yet.")))
