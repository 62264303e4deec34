"""Notices about applications and invitations."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import DEALS, Kind

KINDS: dict[str, Kind] = {
    "APPLICATION_CREATED": Kind(DEALS, "/dashboard/jobs/{job_id}/applications", _("A new application"), _("“{title}”: {name} applied.")),
    "APPLICATION_ACCEPTED": Kind(
        DEALS, "/dashboard/work/{job_id}", _("Your application is accepted"), _("“{title}”, {money}. Begin when the escrow is funded.")
    ),
    "APPLICATION_REJECTED": Kind(DEALS, "/dashboard/applications", _("Your application was not chosen"), _("“{title}”. {why}")),
    "APPLICATION_WITHDRAWN": Kind(
        DEALS, "/dashboard/jobs/{job_id}/applications", _("An application was withdrawn"), _("“{title}”: {name} withdrew the application.")
    ),
}
