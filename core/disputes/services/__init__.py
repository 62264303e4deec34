"""The verbs of disputes, by what they are about."""

from core.disputes.services.desk import ask_for_information, assign_dispute, extend_dispute
from core.disputes.services.opening import open_dispute, withdraw_dispute
from core.disputes.services.thread import add_message
from core.disputes.verdicts.appeals import appeal_decision, decide_appeal, uphold_decision_by_timer
from core.disputes.verdicts.decisions import confirm_decision, preview_resolution, resolve_dispute, send_decision_back
from core.disputes.verdicts.settlements import (
    accept_settlement,
    decline_settlement,
    expire_settlement_by_timer,
    preview_acceptance,
    propose_settlement,
    withdraw_settlement,
)
from core.disputes.verdicts.silence import decide_unanswered_by_timer, lapse_dispute_by_timer, lapse_request_by_timer
from core.disputes.verdicts.steps import Ruling

__all__ = [
    "Ruling",
    "accept_settlement",
    "add_message",
    "appeal_decision",
    "ask_for_information",
    "assign_dispute",
    "confirm_decision",
    "decide_appeal",
    "decide_unanswered_by_timer",
    "decline_settlement",
    "expire_settlement_by_timer",
    "extend_dispute",
    "lapse_dispute_by_timer",
    "lapse_request_by_timer",
    "open_dispute",
    "preview_acceptance",
    "preview_resolution",
    "propose_settlement",
    "resolve_dispute",
    "send_decision_back",
    "uphold_decision_by_timer",
    "withdraw_dispute",
    "withdraw_settlement",
]
