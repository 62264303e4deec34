"""The list of rooms, for Django's eyes. People import from the room."""

from core.audit.chain.models import AuditSeal, UnsealedEntry
from core.audit.models import AuditEntry
from core.chat.models import Conversation, Inbox, Message, Participant
from core.deals.models import CancellationProposal, Submission, SubmissionItem
from core.deals.reviews.models import Review
from core.desk.claims.models import Claim, Escalation
from core.desk.rulings.models import Ruling
from core.desk.views.models import SavedView
from core.disputes.models import Dispute, DisputeMessage, EvidenceLink, InformationRequest
from core.disputes.verdicts.models import Appeal, DisputeDecision, SettlementProposal
from core.hiring.models import Application, Invitation
from core.jobs.alerts.models import AlertHit, AlertRun, JobAlert
from core.jobs.models import Job, JobRevision
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Escrow, LedgerEntry, Payout, PayoutMethod, TopUp
from core.notifications.models import Notification, Preference, QuietHours
from core.people.factors.models import BackofficeSession, Factor, RecoveryCode
from core.people.models import BrandProfile, ContactBlock, CreatorProfile, EmailToken, PortfolioItem, Session, User, Verification
from core.reports.models import Report
from core.rules.models import CommissionRule, Limit
from core.rules.reasons.models import ChecklistItem, Reason
from core.sandbox.models import SandboxClock
from core.telegram.models import BindingAttempt, ButtonToken, TelegramAccount, TelegramCode, TelegramUpdate
from core.timers.models import Timer
from core.webhooks.models import Endpoint

__all__ = [
    "Account",
    "Adjustment",
    "AlertHit",
    "AlertRun",
    "Appeal",
    "Application",
    "AuditEntry",
    "AuditSeal",
    "BackofficeSession",
    "BindingAttempt",
    "BrandProfile",
    "ButtonToken",
    "CancellationProposal",
    "ChecklistItem",
    "Claim",
    "CommissionRule",
    "ContactBlock",
    "Conversation",
    "CreatorProfile",
    "Dispute",
    "DisputeDecision",
    "DisputeMessage",
    "EmailToken",
    "Endpoint",
    "Escalation",
    "Escrow",
    "EvidenceLink",
    "Factor",
    "Inbox",
    "InformationRequest",
    "Invitation",
    "Job",
    "JobAlert",
    "JobRevision",
    "LedgerEntry",
    "Limit",
    "Message",
    "Notification",
    "Participant",
    "Payout",
    "PayoutMethod",
    "PortfolioItem",
    "Preference",
    "QuietHours",
    "Reason",
    "RecoveryCode",
    "Report",
    "Review",
    "Ruling",
    "SandboxClock",
    "SavedView",
    "Session",
    "SettlementProposal",
    "Submission",
    "SubmissionItem",
    "TelegramAccount",
    "TelegramCode",
    "TelegramUpdate",
    "Timer",
    "TopUp",
    "UnsealedEntry",
    "User",
    "Verification",
]
