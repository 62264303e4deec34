"""What stands in the way of deleting an account, and what to do about it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.base.money import money_text
from core.disputes.models import OPEN_STATUSES, Dispute
from core.jobs.models import Job
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Payout, TopUp
from core.people.models import User

IN_WORK = (Job.Status.IN_PROGRESS, Job.Status.IN_REVIEW)
SHOWN_MAX = 20  # of each kind: enough to begin with

WORDS: dict[str, Promise] = {
    "DEAL_IN_WORK": _("“{title}” is still in work. Finish the deal, or cancel it."),
    "OPEN_DISPUTE": _("There is an open dispute about “{title}”. Wait for the decision."),
    "MONEY_IN_BRAND_WALLET": _("There is {money} in the wallet. Spend it on a deal, or ask support to return it."),
    "MONEY_IN_CREATOR_WALLET": _("There is {money} in the wallet. Ask for a payout, or write to support when it is too little for one."),
    "PAYOUT_UNDER_WAY": _("A payout of {money} is under way. Cancel it, or wait until it is paid."),
    "TOP_UP_UNDER_WAY": _("A top-up of {money} is under way. Cancel it, or wait for the transfer."),
    "ADJUSTMENT_UNDER_WAY": _("Our team is correcting the wallet by {money}. Wait for the second signature."),
}


def obstacles(user: User) -> list[dict[str, Any]]:
    """Everything that has to end first, each with a `code`, a `message` that says what to do, and the `href` where; empty for none."""
    return [*_deals(user), *_disputes(user), *_wallets(user), *_payouts(user), *_top_ups(user), *_adjustments(user)]


def _deals(user: User) -> Iterator[dict[str, Any]]:
    place = "/dashboard/jobs/{}/review" if user.role == User.Role.BRAND else "/dashboard/work/{}"
    mine = Job.objects.filter(Q(brand=user) | Q(active_creator=user), status__in=IN_WORK, disputed_at=None)
    for job_id, title in mine.order_by("id").values_list("id", "title")[:SHOWN_MAX]:
        yield _obstacle("DEAL_IN_WORK", job_id, place.format(job_id), title=title)


def _disputes(user: User) -> Iterator[dict[str, Any]]:
    is_open = Q(status__in=OPEN_STATUSES) | Q(appeal__status="OPEN")
    mine = Dispute.objects.filter(is_open, Q(opened_by=user) | Q(respondent=user))
    for dispute_id, title in mine.order_by("id").values_list("id", "job__title")[:SHOWN_MAX]:
        yield _obstacle("OPEN_DISPUTE", dispute_id, f"/dashboard/disputes/{dispute_id}", title=title)


def _wallets(user: User) -> Iterator[dict[str, Any]]:
    filled = Account.objects.filter(owner=user, balance_cents__gt=0).order_by("id")
    for kind, cents, currency in filled.values_list("kind", "balance_cents", "currency"):
        yield _sum(f"MONEY_IN_{kind}_WALLET", None, cents, currency)


def _payouts(user: User) -> Iterator[dict[str, Any]]:
    mine = Payout.objects.filter(creator=user, status__in=Payout.HOLDING).order_by("id")
    for payout_id, cents, currency in mine.values_list("id", "amount_cents", "currency")[:SHOWN_MAX]:
        yield _sum("PAYOUT_UNDER_WAY", payout_id, cents, currency)


def _top_ups(user: User) -> Iterator[dict[str, Any]]:
    mine = TopUp.objects.filter(brand=user, status=TopUp.Status.PENDING).order_by("id")
    for top_up_id, cents, currency in mine.values_list("id", "amount_cents", "currency")[:SHOWN_MAX]:
        yield _sum("TOP_UP_UNDER_WAY", top_up_id, cents, currency)


def _adjustments(user: User) -> Iterator[dict[str, Any]]:
    mine = Adjustment.objects.filter(person=user, status=Adjustment.Status.PENDING).order_by("id")
    for cents, currency in mine.values_list("amount_cents", "currency")[:SHOWN_MAX]:
        yield _sum("ADJUSTMENT_UNDER_WAY", None, cents, currency)


def _sum(code: str, subject_id: Any, cents: int, currency: str) -> dict[str, Any]:
    found = _obstacle(code, subject_id, "/dashboard/balance", money=money_text(cents, currency))
    return found | {"amountCents": cents, "currency": currency}


def _obstacle(code: str, subject_id: Any, href: str, **words: str) -> dict[str, Any]:
    message = str(WORDS[code]).format_map(words)
    return {"code": code, "message": message, "href": href, "subjectId": str(subject_id) if subject_id else None}
