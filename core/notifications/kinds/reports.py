"""Notices about reports to moderators."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import SYSTEM, Kind

KINDS: dict[str, Kind] = {
    "REPORT_OPENED": Kind(
        SYSTEM,
        "/backoffice/core/report/",
        _("A new report"),
        _("{name} asks you to look at something."),
        to="MODERATORS",
        when="somebody reports a person, a job, a message or a review",
    ),
    "REPORT_UPHELD": Kind(
        SYSTEM,
        "/dashboard/notifications",
        _("Your report was upheld"),
        _("A moderator looked at it and acted. Thank you."),
        to="REPORTER",
        when="a moderator upholds a report",
    ),
    "REPORT_DISMISSED": Kind(
        SYSTEM,
        "/dashboard/notifications",
        _("Your report was dismissed"),
        _("A moderator looked at it and found nothing against the rules."),
        to="REPORTER",
        when="a moderator dismisses a report",
    ),
}
