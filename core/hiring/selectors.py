"""Reads about applications: those to a job, for its brand, and a creator's own."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, ExpressionWrapper, F, FloatField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from core.base.errors import NotFound
from core.base.models import QuerySet
from core.base.prepared import Prepared
from core.base.shapes import ObjectJSON, RowJSON
from core.chat.models import Conversation
from core.hiring import policies
from core.hiring.models import Application
from core.jobs.policies import own_jobs
from core.people.models import PortfolioItem, User
from core.people.policies import staff_can

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


def application_page(application_id: Any, *, by: User) -> str:
    """One application as JSON: to its creator with the job, to the brand (and moderators) with the creator. Raises NotFound."""
    viewer = "MODERATOR" if staff_can(by, "moderator") else by.role
    page = PAGES.get(viewer)
    found = page.rows(application_id=application_id, viewer_id=by.pk) if page else None
    if not found:
        raise NotFound
    return found[0][0]


def _page(row: RowJSON, **viewer: Any) -> Prepared:
    """The read for every viewer of this kind. Who stands for them is somebody whose id is not known yet."""
    return Prepared(
        lambda application_id, viewer_id: (
            policies.visible_applications(User(id=viewer_id, **viewer)).filter(id=application_id).annotate(row=row).values_list("row")
        )
    )


PAGES = {
    "CREATOR": _page(RowJSON(**_ITSELF, job=JOB_CARD, brand=BRAND_CARD), role=User.Role.CREATOR),
    "BRAND": _page(RowJSON(**_ITSELF, creator=CREATOR_CARD), role=User.Role.BRAND),
    "MODERATOR": _page(RowJSON(**_ITSELF, creator=CREATOR_CARD), role=User.Role.STAFF, is_superuser=True),
}
