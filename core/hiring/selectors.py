"""Reads about applications: those to a job, for its brand, and a creator's own."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from core.base.errors import NotFound
from core.base.models import QuerySet
from core.base.policy import actions
from core.base.prepared import Prepared
from core.base.shapes import ObjectJSON, RowJSON
from core.chat.models import Conversation
from core.hiring import policies
from core.hiring.judgements import judge_accepting, judge_answering, judge_applying
from core.hiring.models import Application
from core.jobs.policies import own_jobs
from core.people.models import CreatorProfile, PortfolioItem, User
from core.people.policies import contact_blocks, staff_can

LINKS_SHOWN = 2

# Cards of the job and of both sides, on whatever row points to a job and a creator.
LINKS = ArraySubquery(
    PortfolioItem.objects.filter(creator_id=OuterRef("creator__creator_profile__id")).order_by("position", "id").values("url")[:LINKS_SHOWN]
)
# The average of one to five; nobody's opinion yet is null. The profile keeps it in thousandths.
RATING = Case(
    When(
        creator__creator_profile__rating_count__gt=0,
        then=Cast("creator__creator_profile__rating_rank", FloatField()) / Value(1000.0),
    )
)
VERIFIED = ExpressionWrapper(Q(creator__creator_profile__verification_status="VERIFIED"), output_field=BooleanField())
CREATOR_CARD = ObjectJSON(
    profileId="creator__creator_profile__id",
    displayName="creator__creator_profile__display_name",
    languages="creator__creator_profile__languages",
    pricePerVideo="creator__creator_profile__price_per_video",
    currency="creator__creator_profile__currency",
    rating=RATING,
    ratingCount="creator__creator_profile__rating_count",
    jobsCompleted="creator__creator_profile__jobs_completed",
    isVerified=VERIFIED,
    portfolio=LINKS,
)
JOB_CARD = ObjectJSON(
    id="job__id",
    title="job__title",
    platform="job__platform",
    budgetMin="job__budget_min",
    budgetMax="job__budget_max",
    currency="job__currency",
    isLive="job__is_live",
)
BRAND_CARD = ObjectJSON(profileId="job__brand__brand_profile__id", companyName="job__brand__brand_profile__company_name")
CONVERSATION = Subquery(Conversation.objects.filter(job_id=OuterRef("job_id"), creator_id=OuterRef("creator_id")).values("id")[:1])
_ITSELF = {
    "id": "id",
    "jobId": "job_id",
    "status": "status",
    "source": "source",
    "message": "message",
    "priceQuote": "price_quote",
    "rejectReason": "reject_reason",
    "createdAt": "created_at",
    "decidedAt": "decided_at",
    "conversationId": CONVERSATION,
}


def job_applications(job_id: Any, *, by: User) -> QuerySet:
    """The applications to the brand's own job, each a row of JSON.

    `price` is what the creator would cost; `rank`, `rating` and `verified` are of the creator's profile.

    Raises NotFound.
    """
    if not own_jobs(by).filter(id=job_id).exists():
        raise NotFound
    return Application.objects.filter(job_id=job_id).annotate(
        price=Coalesce("price_quote", "job__budget_max"),
        rank=F("creator__creator_profile__rating_rank"),
        rating=RATING,
        verified=VERIFIED,
        row=RowJSON(**_ITSELF, creator=CREATOR_CARD),
    )


def own_applications(by: User) -> QuerySet:
    """The creator's own applications, each a row of JSON."""
    return policies.own_applications(by).annotate(row=RowJSON(**_ITSELF, job=JOB_CARD, brand=BRAND_CARD))


def application_page(application_id: Any, *, by: User) -> dict[str, Any]:
    """One application, with what this person may do now: to its creator with the job, to the brand (and moderators) with the creator.

    Raises NotFound.
    """
    viewer = "MODERATOR" if staff_can(by, "moderator") else by.role
    page = PAGES.get(viewer)
    found = page.rows(application_id=application_id, viewer_id=by.pk) if page else None
    if not found:
        raise NotFound
    row, *values = found[0]
    return row | {"actions": JUDGED[viewer](dict(zip(FACTS[viewer], values, strict=True)))}


# What decides what may be done: see core.hiring.judgements.
_MAY_MEET = ExpressionWrapper(~Exists(contact_blocks(OuterRef("job__brand_id"), OuterRef("creator_id"))), output_field=BooleanField())
_CAN_WORK = ExpressionWrapper(Q(creator__is_active=True, creator__blocked_at__isnull=True), output_field=BooleanField())
_FACTS = {"status": "status", "is_live": "job__is_live", "may_meet": _MAY_MEET}
_PROFILE = ("display_name", "bio", "platforms", "price_per_video")
FACTS: dict[str, dict[str, Any]] = {
    "CREATOR": _FACTS
    | {"has_works": Exists(PortfolioItem.objects.filter(creator__user_id=OuterRef("creator_id")))}
    | {name: f"creator__creator_profile__{name}" for name in _PROFILE},
    "BRAND": _FACTS | {"can_work": _CAN_WORK, "chosen_id": "job__active_creator_id"},
    "MODERATOR": {},
}


def _actions_of_creator(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    def apply_again() -> None:
        judge_applying(
            is_live=facts["is_live"],
            may_meet=facts["may_meet"],
            profile=CreatorProfile(**{name: facts[name] for name in _PROFILE}),
            has_works=facts["has_works"],
            status=facts["status"],
        )

    return actions(APPLY=apply_again, WITHDRAW=lambda: judge_answering(facts["status"]))


def _actions_of_brand(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    def accept() -> None:
        judge_accepting(
            is_taken=facts["chosen_id"] is not None,
            is_live=facts["is_live"],
            status=facts["status"],
            is_available=lambda: facts["can_work"] and facts["may_meet"],
        )

    return actions(ACCEPT=accept, REJECT=lambda: judge_answering(facts["status"]))


JUDGED = {"CREATOR": _actions_of_creator, "BRAND": _actions_of_brand, "MODERATOR": lambda _facts: actions()}


def _page(kind: str, row: ObjectJSON, **viewer: Any) -> Prepared:
    """The read for every viewer of this kind. Who stands for them is somebody whose id is not known yet."""
    return Prepared(
        lambda application_id, viewer_id: (
            policies.visible_applications(User(id=viewer_id, **viewer)).filter(id=application_id).values_list(row, *FACTS[kind].values())
        )
    )


PAGES = {
    "CREATOR": _page("CREATOR", ObjectJSON(**_ITSELF, job=JOB_CARD, brand=BRAND_CARD), role=User.Role.CREATOR),
    "BRAND": _page("BRAND", ObjectJSON(**_ITSELF, creator=CREATOR_CARD), role=User.Role.BRAND),
    "MODERATOR": _page("MODERATOR", ObjectJSON(**_ITSELF, creator=CREATOR_CARD), role=User.Role.STAFF, is_superuser=True),
}
