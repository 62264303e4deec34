"""Who may read and change the rules."""

from core.base.policy import staff_can
from core.rules.models import CommissionRule, Limit


def can_change_rules(user) -> bool:
    """Whether this person decides what the platform takes and how much needs a second look."""
    return staff_can(user, "finance_approver")


def can_read_rules(user) -> bool:
    """Whether this person works with the rules."""
    return staff_can(user, "finance", "finance_approver")


def visible_commission_rules(user):
    """All of them for finance; nobody else reads the history."""
    return CommissionRule.objects.all() if can_read_rules(user) else CommissionRule.objects.none()


def visible_limits(user):
    """All of them for finance; nobody else reads the history."""
    return Limit.objects.all() if can_read_rules(user) else Limit.objects.none()
