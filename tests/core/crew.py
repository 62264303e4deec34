"""Those who live through the life cycle, their dice, and what the database says about it."""

from collections import Counter
from typing import Any

from django.db import connection
from hypothesis import strategies as st

from core.jobs.models import Job
from core.money import services as money
from core.people.letters.links import token_of
from core.people.letters.services import verify_email
from core.people.models import EmailToken, User
from tests.core.books import Deal
from tests.core.papers import ACTORS, BRANDS, CREATORS, FINANCE
from tests.core.troubles import Troubles
from tests.world import World

CURRENCIES = ("RUB", "USD")
PICK = st.integers(0, 10**6)
# Mostly the one whose turn it is (None), sometimes anybody.
ANYBODY = st.one_of(st.none(), st.none(), st.none(), st.sampled_from(ACTORS))
TIMES = st.sampled_from((1, 1, 1, 2, 3))
QUOTES = st.sampled_from((4_501, 200_000, 3, 1))
MONEY = """
    SELECT kind, owner_id, currency, sum(cents)::bigint, bool_and(NOT is_limited OR cents = balance_cents) FROM (
        SELECT account.*, coalesce((SELECT sum(amount_cents) FROM core_ledgerentry WHERE to_account_id = account.id), 0)
                        - coalesce((SELECT sum(amount_cents) FROM core_ledgerentry WHERE from_account_id = account.id), 0) AS cents
        FROM core_account account
    ) summed GROUP BY kind, owner_id, currency
"""
STATES = """
    SELECT job.id, ARRAY[job.status, job.moderation_status, escrow.status, escrow.amount_cents::text] FROM core_job job
        LEFT JOIN core_escrow escrow ON escrow.job_id = job.id
    UNION ALL SELECT id, ARRAY[status] FROM core_payout
    UNION ALL SELECT id, ARRAY[status] FROM core_topup
    UNION ALL SELECT id, ARRAY[status] FROM core_application
    UNION ALL SELECT id, ARRAY[status] FROM core_invitation
    UNION ALL SELECT id, ARRAY[status] FROM core_cancellationproposal
    UNION ALL SELECT id, ARRAY[CASE status WHEN 'UNDER_REVIEW' THEN 'OPEN' ELSE status END, resolution] FROM core_dispute
    UNION ALL SELECT id, ARRAY[status] FROM core_settlementproposal
    UNION ALL SELECT id, ARRAY[status] FROM core_appeal
    UNION ALL SELECT id, ARRAY[status] FROM core_adjustment
"""

# What a straight life has to learn on its way.
REACHED = {
    *{f"{verb} done" for verb in ("approve_work", "request_changes", "cancel", "confirm_top_up")},
    *{f"{verb}_payout done" for verb in ("request", "approve", "decide", "cancel")},
    "accept JOB_NOT_AVAILABLE",
    "accept APPLICATION_NOT_PENDING",
    "approve_work again",
    "request_changes REVISIONS_EXHAUSTED",
    "cancel again",
    "cancel CANNOT_CANCEL_COMPLETED",
    "cancel ONLY_ADMIN_CAN_CANCEL_ON_REVIEW",
    "cancel ONLY_STAFF_CAN_CANCEL",
    "approve_payout SECOND_PERSON_REQUIRED",
    "cancel_payout PAYOUT_WRONG_STATE",
    "confirm_top_up SECOND_PERSON_REQUIRED",
    "cancel_top_up TOPUP_BEING_CONFIRMED",
    *{f"{verb} done" for verb in ("invite", "accept_invitation", "withdraw_invitation", "propose", "answer_parting", "resign")},
    *{f"{verb} done" for verb in ("open_dispute", "withdraw_dispute", "answer_dispute", "resolve", "offer", "answer_offer")},
    *{f"{verb} done" for verb in ("appeal", "decide_appeal", "approve_draft", "reject_draft")},
    *{f"{kind} ran out" for kind in ("HIRE_CREATOR", "FUND_ESCROW", "DELIVER_WORK", "REVIEW_WORK", "ANSWER_DISPUTE", "DECIDE_APPEAL")},
    "invite INVITED_TOO_RECENTLY",
    "appeal NOT_APPEALABLE",
    "propose CANCELLATION_PENDING",
}


class People:
    """Those who act, made once."""

    def __init__(self, world: World) -> None:
        self.by_name: dict[str, User] = {
            **{name: world.brand() for name in BRANDS},
            **{name: world.verified_creator() for name in CREATORS},
            "moderator": world.moderator,
            "judge": world.staff("moderator"),
            **{name: world.staff("finance") for name in FINANCE},
            "approver": world.approver,
        }
        self.methods = {}
        for name, card in zip(CREATORS, ("4242 4242 4242 4242", "5555 5555 5555 4444"), strict=True):
            self.by_name[name] = verify_email(token=token_of(EmailToken.objects.get(user=self.by_name[name], purpose="VERIFY_EMAIL")))
            self.methods[name] = money.add_payout_method(by=self.by_name[name], kind="CARD", details=card).id
        self.names = {user.id: name for name, user in self.by_name.items()}
        self.world = world
        self.past = [self.completed("creator", "RUB"), self.completed("other_creator", "USD")]

    def completed(self, creator: str, currency: str) -> tuple[Job, Deal]:
        """A large deal that is over, so that every life begins with money to pay out."""
        offered = self.world.live_job(brand=self.by_name["brand"], currency=currency, budget_max=200_000)
        job = self.world.completed_deal(job=offered, creator=self.by_name[creator], price_quote=200_000)
        done = Deal("brand", currency, 1_500, "COMPLETED", "APPROVED", {creator: "ACCEPTED"}, creator=creator)
        done.cents, done.escrow, done.versions = 20_000_000, "RELEASED", 1
        return job, done

    def books(self) -> Troubles:
        """The books as every life finds them."""
        kept = Troubles()
        for _job, deal in self.past:
            assert deal.creator
            kept.wallets[deal.creator, deal.currency] = deal.cents - deal.fee
            kept.income[deal.currency] = deal.fee
            kept.bank[deal.currency] = deal.cents
            kept.brought += 1
        return kept


def ask(sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def without_zeros(held: Counter[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """What is held where something is."""
    return {where: cents for where, cents in held.items() if cents}
