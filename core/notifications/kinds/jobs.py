"""Notices about jobs and their moderation."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import DEALS, SYSTEM, Kind

KINDS: dict[str, Kind] = {
    "JOB_PUBLISHED": Kind(SYSTEM, "/backoffice/core/job/", _("A job waits for moderation"), _("“{title}”")),
    "MODERATION_RESUBMITTED": Kind(SYSTEM, "/backoffice/core/job/", _("A changed job waits for moderation"), _("“{title}”")),
    "MODERATION_APPROVED": Kind(DEALS, "/jobs/{job_id}", _("The job is approved"), _("“{title}” is in the feed.")),
    "MODERATION_REJECTED": Kind(DEALS, "/dashboard/jobs/{job_id}/edit", _("The job was not approved"), _("“{title}”. Reason: {reason}")),
    "JOB_TERMS_CHANGED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("The terms of a job have changed"),
        _("“{title}”: look at the new terms; your application or invitation stands."),
    ),
    "JOB_ALERT_MATCHED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("A new job for you"),
        _("“{title}” is what your alert “{name}” looks for."),
        to="CREATOR",
        when="a job becomes live that one of the creator's alerts looks for",
    ),
}
