"""Notices about deals."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import DEALS, Kind

KINDS: dict[str, Kind] = {
    "SUBMISSION_SUBMITTED": Kind(
        DEALS, "/dashboard/jobs/{job_id}/review", _("The work is delivered"), _("“{title}”, version {version}: watch it and decide.")
    ),
    "CHANGES_REQUESTED": Kind(DEALS, "/dashboard/work/{job_id}", _("The brand asks for changes"), _("“{title}”: {comment}")),
    "JOB_COMPLETED_BRAND": Kind(DEALS, "/dashboard/reviews", _("The deal is completed"), _("“{title}”: leave a review of the creator.")),
    "JOB_COMPLETED_CREATOR": Kind(DEALS, "/dashboard/work/{job_id}", _("The work is accepted"), _("“{title}”: {money} is in your wallet.")),
    "JOB_CANCELED_BRAND": Kind(DEALS, "/jobs/{job_id}", _("The job is canceled"), _("“{title}”. {who} {why}")),
    "JOB_CANCELED_CREATOR": Kind(DEALS, "/dashboard/work/{job_id}", _("The deal is canceled"), _("“{title}”. {who} {why}")),
    "JOB_CANCELED_APPLICANT": Kind(
        DEALS, "/dashboard/applications", _("The job you applied for is canceled"), _("“{title}”. Your application is closed.")
    ),
    "CANCELLATION_PROPOSED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("The other side proposes to cancel the deal"),
        _("“{title}”: the creator would get {money}. {why} Answer, or the deal goes on."),
        to="OTHER_PARTY",
        when="a cancellation is proposed",
    ),
    "CANCELLATION_DECLINED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("Your proposal to cancel was declined"),
        _("“{title}”: the deal goes on."),
        to="OTHER_PARTY",
        when="a proposed cancellation is declined",
    ),
    "CANCELLATION_WITHDRAWN": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("The proposal to cancel was withdrawn"),
        _("“{title}”: the deal goes on."),
        to="OTHER_PARTY",
        when="a proposed cancellation is withdrawn",
    ),
    "CANCELLATION_EXPIRED": Kind(
        DEALS,
        "/jobs/{job_id}",
        _("Nobody answered the proposal to cancel"),
        _("“{title}”: the deal goes on."),
        to="PARTIES",
        when="a proposed cancellation is not answered in time",
    ),
    "TIMER_RUNS_OUT": Kind(
        DEALS,
        "/{place}",
        _("Time is running out"),
        _("“{name}”: act until {until}. Otherwise: {consequence}"),
        to="OTHER_PARTY",
        when="a clock will soon run out, to whoever has to act",
    ),
}
