"""What happens by itself: the verb that the end of each clock calls, who is reminded before, and the turn of all of them.

A verb of the clock is `def x_by_timer(subject_id, *, by)`. It locks the thing, ends its clock with `core.timers.steps.fire`, and
does what the clock leads to; where somebody acted first it does nothing and returns None. Late is safe: whatever the hour, each
clock ends once, and the audit trail keeps when it was due.
"""

from collections.abc import Callable, Iterator
from typing import Any

import structlog
from django.db import transaction

from core.base import clock
from core.deals import reminders as deal_reminders
from core.deals import services as deals
from core.deals.reviews import reminders as review_reminders
from core.deals.reviews import services as reviews
from core.disputes import reminders as dispute_reminders
from core.disputes import services as disputes
from core.hiring import reminders as hiring_reminders
from core.hiring.invitations import services as invitations
from core.money import reminders as money_reminders
from core.money import services as money
from core.money.steps import system
from core.notifications.steps import notify
from core.timers import selectors
from core.timers.models import Timer
from core.timers.reminders import Finder
from core.timers.steps import take_reminder

log = structlog.get_logger("core.clockwork")

BATCH_MAX = 100  # read at once
TURN_MAX = 2_000  # done in one turn
Verb = Callable[..., Any]

# What the end of each clock does.
EXPIRY: dict[str, Verb] = {
    "PUBLISH_DRAFT": deals.close_draft_by_timer,
    "HIRE_CREATOR": deals.close_job_by_timer,
    "ANSWER_INVITATION": invitations.expire_invitation_by_timer,
    "FUND_ESCROW": deals.cancel_unfunded_by_timer,
    "DELIVER_WORK": deals.cancel_undelivered_by_timer,
    "REVIEW_WORK": deals.approve_work_by_timer,
    "ANSWER_CANCELLATION": deals.expire_cancellation_by_timer,
    "WRITE_REVIEWS": reviews.publish_reviews_by_timer,
    "ANSWER_DISPUTE": disputes.decide_unanswered_by_timer,
    "DECIDE_DISPUTE": disputes.lapse_dispute_by_timer,
    "ANSWER_REQUEST": disputes.lapse_request_by_timer,
    "ANSWER_SETTLEMENT": disputes.expire_settlement_by_timer,
    "DECIDE_APPEAL": disputes.uphold_decision_by_timer,
    "DECIDE_PAYOUT": money.cancel_payout_by_timer,
    "SEND_PAYOUT": money.fail_payout_by_timer,
    "RECEIVE_TOP_UP": money.cancel_top_up_by_timer,
    "DECIDE_ADJUSTMENT": money.reject_adjustment_by_timer,
}

# Who is told before. A kind that reminds of nothing is not here.
REMINDERS: dict[str, Finder] = {
    "HIRE_CREATOR": deal_reminders.hire_creator,
    "ANSWER_INVITATION": hiring_reminders.answer_invitation,
    "FUND_ESCROW": deal_reminders.fund_escrow,
    "DELIVER_WORK": deal_reminders.deliver_work,
    "REVIEW_WORK": deal_reminders.review_work,
    "ANSWER_CANCELLATION": deal_reminders.answer_cancellation,
    "WRITE_REVIEWS": review_reminders.write_reviews,
    "ANSWER_DISPUTE": dispute_reminders.answer_dispute,
    "DECIDE_DISPUTE": dispute_reminders.decide_dispute,
    "ANSWER_REQUEST": dispute_reminders.answer_request,
    "ANSWER_SETTLEMENT": dispute_reminders.answer_settlement,
    "DECIDE_APPEAL": dispute_reminders.decide_appeal,
    "DECIDE_PAYOUT": money_reminders.decide_payout,
    "SEND_PAYOUT": money_reminders.send_payout,
    "DECIDE_ADJUSTMENT": money_reminders.decide_adjustment,
}


def run_due(limit: int = TURN_MAX) -> list[Timer]:
    """Every clock whose time has come has done what it leads to, the longest overdue first, each in a transaction of its own.

    One that fails is an error in the log, stays due, and holds up nobody. Any number of turns may run at once. Returns the clocks
    that ended in this one, at most `limit`; then whoever has to act soon has been reminded.
    """
    clock.forget()
    fired = []
    for timer in _all(selectors.due):
        if _attempt(_end, timer):
            fired.append(timer)
            if len(fired) == limit:
                break
    for timer in _all(selectors.to_remind):
        _attempt(_remind, timer)
    return fired


def _all(read: Callable[..., list[Timer]]) -> Iterator[Timer]:
    """The clocks of this list, page by page: one that failed is not met twice."""
    last = None
    while page := read(BATCH_MAX, after=last):
        yield from page
        last = page[-1]


def _attempt(act: Callable[[Timer], bool], timer: Timer) -> bool:
    """Whether the act did anything. What it raises is logged: the next clock is somebody else's."""
    try:
        return act(timer)
    except Exception:
        log.exception("timer_failed", timer_id=str(timer.id), kind=timer.kind, subject_id=str(timer.subject_id))
        return False


def _end(timer: Timer) -> bool:
    return EXPIRY[timer.kind](timer.subject_id, by=system()) is not None


@transaction.atomic
def _remind(timer: Timer) -> bool:
    """Whoever has to act knows until when, and what happens otherwise; once."""
    if not take_reminder(timer):
        return False
    found = REMINDERS[timer.kind](timer)
    if found is None:
        return False
    facts = {"timer": timer.kind, "due_at": timer.due_at.isoformat(), "name": found.name, "place": found.place}
    notify(found.people, "TIMER_RUNS_OUT", job=timer.job, facts=facts)
    return True
