"""The verbs of deals, by what they are about."""

from core.deals.services.cancellation import (
    accept_cancellation,
    decline_cancellation,
    expire_cancellation_by_timer,
    preview_cancellation,
    propose_cancellation,
    withdraw_cancellation,
)
from core.deals.services.delivery import COMMENT_MAX, Approval, approve_work, request_changes, submit_work
from core.deals.services.endings import REASON_MAX, cancel_job, resign_deal
from core.deals.services.expiry import (
    approve_work_by_timer,
    cancel_undelivered_by_timer,
    cancel_unfunded_by_timer,
    close_draft_by_timer,
    close_job_by_timer,
)
from core.deals.steps import Cancellation

__all__ = [
    "COMMENT_MAX",
    "REASON_MAX",
    "Approval",
    "Cancellation",
    "accept_cancellation",
    "approve_work",
    "approve_work_by_timer",
    "cancel_job",
    "cancel_undelivered_by_timer",
    "cancel_unfunded_by_timer",
    "close_draft_by_timer",
    "close_job_by_timer",
    "decline_cancellation",
    "expire_cancellation_by_timer",
    "preview_cancellation",
    "propose_cancellation",
    "request_changes",
    "resign_deal",
    "submit_work",
    "withdraw_cancellation",
]
