"""Notices about jobs and their moderation."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import DEALS, SYSTEM, Kind

KINDS: dict[str, Kind] = {
    "JOB_PUBLISHED": Kind(
        SYSTEM,
        "/backoffice/core/job/{job_id}/change/",
        _("A job waits for moderation"),
        _("“{title}”"),
        to="MODERATORS",
        when="a brand publishes a job",
    ),
    "MODERATION_RESUBMITTED": Kind(
        SYSTEM,
        "/backoffice/core/job/{job_id}/change/",
        _("A changed job waits for moderation"),
        _("“{title}”"),
        to="MODERATORS",
        when="a rejected job is sent in again, or an edit has to be read",
        event="JOB_MODERATION_RESUBMITTED",
    ),
    "MODERATION_APPROVED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("The job is approved"),
        _("“{title}” is in the feed."),
        to="BRAND",
        when="a moderator approves a job or a change of it",
        event="JOB_MODERATION_APPROVED",
    ),
    "MODERATION_REJECTED": Kind(
        DEALS,
        "/dashboard/jobs/{job_id}/edit",
        _("The job was not approved"),
        _("“{title}”. Reason: {reason}"),
        to="BRAND",
        when="a moderator rejects a job or a change of it, or takes a job out of the feed",
        event="JOB_MODERATION_REJECTED",
    ),
    "MODERATION_CHANGES_REQUESTED": Kind(
        DEALS,
        "/dashboard/jobs/{job_id}/edit",
        _("The job needs changes"),
        _("“{title}”. Change this and send it in again: {reason}"),
        to="BRAND",
        when="a moderator asks for changes of a job or of an edit",
        event="JOB_MODERATION_REJECTED",
    ),
    "JOB_TERMS_CHANGED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("The terms of a job have changed"),
        _("“{title}”: look at the new terms; your application or invitation stands."),
        to="APPLICANTS, INVITEES",
        when="the approved text of a job changes",
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
