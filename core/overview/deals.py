"""Deals as each side follows them, tab by tab, from the first word to the end. Every tab is a list of its own, filtered in SQL."""

import dataclasses
from collections.abc import Callable
from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast

from core.base.counting import CountOf, counts
from core.base.models import QuerySet
from core.base.shapes import ObjectJSON, RowJSON
from core.hiring import selectors as hiring
from core.hiring.models import Application, Invitation
from core.hiring.policies import visible_invitations
from core.jobs import selectors as jobs
from core.jobs.models import Job
from core.people.models import User

CENTS_PER_UNIT = 100


@dataclasses.dataclass(frozen=True)
class Tab:
    """Which rows of a person stand here, how they are shown, and in which order: newest first, by a moment that stays what it is."""

    rows: Callable[[User], QuerySet]
    row: RowJSON
    moment: str

    @property
    def order(self) -> tuple[str, str]:
        return f"-{self.moment}", "-id"


def _row(kind: str, moment: str, path: str = "", **said: Any) -> RowJSON:
    """One row of a tab. `path` leads from it to its job; what a kind of row does not have is null."""
    job = ObjectJSON(
        id=f"{path}id",
        title=f"{path}title",
        status=f"{path}status",
        platform=f"{path}platform",
        niche=f"{path}niche",
        budgetMin=f"{path}budget_min",
        budgetMax=f"{path}budget_max",
        currency=f"{path}currency",
    )
    nothing = dict.fromkeys(("priceCents", "escrowStatus", "dueAt"), Value(None, output_field=CharField()))
    always = {"type": Cast(Value(kind), CharField()), "id": "id", "status": "status", "at": moment, "job": job}
    return RowJSON(**always | nothing | said)


def _job_tab(moment: str, other_side: dict[str, Any], rows: Callable[[User], QuerySet]) -> Tab:
    """Jobs, with the money of the deal where there is one."""
    row = _row(
        "JOB",
        moment,
        conversationId=jobs.CONVERSATION,
        priceCents="escrow__amount_cents",
        escrowStatus="escrow__status",
        dueAt="due_at",
        isDisputed=Q(disputed_at__isnull=False),
        **other_side,
    )
    return Tab(rows, row, moment)


def _offer_row(kind: str, moment: str, **said: Any) -> RowJSON:
    return _row(kind, moment, "job__", conversationId=hiring.CONVERSATION, isDisputed=Value(False), **said)


def _application_tab(other_side: dict[str, Any], rows: Callable[[User], QuerySet]) -> Tab:
    """Applications that wait for the brand."""
    return Tab(rows, _offer_row("APPLICATION", "created_at", priceCents=F("price_quote") * CENTS_PER_UNIT, **other_side), "created_at")


CREATOR, BRAND = {"creator": jobs.CREATOR_CARD}, {"brand": jobs.BRAND_CARD}
OFFERING = {"creator": ObjectJSON(profileId="creator__creator_profile__id", displayName="creator__creator_profile__display_name")}
ASKING = {"brand": hiring.BRAND_CARD}


def _of_brand(**state: Any) -> Callable[[User], QuerySet]:
    return lambda by: Job.objects.filter(brand_id=by.pk, **state)


def _of_creator(**state: Any) -> Callable[[User], QuerySet]:
    return lambda by: Job.objects.filter(active_creator_id=by.pk, **state)


BRAND_TABS = {
    "moderation": _job_tab("submitted_at", CREATOR, _of_brand(status="PUBLISHED", moderation_status="PENDING")),
    "applications": _application_tab(OFFERING, lambda by: Application.objects.filter(brand_id=by.pk, status="PENDING")),
    "work": _job_tab("started_at", CREATOR, _of_brand(status="IN_PROGRESS")),
    "review": _job_tab("started_at", CREATOR, _of_brand(status="IN_REVIEW")),
    "completed": _job_tab("completed_at", CREATOR, _of_brand(status="COMPLETED")),
    # A job that was canceled before anybody was chosen was no deal; the brand's own list of jobs has it.
    "canceled": _job_tab("canceled_at", CREATOR, _of_brand(status="CANCELED", active_creator__isnull=False)),
}
CREATOR_TABS = {
    "invitations": Tab(
        lambda by: visible_invitations(by).filter(status=Invitation.Status.SENT),
        _offer_row("INVITATION", "sent_at", dueAt="expires_at", **ASKING),
        "sent_at",
    ),
    "applications": _application_tab(ASKING, lambda by: Application.objects.filter(creator_id=by.pk, status="PENDING")),
    "work": _job_tab("started_at", BRAND, _of_creator(status="IN_PROGRESS")),
    "review": _job_tab("started_at", BRAND, _of_creator(status="IN_REVIEW")),
    "completed": _job_tab("completed_at", BRAND, _of_creator(status="COMPLETED")),
    "canceled": _job_tab("canceled_at", BRAND, _of_creator(status="CANCELED")),
}
TABS: dict[str, dict[str, Tab]] = {User.Role.BRAND: BRAND_TABS, User.Role.CREATOR: CREATOR_TABS}
TAB_DEFAULT = "work"


def deal_list(tab: str, *, by: User) -> QuerySet:
    """The rows of the person's own that stand in this tab, each a row of JSON."""
    chosen = TABS[by.role][tab]
    return chosen.rows(by).annotate(row=chosen.row)


def deal_counters(by: User) -> dict[str, int]:
    """How many rows stand in each tab of this person, in one statement."""
    return counts(User, by.pk, {name: CountOf(tab.rows(by)) for name, tab in TABS[by.role].items()})
