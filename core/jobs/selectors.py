"""Reads about jobs, shaped for their screens: the feed, one job, a brand's jobs by tab, a creator's deals."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When

from core.base import clock
from core.base.errors import NotFound
from core.base.models import QuerySet
from core.base.prepared import Prepared, Slot
from core.base.shapes import ObjectJSON, RowJSON
from core.chat.models import Conversation
from core.jobs import content as contents
from core.jobs import policies
from core.jobs.models import Job, JobRevision
from core.jobs.waiting import is_overdue, waiting_on
from core.people.models import User
from core.timers.models import Timer
from core.timers.selectors import told

# A brand's jobs, each in one tab.
BRAND_TABS: dict[str, Q] = {
    "drafts": Q(status="DRAFT"),
    "moderation": Q(status="PUBLISHED", moderation_status="PENDING"),
    "rejected": Q(status__in=("PUBLISHED", "PAUSED"), moderation_status="REJECTED"),
    "published": Q(is_live=True),
    "paused": Q(status="PAUSED") & ~Q(moderation_status="REJECTED"),
    "active": Q(status__in=("IN_PROGRESS", "IN_REVIEW")),
    "completed": Q(status="COMPLETED"),
    "canceled": Q(status="CANCELED"),
}
# A creator's deals, each in one tab.
DEAL_TABS: dict[str, Q] = {
    "work": Q(status="IN_PROGRESS"),
    "review": Q(status="IN_REVIEW"),
    "completed": Q(status="COMPLETED"),
    "canceled": Q(status="CANCELED"),
}
BRAND_CARD = ObjectJSON(profileId="brand__brand_profile__id", companyName="brand__brand_profile__company_name")
CREATOR_CARD = Case(
    When(
        active_creator__isnull=False,
        then=ObjectJSON(profileId="active_creator__creator_profile__id", displayName="active_creator__creator_profile__display_name"),
    )
)
CONVERSATION = Subquery(Conversation.objects.filter(job_id=OuterRef("pk"), creator_id=OuterRef("active_creator_id")).values("id")[:1])


# What a card of the feed shows, column by column.
CARD = {
    "id": "id",
    "title": "title",
    "description": "description",
    "platform": "platform",
    "niche": "niche",
    "rightsPackage": "rights_package",
    "budgetMin": "budget_min",
    "budgetMax": "budget_max",
    "currency": "currency",
    "deadlineType": "deadline_type",
    "deadlineDate": "deadline_date",
    "deliverablesCount": "deliverables_count",
    "videoDurationSec": "video_duration_sec",
    "contentFormats": "content_formats",
    "languages": "languages",
    "createdAt": "created_at",
    "publishedAt": "live_at",
}


def job_feed() -> QuerySet:
    """The live jobs, each a row of JSON."""
    return Job.objects.filter(is_live=True).annotate(row=RowJSON(**CARD, brand=BRAND_CARD))


def feed_without_applied(by: User) -> QuerySet:
    """The live jobs to which this creator has not applied, each a row of JSON."""
    return job_feed().filter(~Exists(by.applications.filter(job_id=OuterRef("pk"))))  # type: ignore[attr-defined]


def brand_counts(by: User) -> dict[str, int]:
    """How many of the brand's jobs stand in each tab, in one query."""
    return _counted(policies.own_jobs(by), BRAND_TABS)


def deal_counts(by: User) -> dict[str, int]:
    """How many of the creator's deals stand in each tab, in one query."""
    return _counted(Job.objects.filter(active_creator=by), DEAL_TABS)


def _counted(jobs: QuerySet, tabs: dict[str, Q]) -> dict[str, int]:
    return jobs.aggregate(**{tab: Count("id", filter=which) for tab, which in tabs.items()})


def _applications(which: Q | None = None) -> Subquery:
    """How many applications of this kind the job has."""
    itself = Job.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    return Subquery(itself.annotate(count=Count("applications", filter=which)).values("count"))


def _overdue() -> Q:
    """Whether the creator should have delivered by now."""
    return Q(status="IN_PROGRESS", disputed_at=None, due_at__isnull=False, due_at__lt=clock.now())


WAITING = Q(applications__status="PENDING")


def brand_jobs(by: User) -> QuerySet:
    """The brand's own jobs in every state, each a row of JSON."""
    return policies.own_jobs(by).annotate(
        row=RowJSON(
            id="id",
            title="title",
            status="status",
            moderationStatus="moderation_status",
            moderationReason="moderation_reason",
            hasPendingRevision="has_pending_revision",
            platform="platform",
            niche="niche",
            budgetMin="budget_min",
            budgetMax="budget_max",
            currency="currency",
            deadlineType="deadline_type",
            deadlineDate="deadline_date",
            deliverablesCount="deliverables_count",
            applicationCount=_applications(),
            pendingApplicationCount=_applications(WAITING),
            activeCreator=CREATOR_CARD,
            conversationId=CONVERSATION,
            priceCents="escrow__amount_cents",
            escrowStatus="escrow__status",
            dueAt="due_at",
            isOverdue=_overdue(),
            publishedAt="live_at",
            createdAt="created_at",
            updatedAt="updated_at",
        )
    )


def creator_deals(by: User) -> QuerySet:
    """The jobs for which this creator was chosen, canceled ones too, each a row of JSON."""
    return Job.objects.filter(active_creator=by).annotate(
        row=RowJSON(
            id="id",
            title="title",
            status="status",
            platform="platform",
            niche="niche",
            currency="currency",
            priceCents="escrow__amount_cents",
            escrowStatus="escrow__status",
            brand=BRAND_CARD,
            conversationId=CONVERSATION,
            startedAt="started_at",
            dueAt="due_at",
            isOverdue=_overdue(),
            completedAt="completed_at",
            canceledAt="canceled_at",
        )
    )


# What each viewer of one job may see. Applications are nobody's here: they have a list of their own, for the owner.
PUBLIC = ("id", "status", *Job.CONTENT_FIELDS, "created_at", "live_at", "brand_card")
MADE = ("timers", "waiting_on", "is_overdue")  # of what is read, in the words and at the moment of the reader
DEAL = (
    "agreed_terms",
    "started_at",
    "due_at",
    "completed_at",
    "canceled_at",
    "cancel_reason",
    "conversation_id",
    "price_cents",
    "escrow_status",
    *MADE,
)
INSIDE = (
    *PUBLIC,
    *DEAL,
    "moderation_status",
    "moderation_reason",
    "moderated_at",
    "submitted_at",
    "content_version",
    "creator_card",
    "application_count",
    "pending_application_count",
    "updated_at",
)
OWN_APPLICATION = ObjectJSON(
    id="applications__id",
    status="applications__status",
    message="applications__message",
    priceQuote="applications__price_quote",
    createdAt="applications__created_at",
)
CLOCK = ObjectJSON(kind="kind", startedAt="started_at", dueAt="due_at", pausedAt="paused_at")
NOT_OF_THE_JOB = ("ANSWER_INVITATION",)  # each stands on its invitation
REVISION = ObjectJSON(version="version", submittedAt="submitted_at", content="content")


def job_page(job_id: Any, *, by: Any) -> dict[str, Any]:
    """The job as this person may see it: what is public; to the chosen creator and to one who waits for an answer also what is theirs;
    to its brand and to moderators everything but the applications. Raises NotFound.
    """
    if policies.is_moderator(by):
        return _inside(_read("MODERATOR", job_id, by))
    if policies.is_onlooker(by):
        return _read("ONLOOKER", job_id, by)
    job = _read(by.role, job_id, by)
    if by.role == User.Role.BRAND:
        return _inside(job) if job["brand_id"] == by.pk else {name: job[name] for name in PUBLIC}
    chosen = job["active_creator_id"] == by.pk
    page = {name: job[name] for name in ((*PUBLIC, *DEAL) if chosen else PUBLIC)}
    return page | ({"application": job["application"]} if job["application"] else {})


def _inside(job: Mapping[str, Any]) -> dict[str, Any]:
    return {name: job[name] for name in INSIDE} | {"pending_revision": _revision_of(job)}


# What is read for each kind of viewer; who exactly the viewer is decides what of it is shown.
STATE = ("moderation_status", "disputed_at", "clocks")
READ: dict[str, tuple[str, ...]] = {
    kind: tuple(dict.fromkeys(name for name in columns if name not in MADE))
    for kind, columns in {
        "ONLOOKER": PUBLIC,
        "MODERATOR": (*INSIDE, *STATE, "revision"),
        "BRAND": (*INSIDE, *STATE, "brand_id", "revision"),
        "CREATOR": (*PUBLIC, *DEAL, *STATE, "active_creator_id", "application"),
    }.items()
}


def _read(kind: str, job_id: Any, by: Any) -> dict[str, Any]:
    """The job for a viewer of this kind, in one query. Raises NotFound."""
    found = PAGES[kind].rows(job_id=job_id, viewer_id=by.pk)
    if not found:
        raise NotFound
    job = dict(zip(READ[kind], found[0], strict=True))
    return job | _made(job) if kind != "ONLOOKER" else job


def _made(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a party learns beside the columns: which clocks run, who has to act, whether the work is late."""
    return {"timers": [told(each) for each in job["clocks"]], "waiting_on": waiting_on(job), "is_overdue": is_overdue(job)}


def _page(kind: str, viewer: Any, job_id: Slot) -> models.QuerySet:
    mine = Job.objects.filter(pk=OuterRef("pk"), applications__creator_id=viewer.pk, applications__status__in=("PENDING", "ACCEPTED"))
    revisions = JobRevision.objects.filter(job_id=OuterRef("pk"), status="PENDING")
    clocks = Timer.objects.filter(job_id=OuterRef("pk"), ended_at=None).exclude(kind__in=NOT_OF_THE_JOB).order_by("due_at", "id")
    return (
        policies.visible_jobs(viewer)
        .filter(id=job_id)
        .annotate(
            brand_card=BRAND_CARD,
            creator_card=CREATOR_CARD,
            conversation_id=CONVERSATION,
            price_cents=F("escrow__amount_cents"),
            escrow_status=F("escrow__status"),
            application_count=_applications(),
            pending_application_count=_applications(WAITING),
            clocks=ArraySubquery(clocks.values_list(CLOCK, flat=True)),
            application=Subquery(mine.annotate(shown=OWN_APPLICATION).values("shown")[:1]),
            revision=Subquery(revisions.annotate(shown=REVISION).values("shown")[:1]),
        )
        .values_list(*READ[kind])
    )


def _prepare(kind: str, stand_in: Callable[[Any], Any]) -> Prepared:
    """The read for every viewer of this kind. Who stands for them is somebody whose id is not known yet."""
    return Prepared(lambda job_id, viewer_id: _page(kind, stand_in(viewer_id), job_id))


PAGES = {
    "ONLOOKER": _prepare("ONLOOKER", lambda _: AnonymousUser()),
    "MODERATOR": _prepare("MODERATOR", lambda pk: User(id=pk, role=User.Role.STAFF, is_superuser=True)),
    "BRAND": _prepare("BRAND", lambda pk: User(id=pk, role=User.Role.BRAND)),
    "CREATOR": _prepare("CREATOR", lambda pk: User(id=pk, role=User.Role.CREATOR)),
}


def _revision_of(job: Mapping[str, Any]) -> dict[str, Any] | None:
    """The change that waits for a moderator, field by field."""
    revision = job["revision"]
    if revision is None:
        return None
    live = {name: job[name] for name in Job.CONTENT_FIELDS}
    changes = contents.difference(live, contents.thaw(revision["content"]))
    return {"version": revision["version"], "submitted_at": revision["submittedAt"], "changes": changes}


def moderation_list(by: Any) -> Any:
    """To a moderator, every job that was ever submitted, with the change that waits, as values for `moderation_row`."""
    revisions = JobRevision.objects.filter(job_id=OuterRef("pk"), status="PENDING")
    return (
        policies.moderated_jobs(by)
        .annotate(
            brand_card=BRAND_CARD,
            moderator=F("moderated_by__staff_name"),
            revision=Subquery(revisions.annotate(shown=REVISION).values("shown")[:1]),
        )
        .values(*MODERATED)
    )


MODERATED = (
    *PUBLIC,
    "moderation_status",
    "moderation_reason",
    "moderated_at",
    "submitted_at",
    "content_version",
    "awaits_moderation",
    "moderator",
    "revision",
)
# The queue is read in the order in which it was joined; decisions are looked up newest first.
MODERATION_TABS: dict[str, tuple[Q, tuple[str, ...]]] = {
    "PENDING": (Q(awaits_moderation=True), ("submitted_at", "id")),
    "APPROVED": (Q(moderation_status="APPROVED"), ("-moderated_at", "-id")),
    "REJECTED": (Q(moderation_status="REJECTED"), ("-moderated_at", "-id")),
}


def moderation_page(job_id: Any, *, by: Any) -> dict[str, Any]:
    """One submitted job as a moderator reads it. Raises NotFound."""
    row = moderation_list(by).filter(id=job_id).first()
    if row is None:
        raise NotFound
    return moderation_row(row)


def moderation_row(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the change that waits; `content_version` is what a decision about the present text has to name."""
    revision = _revision_of(row)
    version = revision["version"] if revision else row["content_version"]
    shown = {name: value for name, value in row.items() if name != "revision"}
    return shown | {"content_version": version, "changes": revision["changes"] if revision else None}
