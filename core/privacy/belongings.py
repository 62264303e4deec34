"""Everything that the marketplace keeps about one person, table by table: what the export holds.

Of other people nothing stands here that the routes would not show to this person: ids, and what was said to them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core.audit.models import AuditEntry
from core.base.names import camel
from core.base.shapes import RowJSON
from core.chat.models import Conversation, Message, Participant
from core.deals.models import CancellationProposal, Submission, SubmissionItem
from core.deals.reviews.models import Review
from core.disputes.models import Dispute, DisputeMessage, EvidenceLink, InformationRequest
from core.disputes.verdicts.models import Appeal, SettlementProposal
from core.hiring.models import Application, Invitation
from core.jobs.alerts.models import AlertHit, JobAlert
from core.jobs.models import Job, JobRevision
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Escrow, LedgerEntry, Payout, PayoutMethod, TopUp
from core.notifications.models import Notification, Preference, QuietHours
from core.people.models import BrandProfile, ContactBlock, CreatorProfile, EmailToken, PortfolioItem, Session, User, Verification
from core.reports.models import Report
from core.telegram.models import ButtonToken, TelegramAccount, TelegramCode
from core.webhooks.models import Endpoint

ABOUT_SELF = ("company_name", "website", "description", "niche", "country", "city", "rating_sum", "rating_count", "jobs_completed")
ABOUT_CREATOR = (
    "display_name", "bio", "country", "city", "languages", "niches", "platforms", "price_per_video", "currency", "is_public",
    "verification_status", "verified_at", "rating_sum", "rating_count", "jobs_completed",
)  # fmt: skip
DEAL_TIMES = ("started_at", "due_at", "completed_at", "canceled_at", "cancel_reason")


@dataclass(frozen=True)
class Belongings:
    """The rows of one table that are about the person, and the columns that are shown of them. `is_single`: there is one at most."""

    name: str
    rows: Callable[[User], QuerySet[Any]]
    columns: tuple[str, ...]
    is_single: bool = False

    def of(self, user: User) -> QuerySet[Any]:
        """The rows as JSON texts, oldest first."""
        named = {camel(name.rpartition("__")[2]): name for name in (*self.columns, "created_at")}
        return self.rows(user).order_by("pk").annotate(row=RowJSON(**named)).values_list("row", flat=True)


def _party(of: Any, prefix: str = "") -> Q:
    return Q(**{f"{prefix}opened_by": of}) | Q(**{f"{prefix}respondent": of})


def _entries(user: User) -> QuerySet[Any]:
    own = Account.objects.filter(owner=user)
    return LedgerEntry.objects.filter(Q(from_account__in=own) | Q(to_account__in=own))


ALL: tuple[Belongings, ...] = (
    Belongings(
        "account",
        lambda user: User.objects.filter(id=user.id),
        ("id", "email", "role", "language", "email_verified_at", "last_login"),
        is_single=True,
    ),
    Belongings("brandProfile", lambda user: BrandProfile.objects.filter(user=user), ("id", *ABOUT_SELF), is_single=True),
    Belongings("creatorProfile", lambda user: CreatorProfile.objects.filter(user=user), ("id", *ABOUT_CREATOR), is_single=True),
    Belongings(
        "portfolio",
        lambda user: PortfolioItem.objects.filter(creator__user=user),
        ("id", "title", "platform", "url", "thumbnail_url", "position"),
    ),
    Belongings(
        "verifications",
        lambda user: Verification.objects.filter(profile__user=user),
        ("id", "status", "code", "account_url", "submitted_at", "reviewed_at", "reason"),
    ),
    Belongings(
        "sessions",
        lambda user: Session.objects.filter(user=user),
        ("id", "kind", "user_agent", "ip", "last_seen_at", "expires_at", "revoked_at"),
    ),
    Belongings("letters", lambda user: EmailToken.objects.filter(user=user), ("id", "purpose", "sent_at", "used_at", "expires_at")),
    Belongings(
        "telegram",
        lambda user: TelegramAccount.objects.filter(user=user),
        ("telegram_user_id", "chat_id", "username", "state", "is_muted", "muted_until", "bound_at"),
        is_single=True,
    ),
    Belongings("telegramCodes", lambda user: TelegramCode.objects.filter(user=user), ("id", "expires_at", "used_at")),
    Belongings(
        "telegramButtons", lambda user: ButtonToken.objects.filter(user=user), ("id", "action", "subject_id", "expires_at", "used_at")
    ),
    Belongings(
        "jobs",
        lambda user: Job.objects.filter(brand=user),
        ("id", "status", "moderation_status", "moderation_reason", *Job.CONTENT_FIELDS, "agreed_terms", *DEAL_TIMES),
    ),
    Belongings(
        "jobRevisions",
        lambda user: JobRevision.objects.filter(job__brand=user),
        ("id", "job_id", "version", "content", "status", "submitted_at", "decided_at", "reason"),
    ),
    Belongings(
        "deals", lambda user: Job.objects.filter(active_creator=user), ("id", "brand_id", "status", "title", "agreed_terms", *DEAL_TIMES)
    ),
    Belongings(
        "applications",
        lambda user: Application.objects.filter(creator=user),
        ("id", "job_id", "status", "source", "message", "price_quote", "reject_reason", "decided_at"),
    ),
    Belongings(
        "invitations",
        lambda user: Invitation.objects.filter(Q(brand=user) | Q(creator=user)),
        ("id", "job_id", "brand_id", "creator_id", "status", "message", "sent_at", "expires_at", "responded_at"),
    ),
    Belongings(
        "submissions",
        lambda user: Submission.objects.filter(creator=user),
        ("id", "job_id", "version", "status", "note", "review_comment", "reviewed_at"),
    ),
    Belongings(
        "submissionFiles",
        lambda user: SubmissionItem.objects.filter(submission__creator=user),
        ("id", "submission_id", "type", "url", "position"),
    ),
    Belongings(
        "cancellationProposals",
        lambda user: CancellationProposal.objects.filter(Q(job__brand=user) | Q(job__active_creator=user), proposed_by=user),
        ("id", "job_id", "status", "creator_share_cents", "currency", "reason", "decided_at"),
    ),
    Belongings(
        "reviewsWritten", lambda user: Review.objects.filter(author=user), ("id", "job_id", "subject_id", "rating", "text", "published_at")
    ),
    Belongings(
        "reviewsReceived",
        lambda user: Review.objects.filter(subject=user, is_shown=True),
        ("id", "job_id", "author_id", "rating", "text", "published_at"),
    ),
    Belongings(
        "conversations",
        lambda user: Participant.objects.filter(user=user),
        ("conversation_id", "conversation__job_id", "last_read_at", "unread_count", "archived_at"),
    ),
    Belongings(
        "messages",
        lambda user: Message.objects.filter(
            conversation__in=Conversation.objects.filter(participants__user=user), sender=user, kind=Message.Kind.USER
        ),
        ("id", "conversation_id", "number", "body"),
    ),
    Belongings(
        "disputes",
        lambda user: Dispute.objects.filter(_party(user)),
        ("id", "job_id", "opener_role", "reason", "statement", "status", "resolution", "creator_share_cents", "note", "resolved_at"),
    ),
    Belongings(
        "disputeMessages",
        lambda user: DisputeMessage.objects.filter(_party(user, "dispute__"), author=user),
        ("id", "dispute_id", "kind", "text", "is_late"),
    ),
    Belongings(
        "evidenceLinks",
        lambda user: EvidenceLink.objects.filter(_party(user, "message__dispute__"), message__author=user),
        ("id", "message_id", "position", "url"),
    ),
    Belongings(
        "informationRequests",
        lambda user: InformationRequest.objects.filter(_party(user, "dispute__"), party=user),
        ("id", "dispute_id", "wants", "question", "due_at", "status", "answered_at"),
    ),
    Belongings(
        "settlementProposals",
        lambda user: SettlementProposal.objects.filter(_party(user, "dispute__"), proposed_by=user),
        ("id", "dispute_id", "creator_share_cents", "note", "status", "closed_at"),
    ),
    Belongings(
        "appeals", lambda user: Appeal.objects.filter(_party(user, "dispute__"), appealed_by=user), ("id", "dispute_id", "text", "status")
    ),
    Belongings("wallets", lambda user: Account.objects.filter(owner=user), ("id", "kind", "currency", "balance_cents")),
    Belongings("walletEntries", _entries, ("id", "type", "reference", "currency", "amount_cents", "job_id", "payout_id", "reason")),
    Belongings(
        "escrows",
        lambda user: Escrow.objects.filter(Q(brand=user) | Q(creator=user)),
        ("id", "job_id", "status", "amount_cents", "currency", "commission_bps", "funded_at", "closed_at"),
    ),
    Belongings(
        "topUps",
        lambda user: TopUp.objects.filter(brand=user),
        ("id", "number", "amount_cents", "currency", "provider", "status", "reason", "closed_at"),
    ),
    Belongings("payoutMethods", lambda user: PayoutMethod.objects.filter(creator=user), ("id", "kind", "masked", "removed_at")),
    Belongings(
        "payouts",
        lambda user: Payout.objects.filter(creator=user),
        ("id", "method_id", "amount_cents", "currency", "status", "reason", "bank_reference", "approved_at", "sent_at", "closed_at"),
    ),
    Belongings(
        "adjustments",
        lambda user: Adjustment.objects.filter(person=user, status=Adjustment.Status.POSTED),
        ("id", "direction", "category", "amount_cents", "currency", "reason", "decided_at"),
    ),
    Belongings(
        "notices", lambda user: Notification.objects.filter(user=user), ("id", "type", "category", "facts", "href", "read_at", "cleared_at")
    ),
    Belongings("preferences", lambda user: Preference.objects.filter(user=user), ("type", "channel", "is_on")),
    Belongings("quietHours", lambda user: QuietHours.objects.filter(user=user), ("from_minute", "to_minute", "time_zone"), is_single=True),
    Belongings(
        "alerts",
        lambda user: JobAlert.objects.filter(creator=user),
        (
            *("id", "name", "platform", "niche", "language", "content_formats", "min_budget_cents", "max_budget_cents", "currency"),
            *("is_active", "deleted_at"),
        ),
    ),
    Belongings("alertHits", lambda user: AlertHit.objects.filter(creator=user), ("alert_id", "job_id", "matched_because", "told")),
    Belongings(
        "webhooks", lambda user: Endpoint.objects.filter(owner=user), ("id", "url", "types", "is_active", "closed_for", "deleted_at")
    ),
    Belongings("contactBlocks", lambda user: ContactBlock.objects.filter(blocker=user), ("blocked_id",)),
    Belongings(
        "reports", lambda user: Report.objects.filter(reporter=user), ("id", "subject_type", "subject_id", "reason", "text", "status")
    ),
    Belongings(
        "acts",
        lambda user: AuditEntry.objects.filter(actor=user),
        ("id", "action", "subject_type", "subject_id", "before", "after", "reason", "request_id"),
    ),
)
