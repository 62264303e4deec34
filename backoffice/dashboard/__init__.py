"""The first page: what waits, how much money is where, and whether the machinery runs. Each widget for those it concerns.

A widget that a person may not see is not queried either. Each says how many queries it may take when nothing is remembered; the
counters that the menu shows too are counted together for those who have several queues.
"""

from typing import Any

from backoffice.dashboard import machines, money, queues
from backoffice.dashboard.cards import Card, Widget
from backoffice.dashboard.money import balances
from core.people.policies import staff_can

__all__ = ["WIDGETS", "balances", "widgets"]

MODERATION, MONEY = ("moderator", "support"), ("finance", "finance_approver")

WIDGETS = (
    Widget(MODERATION, queues.moderation, queries=4),
    Widget(("moderator", "support", *MONEY), queues.disputes, queries=1),
    Widget((*MONEY, "support"), money.payments, queries=4),
    Widget((*MONEY, "support"), money.failures, queries=1),
    Widget(MONEY, money.held, queries=3),
    Widget((*MONEY, "engineer"), money.trial, queries=2),
    Widget(("engineer",), machines.outbox, queries=3),
    Widget(("engineer",), machines.processes, queries=1),
    Widget((), queues.decisions, queries=2),
)


def widgets(user: Any) -> list[Card]:
    """The cards of this person."""
    return [card for widget in WIDGETS if not widget.can or staff_can(user, *widget.can) for card in widget.make(user)]
