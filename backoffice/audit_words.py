"""The audit trail in words: what was done, to what, and which fields it changed."""

import re
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import show
from backoffice.audit_actions import ACTIONS
from backoffice.job_text import SECTIONS
from core.base.money import money_text
from core.base.vocabulary import Currency, Language, Niche, Platform
from core.desk.rulings.models import Ruling
from core.disputes.models import DisputeMessage, InformationRequest
from core.disputes.verdicts.models import Appeal, DisputeDecision, SettlementProposal
from core.jobs.models import Job
from core.money.models import Escrow, PayoutMethod
from core.people.models import CreatorProfile, EmailToken, User
from core.reports.models import Report
from core.rules.limits import KINDS
from core.rules.models import CommissionRule

# What each kind of thing is called, and which capabilities read its history (a superuser reads all).
MODERATION, MONEY, CARE = ("moderator", "support"), ("finance", "finance_approver"), ("support",)
SUBJECTS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "Adjustment": (gettext_lazy("Adjustment"), MONEY),
    "AlertRun": (gettext_lazy("Search for alerts"), MODERATION),
    "Application": (gettext_lazy("Application"), MODERATION),
    "BrandProfile": (gettext_lazy("Brand profile"), MODERATION),
    "CancellationProposal": (gettext_lazy("Proposed cancellation"), MODERATION),
    "Channel": (gettext_lazy("Channel"), ("engineer",)),
    "CommissionRule": (gettext_lazy("Commission rule"), MONEY),
    "ContactBlock": (gettext_lazy("Contact kept away"), MODERATION),
    "Consumer": (gettext_lazy("Consumer of events"), ("engineer",)),
    "Conversation": (gettext_lazy("Conversation"), MODERATION),
    "CreatorProfile": (gettext_lazy("Creator profile"), MODERATION),
    "Delivery": (gettext_lazy("Parcel"), (*CARE, "engineer")),
    "Dispute": (gettext_lazy("Dispute"), (*MODERATION, "finance_approver")),
    "EmailToken": (gettext_lazy("Letter"), (*CARE, "engineer")),
    "Endpoint": (gettext_lazy("Webhook"), (*CARE, "engineer")),
    "Escrow": (gettext_lazy("Escrow"), MONEY),
    "Invitation": (gettext_lazy("Invitation"), MODERATION),
    "Job": (gettext_lazy("Job"), MODERATION),
    "JobAlert": (gettext_lazy("Alert"), MODERATION),
    "JobRevision": (gettext_lazy("Edit of a job"), MODERATION),
    "Limit": (gettext_lazy("Limit"), MONEY),
    "Payout": (gettext_lazy("Payout"), (*MONEY, *CARE)),
    "PayoutMethod": (gettext_lazy("Payout method"), (*MONEY, *CARE)),
    "PortfolioItem": (gettext_lazy("Portfolio"), MODERATION),
    "Report": (gettext_lazy("Report"), MODERATION),
    "Review": (gettext_lazy("Review of a person"), MODERATION),
    "SavedView": (gettext_lazy("View of a list"), CARE),
    "Session": (gettext_lazy("Session"), (*CARE, "engineer")),
    "Submission": (gettext_lazy("Delivered work"), MODERATION),
    "TelegramAccount": (gettext_lazy("Telegram"), (*CARE, "engineer")),
    "TelegramCode": (gettext_lazy("Code for Telegram"), (*CARE, "engineer")),
    "TopUp": (gettext_lazy("Top-up"), MONEY),
    "User": (gettext_lazy("Person"), (*MODERATION, "engineer")),
    "Verification": (gettext_lazy("Verification"), MODERATION),
}

FIELDS: dict[str, str | Promise] = {
    **{name: label for _title, fields in SECTIONS for name, label, _write in fields},
    "channel": gettext_lazy("Channel"),
    "closed_for": gettext_lazy("Why it was closed"),
    "count": gettext_lazy("How many"),
    "host": gettext_lazy("Host"),
    "is_paused": gettext_lazy("Paused"),
    "overlap_hours": gettext_lazy("Hours in which the old secret still works"),
    "per_second": gettext_lazy("How many a second"),
    "recipient_id": gettext_lazy("Recipient"),
    "sample_id": gettext_lazy("Sample"),
    "screen": gettext_lazy("List"),
    "query": gettext_lazy("Filters in the address"),
    "account_url": gettext_lazy("Profile on the platform"),
    "adjustments": gettext_lazy("Corrections"),
    "amount_cents": gettext_lazy("Amount"),
    "appeal": gettext_lazy("Appeal"),
    "application_id": gettext_lazy("Application"),
    "assignee_id": gettext_lazy("Who works on it"),
    "bank_reference": gettext_lazy("Bank document"),
    "bio": gettext_lazy("About"),
    "blocked": gettext_lazy("Blocked"),
    "bps": gettext_lazy("Commission"),
    "brand_id": gettext_lazy("Brand"),
    "canceled_by": gettext_lazy("Canceled by"),
    "capabilities": gettext_lazy("Rights of staff"),
    "category": gettext_lazy("Category"),
    "city": gettext_lazy("City"),
    "comment": gettext_lazy("Comment"),
    "commission_bps": gettext_lazy("Commission"),
    "commission_cents": gettext_lazy("Commission"),
    "company_name": gettext_lazy("Company"),
    "content_version": gettext_lazy("Version of the text"),
    "country": gettext_lazy("Country"),
    "creator_cents": gettext_lazy("The creator gets"),
    "creator_id": gettext_lazy("Creator"),
    "creator_share_cents": gettext_lazy("The creator's part"),
    "currency": gettext_lazy("Currency"),
    "decided_by_id": gettext_lazy("Decided by"),
    "decision": gettext_lazy("Decision"),
    "delivered": gettext_lazy("Work was delivered"),
    "display_name": gettext_lazy("Name"),
    "due_at": gettext_lazy("Was due"),
    "escrow_id": gettext_lazy("Escrow"),
    "escrow_status": gettext_lazy("Escrow"),
    "event_count": gettext_lazy("Events"),
    "extended_hours": gettext_lazy("More time, hours"),
    "from": gettext_lazy("Before"),
    "hidden": gettext_lazy("Out of sight"),
    "hit_count": gettext_lazy("Found"),
    "is_active": gettext_lazy("Switched on"),
    "is_shared": gettext_lazy("Colleagues see it"),
    "is_public": gettext_lazy("In the catalogue"),
    "items": gettext_lazy("Files"),
    "job_id": gettext_lazy("Job"),
    "job_status": gettext_lazy("State of the job"),
    "jobs_on_hold": gettext_lazy("Jobs put on hold"),
    "key": gettext_lazy("Limit"),
    "kind": gettext_lazy("Kind"),
    "language": gettext_lazy("Language"),
    "lapse_code": gettext_lazy("Why it lapsed"),
    "late": gettext_lazy("Late"),
    "links": gettext_lazy("Links"),
    "locked_until": gettext_lazy("Closed until"),
    "masked": gettext_lazy("Destination"),
    "max_budget_cents": gettext_lazy("Largest budget"),
    "method": gettext_lazy("Destination"),
    "min_budget_cents": gettext_lazy("Smallest budget"),
    "moderation_status": gettext_lazy("Moderation"),
    "muted_until": gettext_lazy("Quiet until"),
    "name": gettext_lazy("Name"),
    "niches": gettext_lazy("Niches"),
    "note": gettext_lazy("Note"),
    "notice_count": gettext_lazy("Told"),
    "on_silence": gettext_lazy("Without an answer"),
    "overlap_seconds": gettext_lazy("Both tokens work, seconds"),
    "party": gettext_lazy("Asked"),
    "person_id": gettext_lazy("Person"),
    "platforms": gettext_lazy("Platforms"),
    "position": gettext_lazy("Position"),
    "price_cents": gettext_lazy("Price"),
    "price_per_video": gettext_lazy("Price of a video"),
    "price_quote": gettext_lazy("Offered price"),
    "published": gettext_lazy("Published"),
    "purpose": gettext_lazy("Purpose"),
    "quiet_hours": gettext_lazy("Quiet hours"),
    "rating": gettext_lazy("Stars"),
    "reason": gettext_lazy("Reason"),
    "refunded_cents": gettext_lazy("Returned"),
    "rejected": gettext_lazy("Others rejected"),
    "report_reason": gettext_lazy("Reason of the report"),
    "reported_id": gettext_lazy("Reported person"),
    "request": gettext_lazy("Question"),
    "resent_count": gettext_lazy("Reminders"),
    "resolution": gettext_lazy("Decision"),
    "resolved_through": gettext_lazy("What brought it about"),
    "role": gettext_lazy("Role"),
    "rounds_left": gettext_lazy("Rounds of changes left"),
    "ruling": gettext_lazy("Decision"),
    "said": gettext_lazy("What was said"),
    "scope": gettext_lazy("Scope"),
    "scopes": gettext_lazy("What it sees"),
    "sessions_ended": gettext_lazy("Sessions ended"),
    "settlement": gettext_lazy("Settlement"),
    "since": gettext_lazy("Since"),
    "source": gettext_lazy("Cause"),
    "source_id": gettext_lazy("Copied from"),
    "state": gettext_lazy("State"),
    "states": gettext_lazy("States"),
    "status": gettext_lazy("State"),
    "subject_id": gettext_lazy("Subject"),
    "subject_type": gettext_lazy("Kind of subject"),
    "submission_id": gettext_lazy("Delivered work"),
    "superuser": gettext_lazy("May do everything"),
    "switches": gettext_lazy("Switches"),
    "thumbnail_url": gettext_lazy("Picture"),
    "timer": gettext_lazy("What ran out"),
    "to": gettext_lazy("After"),
    "type": gettext_lazy("Type"),
    "types": gettext_lazy("Types"),
    "until": gettext_lazy("Until"),
    "url": gettext_lazy("Link"),
    "valid_from": gettext_lazy("In force from"),
    "value": gettext_lazy("Value"),
    "verification_status": gettext_lazy("Verification"),
    "version": gettext_lazy("Version"),
    "voided": gettext_lazy("Invitations closed"),
    "wants": gettext_lazy("What was asked for"),
    "webhook_id": gettext_lazy("Id of the delivery"),
    "website": gettext_lazy("Site"),
}


# Who called a deal off, what completed it, and which clock ran out.
SIDES: dict[str, str | Promise] = {
    "BRAND": gettext_lazy("The brand"),
    "CREATOR": gettext_lazy("The creator"),
    "BOTH": gettext_lazy("Both sides"),
    "STAFF": gettext_lazy("Our team"),
    "SYSTEM": gettext_lazy("The clock"),
}
CAUSES: dict[str, str | Promise] = {
    "APPROVAL": gettext_lazy("The brand accepted the work"),
    "TIMER": gettext_lazy("Nobody reviewed the work in time"),
    "DISPUTE": gettext_lazy("A dispute was decided"),
}
TIMERS: dict[str, str | Promise] = {
    "PUBLISH_DRAFT": gettext_lazy("Time to publish a draft"),
    "HIRE_CREATOR": gettext_lazy("Time to choose a creator"),
    "ANSWER_INVITATION": gettext_lazy("Time to answer an invitation"),
    "FUND_ESCROW": gettext_lazy("Time to fund the escrow"),
    "DELIVER_WORK": gettext_lazy("Time for late work"),
    "REVIEW_WORK": gettext_lazy("Time to review the work"),
    "ANSWER_CANCELLATION": gettext_lazy("Time to answer a proposed cancellation"),
    "WRITE_REVIEWS": gettext_lazy("Time to write reviews"),
    "ANSWER_DISPUTE": gettext_lazy("Time to answer a dispute"),
    "DECIDE_DISPUTE": gettext_lazy("Time to decide a dispute"),
    "ANSWER_REQUEST": gettext_lazy("Time to answer our team's question"),
    "ANSWER_SETTLEMENT": gettext_lazy("Time to answer a settlement"),
    "DECIDE_APPEAL": gettext_lazy("Time to judge an appeal"),
    "DECIDE_PAYOUT": gettext_lazy("Time to decide about a payout"),
    "SEND_PAYOUT": gettext_lazy("Time to send an approved payout"),
    "RECEIVE_TOP_UP": gettext_lazy("Time to pay an invoice"),
    "DECIDE_ADJUSTMENT": gettext_lazy("Time for the second signature of an adjustment"),
}

# What may be limited.
LIMITS: dict[str, str | Promise] = {
    "PAYOUT_MIN": gettext_lazy("Smallest payout"),
    "PAYOUT_SECOND_PERSON": gettext_lazy("Payout above which two people sign"),
    "TOPUP_SECOND_PERSON": gettext_lazy("Top-up above which two people confirm"),
    "ADJUSTMENT_PER_DAY": gettext_lazy("What one person may adjust in a day"),
    "ALERTS_PER_DAY": gettext_lazy("New jobs that a creator is told of in a day"),
    "TIMER_INVITE_AGAIN_AFTER": gettext_lazy("Time before a creator may be invited again"),
    "TIMER_APPEAL_WITHIN": gettext_lazy("Time to appeal"),
    "TIMER_MODERATE_JOB": gettext_lazy("Promised time of an answer about a job"),
    "TIMER_VERIFY_CREATOR": gettext_lazy("Promised time of an answer about verification"),
    "DISPUTE_SECOND_PERSON": gettext_lazy("Dispute above which two people decide"),
    **{f"TIMER_{kind}": label for kind, label in TIMERS.items()},
}

# Why a decision that was held did not take effect.
LAPSES: dict[str, str | Promise] = {
    "CONTENT_CHANGED": gettext_lazy("the text changed within the minute"),
    "STATUS_NOT_PENDING": gettext_lazy("the case left the queue within the minute"),
    "FORBIDDEN": gettext_lazy("who decided is no moderator any more"),
}

# Vocabularies of fields that the thing itself does not have, or has as a list.
VOCABULARIES: dict[str, Any] = {
    "appeal": Appeal.Status,
    "canceled_by": SIDES,
    "content_formats": Job.ContentFormat,
    "currency": Currency,
    "decision": DisputeDecision.Status,
    "escrow_status": Escrow.Status,
    "job_status": Job.Status,
    "kind": PayoutMethod.Kind,
    "language": Language,
    "lapse_code": LAPSES,
    "languages": Language,
    "moderation_status": Job.Moderation,
    "niche": Niche,
    "niches": Niche,
    "party": SIDES,
    "platform": Platform,
    "platforms": Platform,
    "purpose": EmailToken.Purpose,
    "report_reason": Report.Reason,
    "request": InformationRequest.Status,
    "role": User.Role,
    "ruling": Ruling.Kind,
    "said": DisputeMessage.Kind,
    "scope": CommissionRule.Scope,
    "settlement": SettlementProposal.Status,
    "source": CAUSES,
    "subject_type": Report.Subject,
    "timer": TIMERS,
    "verification_status": CreatorProfile.VerificationStatus,
    "wants": InformationRequest.Wants,
}
LONGEST = 400
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def action_label(action: str) -> str:
    """What was done, in words."""
    return str(ACTIONS.get(action, _("Another action")))


def subject_label(subject_type: str) -> str:
    """What it was done to, in words."""
    return str(SUBJECTS[subject_type][0]) if subject_type in SUBJECTS else _("Another thing")


def changes(subject_type: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Field by field: its name, what it was, what it is."""
    pairs: dict[str, tuple[Any, Any]] = {}
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if isinstance(new, dict) and set(new) == {"from", "to"}:
            old, new = new["from"], new["to"]
        pairs[key] = old, new
    currency = after.get("currency") or before.get("currency") or ""
    if subject_type == "Limit":
        limited = after.get("key", "")
        pairs |= {
            key: (limit_text(limited, old, currency), limit_text(limited, new, currency))
            for key, (old, new) in pairs.items()
            if key == "value"
        }
    return [
        (field_label(key), value_text(subject_type, key, old, currency), value_text(subject_type, key, new, currency))
        for key, (old, new) in pairs.items()
    ]


def limit_text(key: str, value: int | None, currency: str) -> str | None:
    """The value of a limit in words: an amount (without a sign where it is for every currency), hours, or a number."""
    if value is None:
        return None
    kind = KINDS.get(key)
    if kind is None or kind.is_money:
        return money_text(value, currency).rstrip()
    return _("{number} h").format(number=value) if kind.unit == "hours" else str(value)


def field_label(key: str) -> str:
    """The name of a field in words, whichever way it is spelled."""
    return str(FIELDS.get(_HUMP.sub("_", key).lower(), _("Another field")))


def value_text(subject_type: str, key: str, value: Any, currency: str = "") -> SafeString | str:
    """The value of a field in words."""
    name = _HUMP.sub("_", key).lower()
    if value is None or value in ("", [], {}):
        return show.NOTHING
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(value_text(subject_type, key, each) for each in value)
    if isinstance(value, int):
        return money_text(value, currency).rstrip() if name.endswith("_cents") else _number(name, value)
    if isinstance(value, str):
        return _word(subject_type, name, value)
    return str(value)[:LONGEST]


def _number(name: str, value: int) -> str:
    return f"{value / 100:g} %".replace(".", ",") if name.endswith("bps") else str(value)


def _word(subject_type: str, name: str, value: str) -> SafeString | str:
    if name == "key" and value in LIMITS:
        return str(LIMITS[value])
    vocabulary = VOCABULARIES.get(name)
    labels = dict(getattr(vocabulary, "choices", vocabulary or {}))
    labels |= _choices(subject_type, name)
    if value in labels:
        return str(labels[value])
    if name.endswith("_id"):
        return show.code(value)
    moment = parse_datetime(value) if re.match(r"\d{4}-\d\d-\d\dT", value) else None
    return show.exact(moment) if moment else value[:LONGEST]


def _choices(subject_type: str, name: str) -> dict[str, Any]:
    """The vocabulary of the field in the thing's own model."""
    try:
        field = apps.get_model("core", subject_type)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return {}
    return dict(getattr(field, "flatchoices", ()))
