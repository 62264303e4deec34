"""Notices about applications and invitations."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import DEALS, Kind

KINDS: dict[str, Kind] = {
    "APPLICATION_CREATED": Kind(
        DEALS,
        "/dashboard/jobs/{job_id}/applications",
        _("A new application"),
        _("“{title}”: {name} applied."),
        to="BRAND",
        when="a creator applies",
    ),
    "APPLICATION_ACCEPTED": Kind(
        DEALS,
        "/dashboard/work/{job_id}",
        _("Your application is accepted"),
        _("“{title}”, {money}. Begin when the escrow is funded."),
        to="CREATOR",
        when="the brand chooses the creator",
    ),
    "APPLICATION_REJECTED": Kind(
        DEALS,
        "/dashboard/applications",
        _("Your application was not chosen"),
        _("“{title}”. {why}"),
        to="CREATOR",
        when="the brand says no, or chooses somebody else",
    ),
    "APPLICATION_WITHDRAWN": Kind(
        DEALS,
        "/dashboard/jobs/{job_id}/applications",
        _("An application was withdrawn"),
        _("“{title}”: {name} withdrew the application."),
        to="BRAND",
        when="a creator withdraws the application",
    ),
    "INVITATION_SENT": Kind(
        DEALS,
        "/dashboard/invitations",
        _("You are invited to a job"),
        _("“{title}”: {name} invites you."),
        to="CREATOR",
        when="the brand invites the creator, or reminds of an invitation",
    ),
    "INVITATION_ACCEPTED": Kind(
        DEALS,
        "/dashboard/jobs/{job_id}/applications",
        _("The invitation is accepted"),
        _("“{title}”: {name} is ready to work. Choose the creator to start."),
        to="BRAND",
        when="the creator accepts the invitation",
    ),
    "INVITATION_DECLINED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("The invitation is declined"),
        _("“{title}”: {name} declined the invitation."),
        to="BRAND",
        when="the creator declines the invitation",
    ),
    "INVITATION_CANCELED": Kind(
        DEALS,
        "/dashboard/invitations",
        _("The invitation is withdrawn"),
        _("“{title}”: {name} withdrew the invitation."),
        to="CREATOR",
        when="the brand withdraws the invitation",
    ),
    "INVITATION_EXPIRED_CREATOR": Kind(
        DEALS,
        "/dashboard/invitations",
        _("The invitation has expired"),
        _("“{title}”: the invitation is no longer open."),
        to="CREATOR",
        when="the invitation was not answered in time, or the job was given to somebody else or closed",
        event="INVITATION_EXPIRED",
    ),
    "INVITATION_EXPIRED_BRAND": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("The invitation has expired"),
        _("“{title}”: {name} did not answer the invitation."),
        to="BRAND",
        when="the invitation was not answered in time",
        event="INVITATION_EXPIRED",
    ),
}
