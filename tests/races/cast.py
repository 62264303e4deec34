"""People and things that races fight about. They are committed once, and each race takes fresh jobs and payouts of theirs."""

import itertools
from datetime import timedelta
from functools import cache, cached_property
from typing import Any

import time_machine
from django.test import override_settings

from core.base import clock
from core.deals import services as deals
from core.hiring.models import Application, Invitation
from core.jobs import services as jobs
from core.jobs.models import Job, JobRevision
from core.money import services as money
from core.money.models import Escrow, Payout, PayoutMethod, TopUp
from core.people.letters.links import token_of
from core.people.letters.services import verify_email
from core.people.models import EmailToken, User
from tests.world import FILES, World

PRICE = 1_000_000  # units: enough for every payout of every race
SMALL, LARGE = 2_000, 6_000_000  # minor units, below and above the limit for one signature
TOP_UP_LARGE = 60_000_000


class Cast:
    """One brand, three creators, a moderator and enough finance staff."""

    def __init__(self) -> None:
        self.world = World()
        self.brand = self.world.brand()
        self.creator, self.rival = self.world.creator(), self.world.creator()
        self.guest = self.world.verified_creator()  # whom brands may invite
        self.moderator, self.finance, self.approver = self.world.moderator, self.world.finance, self.world.approver
        self.colleague = self.world.staff("finance")
        self.numbers = itertools.count(1)

    # Hiring

    def job(self) -> Job:
        """A job that waits for a moderator."""
        return self.world.job(brand=self.brand)

    def live_job(self) -> Job:
        return self.world.live_job(brand=self.brand)

    def offer(self) -> Application:
        """A live job with the offer of one creator."""
        return self.world.application(job=self.live_job(), creator=self.creator)

    def offer_on_hold(self) -> Application:
        """The same, and the job is on hold."""
        offer = self.offer()
        jobs.pause_job(offer.job_id, by=self.brand)
        return offer

    def two_offers(self) -> tuple[Application, Application]:
        """A live job with the offers of two creators."""
        offer = self.offer()
        return offer, self.world.application(job=offer.job, creator=self.rival)

    def invitation(self, job: Job | None = None) -> Invitation:
        """The guest is asked to do a live job."""
        return self.world.invitation(job=job or self.live_job(), creator=self.guest)

    def late_invitation(self) -> Invitation:
        """The same, and the time to answer is over, but the clock has not turned yet."""
        job, guest = self.live_job(), self.guest
        with time_machine.travel(clock.now() - timedelta(days=8)):
            return self.world.invitation(job=job, creator=guest)

    def invited_applicant(self) -> Invitation:
        """The guest is asked to do a job, and has applied for it without an answer to the question."""
        invitation = self.invitation()
        self.world.application(job=invitation.job, creator=self.guest)
        return invitation

    def rivalry(self) -> Invitation:
        """The guest is asked to do a job for which another creator has applied."""
        return self.invitation(self.offer().job)

    # Deals

    def deal(self, *, funded: bool = True) -> Job:
        return self.world.deal(job=self.live_job(), creator=self.creator, funded=funded)

    # Money

    @cached_property
    def earner(self) -> User:
        """A creator with a large wallet, a confirmed address and a destination."""
        earner = self.world.creator()
        job = self.world.live_job(brand=self.brand, budget_max=PRICE)
        deal = self.world.deal(job=job, creator=earner, price_quote=PRICE)
        deals.submit_work(deal.id, by=earner, items=FILES)
        deals.approve_work(deal.id, by=self.brand)
        verify_email(token=token_of(EmailToken.objects.get(user=earner, purpose="VERIFY_EMAIL", used_at=None)))
        money.add_payout_method(by=earner, kind="CARD", details="4242 4242 4242 4242")
        return User.objects.get(id=earner.id)

    def destination(self) -> PayoutMethod:
        """Where the earner's money goes. Nothing of theirs is on its way, and the wallet is full again."""
        for payout in Payout.objects.filter(creator=self.earner, status__in=Payout.HOLDING):
            if payout.status == "PENDING":
                money.cancel_payout(payout.id, by=self.earner)
            else:
                money.fail_payout(payout.id, by=self.finance, reason="The next race begins.")
        return PayoutMethod.objects.get(creator=self.earner)

    def ask(self, method: PayoutMethod, cents: int = SMALL) -> Payout:
        return money.request_payout(by=self.earner, amount_cents=cents, currency="RUB", method_id=method.id)

    def payout(self, *, cents: int = SMALL, status: str = "PENDING") -> Payout:
        """A payout of the earner in this state."""
        payout = self.ask(self.destination(), cents)
        if status != "PENDING":
            payout = money.approve_payout(payout.id, by=self.finance)
        if status in ("SENT", "PAID"):
            payout = money.send_payout(payout.id, by=self.finance)
        if status == "PAID":
            payout = money.mark_payout_paid(payout.id, by=self.finance, bank_reference=self.number())
        return payout

    def signed_payout(self) -> Payout:
        """A payout above the limit with its first signature."""
        return money.approve_payout(self.payout(cents=LARGE).id, by=self.finance)

    def top_up(self, cents: int = SMALL) -> TopUp:
        """A top-up that waits for the transfer."""
        with override_settings(PAYMENT_PROVIDER="manual"):
            return money.request_top_up(by=self.brand, amount_cents=cents, currency="RUB")

    def number(self) -> str:
        """The number of a document of the bank."""
        return f"race-{id(self)}-{next(self.numbers)}"

    def approve_job(self, job: Job) -> Job:
        return jobs.approve_job(job.id, by=self.moderator, content_version=job.content_version)


@cache
def cast() -> Cast:
    """The same people in all races."""
    return Cast()


def deal_state(job: Job) -> tuple[Any, ...]:
    """The job, its escrow, what became of its offers, and of changes to its text."""
    escrow = Escrow.objects.filter(job=job).values_list("status", "amount_cents").first()
    offers = sorted(Application.objects.filter(job=job).values_list("status", flat=True))
    revisions = sorted(JobRevision.objects.filter(job=job).values_list("status", flat=True))
    return *Job.objects.values_list("status", "moderation_status", "content_version").get(id=job.id), escrow, *offers, *revisions
