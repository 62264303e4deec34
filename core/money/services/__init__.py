"""The verbs of money, by what they are about."""

from core.money.adjustments.services import (
    approve_adjustment,
    cancel_adjustment,
    draft_adjustment,
    preview_adjustment,
    reject_adjustment,
    reject_adjustment_by_timer,
)
from core.money.services.decisions import approve_payout, fail_payout, mark_payout_paid, reject_payout, return_payout, send_payout
from core.money.services.escrow import fund_escrow
from core.money.services.expiry import cancel_payout_by_timer, cancel_top_up_by_timer, fail_payout_by_timer
from core.money.services.methods import add_payout_method, remove_payout_method
from core.money.services.payouts import cancel_payout, request_payout
from core.money.services.top_ups import cancel_top_up, confirm_top_up, reject_top_up, request_top_up

__all__ = [
    "add_payout_method",
    "approve_adjustment",
    "approve_payout",
    "cancel_adjustment",
    "cancel_payout",
    "cancel_payout_by_timer",
    "cancel_top_up",
    "cancel_top_up_by_timer",
    "confirm_top_up",
    "draft_adjustment",
    "fail_payout",
    "fail_payout_by_timer",
    "fund_escrow",
    "mark_payout_paid",
    "preview_adjustment",
    "reject_adjustment",
    "reject_adjustment_by_timer",
    "reject_payout",
    "reject_top_up",
    "remove_payout_method",
    "request_payout",
    "request_top_up",
    "return_payout",
    "send_payout",
]
