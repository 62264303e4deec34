"""People, jobs and deals with their money."""

import itertools
import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group

from core.deals import services as deals
from core.deals.models import Submission
from core.hiring import services as hiring
from core.hiring.models import Application
from core.jobs import services as jobs
from core.jobs.models import Job
from core.money import services as money
from core.money.models import Payout, PayoutMethod
from core.people import services as people
from core.people.letters.links import token_of
from core.people.models import CreatorProfile, EmailToken, User

PASSWORD = "correct-horse-battery-9"
FILES = ({"type": "FINAL_VIDEO", "url": "https://example.com/video.mp4"},)
_numbers = itertools.count(1)


def unique(word: str) -> str:
    """A word that no other row of this run has, also in another process."""
    return f"{word}-{os.getpid()}-{next(_numbers)}"


class PeopleWorld:
    """Accounts, profiles, staff."""

    def brand(self, **profile: Any) -> User:
        """A brand with a complete profile."""
        user = people.register(email=f"{unique('brand')}@example.com", password=PASSWORD, role="BRAND")
        people.update_brand_profile(by=user, changes={"company_name": unique("Brand"), "description": "We sell tea."} | profile)
        return user

    def bare_creator(self) -> User:
        """A creator who has just registered."""
        return people.register(email=f"{unique('creator')}@example.com", password=PASSWORD, role="CREATOR")

    def creator(self, **profile: Any) -> User:
        """A creator with a complete profile, not verified."""
        user = self.bare_creator()
        changes = {
            "display_name": unique("Creator"),
            "bio": "I film honest reviews of everyday things.",
            "platforms": ["TIKTOK"],
            "price_per_video": 5000,
            "is_public": True,
        }
        people.update_creator_profile(by=user, changes=changes | profile)
        people.add_portfolio_item(by=user, content={"url": f"https://example.com/{unique('video')}"})
        return user

    def waiting_creator(self, **profile: Any) -> User:
        """A creator whose account waits for a moderator's look."""
        user = self.creator(**profile)
        people.issue_verification_code(by=user)
        people.submit_verification(by=user, account_url=f"https://www.tiktok.com/@{unique('creator')}")
        return user

    def verified_creator(self, **profile: Any) -> User:
        """A creator whom a moderator has verified: listed in the catalogue, unless told not to be public."""
        user = self.waiting_creator(**profile)
        people.verify_creator(CreatorProfile.objects.get(user=user).id, by=self.moderator)
        return user

    @cached_property
    def moderator(self) -> User:
        """The moderator of this world, made when first needed."""
        return self.staff("moderator")

    def staff(self, *capabilities: str) -> User:
        """A member of staff with these capabilities."""
        user = User.objects.create_user(email=f"{unique('staff')}@example.com", password=PASSWORD, role="STAFF", staff_name=unique("Staff"))
        user.groups.set(Group.objects.filter(name__in=capabilities))
        return user


class JobsWorld(PeopleWorld):
    """Jobs, from drafts to live ones, and applications."""

    def job_content(self, **content: Any) -> dict[str, Any]:
        """The text of a job that may be published, with these changes."""
        return {
            "title": f"Review of our tea {unique('job')}",
            "description": "Brew the tea, taste it, tell what you think.",
            "platform": "TIKTOK",
            "niche": "FOOD",
            "usage_term_days": 90,
            "revision_rounds": 2,
            "budget_min": 3_000,
            "budget_max": 5_000,
            "deadline_type": "DAYS_3_5",
        } | content

    def draft_job(self, *, brand: User | None = None, **content: Any) -> Job:
        """A draft whose text is whole."""
        return jobs.create_job(by=brand or self.brand(), content=self.job_content(**content), publish=False)

    def job(self, *, brand: User | None = None, **content: Any) -> Job:
        """A published job that waits for a moderator."""
        return jobs.create_job(by=brand or self.brand(), content=self.job_content(**content), publish=True)

    def live_job(self, *, brand: User | None = None, **content: Any) -> Job:
        """A job in the feed."""
        job = self.job(brand=brand, **content)
        return jobs.approve_job(job.id, by=self.moderator, content_version=job.content_version)

    def paused_job(self, *, brand: User | None = None, **content: Any) -> Job:
        """An approved job on hold."""
        job = self.live_job(brand=brand, **content)
        return jobs.pause_job(job.id, by=job.brand)

    def rejected_job(self, *, brand: User | None = None, **content: Any) -> Job:
        """A job that a moderator refused."""
        job = self.job(brand=brand, **content)
        return jobs.reject_job(job.id, by=self.moderator, content_version=job.content_version, reason="Say what is to be filmed.")

    def application(self, *, job: Job | None = None, creator: User | None = None, **offer: Any) -> Application:
        """An application that waits for the brand's answer."""
        offered = {"message": "I love tea.", "price_quote": 4_500} | offer
        return hiring.apply_to_job((job or self.live_job()).id, by=creator or self.creator(), **offered)

    def accepted_application(self, *, job: Job | None = None, creator: User | None = None, **offer: Any) -> Application:
        """The application that won: its job is in progress, its escrow is not funded."""
        application = self.application(job=job, creator=creator, **offer)
        return hiring.accept_application(application.job_id, application.id, by=application.job.brand)

    def accepted_job(self, **chosen: Any) -> Job:
        """A job in progress, with an escrow that is not funded. Takes what `accepted_application` takes."""
        return Job.objects.get(id=self.accepted_application(**chosen).job_id)


class DealsWorld(JobsWorld):
    """Deals, from acceptance to completion, and money."""

    @cached_property
    def finance(self) -> User:
        """The first member of the finance staff of this world."""
        return self.staff("finance")

    @cached_property
    def approver(self) -> User:
        """Who gives second signatures in this world."""
        return self.staff("finance_approver")

    def wallet_money(self, brand: User, cents: int, currency: str = "RUB") -> None:
        """The brand has so much more in its wallet, by whatever provider is set."""
        top_up = money.request_top_up(by=brand, amount_cents=cents, currency=currency)
        if top_up.status == "PENDING":
            top_up = money.confirm_top_up(top_up.id, by=self.finance, bank_reference=unique("bank"))
        if top_up.status == "PENDING":
            money.confirm_top_up(top_up.id, by=self.approver)

    def funded_job(self, **chosen: Any) -> Job:
        """A job in progress whose escrow is funded. Takes what `accepted_application` takes."""
        job = self.accepted_job(**chosen)
        self.wallet_money(job.brand, job.escrow.amount_cents, job.currency)
        money.fund_escrow(job.id, by=job.brand)
        return Job.objects.get(id=job.id)

    def deal(self, *, funded: bool = True, **chosen: Any) -> Job:
        """A job in progress, with its money in the escrow unless told otherwise. Takes what `accepted_application` takes."""
        job = self.accepted_job(**chosen)
        if funded:
            money.fund_escrow(job.id, by=job.brand)
        return job

    def submission(self, *, job: Job | None = None, items: Sequence[dict[str, str]] = FILES, note: str = "Ready.") -> Submission:
        """A version that waits for the brand."""
        chosen = job or self.deal()
        return deals.submit_work(chosen.id, by=chosen.active_creator, items=items, note=note)

    def reviewed_deal(self, **chosen: Any) -> Job:
        """A job in review: a first version waits for the brand."""
        return Job.objects.get(id=self.submission(job=self.deal(**chosen)).job_id)

    def completed_deal(self, **chosen: Any) -> Job:
        """A completed job: the creator has been paid."""
        job = self.reviewed_deal(**chosen)
        return deals.approve_work(job.id, by=job.brand).job

    def canceled_deal(self, **chosen: Any) -> Job:
        """A canceled job whose money went back to the brand."""
        job = self.deal(**chosen)
        return deals.cancel_job(job.id, by=job.brand).job

    def approve(self, job: Job) -> Job:
        """The job, whose waiting version the brand has accepted."""
        return deals.approve_work(job.id, by=job.brand).job

    def confirmed(self, user: User) -> User:
        """The same person, who has followed the link in the letter."""
        user.refresh_from_db()
        if user.email_verified_at is None:
            letter = EmailToken.objects.filter(user=user, purpose=EmailToken.Purpose.VERIFY_EMAIL).latest("created_at")
            people.verify_email(token=token_of(letter))
            user.refresh_from_db()
        return user

    def paid_creator(self, *, price_quote: int = 1_000) -> User:
        """A creator with a confirmed address whose wallet holds what one deal left: 85 % of the quote."""
        creator = self.confirmed(self.creator())
        self.completed_deal(creator=creator, price_quote=price_quote)
        return creator

    def payout_method(self, creator: User) -> PayoutMethod:
        """One more destination of this creator."""
        return money.add_payout_method(by=creator, kind="OTHER", details=unique("wallet"))

    def payout(self, *, creator: User | None = None, amount_cents: int = 10_000, currency: str = "RUB") -> Payout:
        """A payout that waits for finance."""
        chosen = creator or self.paid_creator()
        return money.request_payout(by=chosen, amount_cents=amount_cents, currency=currency, method_id=self.payout_method(chosen).id)

    def approved_payout(self, **asked: Any) -> Payout:
        """A payout that may be sent, by as many signatures as it takes."""
        payout = money.approve_payout(self.payout(**asked).id, by=self.finance)
        return payout if payout.status == "APPROVED" else money.approve_payout(payout.id, by=self.approver)

    def sent_payout(self, **asked: Any) -> Payout:
        """A payout whose order the bank has."""
        return money.send_payout(self.approved_payout(**asked).id, by=self.finance)

    def paid_payout(self, **asked: Any) -> Payout:
        """A payout that the bank has carried out."""
        return money.mark_payout_paid(self.sent_payout(**asked).id, by=self.finance, bank_reference=unique("bank"))
