"""One world for all tests: people and things made through verbs, so that every world is legal.

`World` is put together from one class per room; a room's engineer writes in the room's own class below. Everything made is
unique, so that worlds can stand side by side in a database that is never emptied.
"""

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
from core.people import services as people
from core.people.models import User

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

    @cached_property
    def moderator(self) -> User:
        """The moderator of this world, made when first needed."""
        return self.staff("moderator")

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


class World(DealsWorld):
    """What a test gets as `world`."""
