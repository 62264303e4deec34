"""Who may see money, and who may move it."""

from typing import Any

from django.apps import apps
from django.db.models import Q

from core.base.models import QuerySet
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Escrow, LedgerEntry, Payout, PayoutMethod, TopUp
from core.people.policies import staff_can

FINANCE = ("finance", "finance_approver")


def is_brand(user) -> bool:
    """Whether this is a brand's account."""
    return user.role == "BRAND"


def is_creator(user) -> bool:
    """Whether this is a creator's account."""
    return user.role == "CREATOR"


def is_finance(user) -> bool:
    """Whether this person decides about money that comes and goes: the first signature."""
    return staff_can(user, "finance")


def can_sign_second(user) -> bool:
    """Whether this person may be the second of two."""
    return staff_can(user, *FINANCE)


def own_jobs(user) -> Any:
    """The brand's jobs: a deal's money is locked behind its job. Jobs live up the stairs, so they are reached by name."""
    return apps.get_model("core.Job").objects.filter(brand=user)


def visible_escrows(user) -> QuerySet:
    """Those of one's own deals; all of them for finance."""
    if staff_can(user, *FINANCE):
        return Escrow.objects.all()
    return Escrow.objects.filter(Q(brand=user) | Q(creator=user))


def visible_top_ups(user) -> QuerySet:
    """One's own; all of them for finance."""
    return TopUp.objects.all() if staff_can(user, *FINANCE) else TopUp.objects.filter(brand=user)


def visible_payouts(user) -> QuerySet:
    """One's own; all of them for finance."""
    return Payout.objects.all() if staff_can(user, *FINANCE) else Payout.objects.filter(creator=user)


def visible_methods(user) -> QuerySet:
    """One's own that were not removed."""
    return PayoutMethod.objects.filter(creator=user, removed_at=None)


def visible_accounts(user) -> QuerySet:
    """One's own wallets; every account for finance."""
    return Account.objects.all() if staff_can(user, *FINANCE) else Account.objects.filter(owner=user)


def visible_entries(user) -> QuerySet:
    """Every entry for finance. Others read their own statement, which starts from their wallets."""
    return LedgerEntry.objects.all() if staff_can(user, *FINANCE) else LedgerEntry.objects.none()


def visible_adjustments(user) -> QuerySet:
    """All of them for finance. Owners of wallets read what was posted in their statement."""
    return Adjustment.objects.all() if staff_can(user, *FINANCE) else Adjustment.objects.none()
