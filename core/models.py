"""The list of rooms, for Django's eyes. People import from the room."""

from core.audit.models import AuditEntry
from core.chat.models import Conversation, Inbox, Message, Participant
from core.deals.models import Review, Submission, SubmissionItem
from core.hiring.models import Application
from core.jobs.models import Job, JobRevision
from core.money.models import Account, Escrow, LedgerEntry, Payout, PayoutMethod, TopUp
from core.notifications.models import Notification, Preference, QuietHours
from core.people.models import BrandProfile, ContactBlock, CreatorProfile, EmailToken, PortfolioItem, Session, User, Verification
from core.reports.models import Report
from core.rules.models import CommissionRule, Limit
from core.timers.models import Timer

__all__ = [
    "Account",
    "Application",
    "AuditEntry",
    "BrandProfile",
    "CommissionRule",
    "ContactBlock",
    "Conversation",
    "CreatorProfile",
    "EmailToken",
    "Escrow",
    "Inbox",
    "Job",
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
    "Report",
    "Review",
    "Session",
    "Submission",
    "SubmissionItem",
    "Timer",
    "TopUp",
    "User",
    "Verification",
]
