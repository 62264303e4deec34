"""Reads about invitations: those that a creator has, and those that a brand has sent."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value, When

from core.base.errors import NotFound
from core.base.models import QuerySet
from core.base.policy import actions
from core.base.prepared import Prepared
from core.base.shapes import ObjectJSON, RowJSON
from core.hiring import policies
from core.hiring.invitations.judgements import Accepting, Sending, judge_ending
from core.hiring.invitations.steps import CLOCK
from core.hiring.models import Application, Invitation
from core.hiring.selectors import BRAND_CARD, CONVERSATION, CREATOR_CARD, JOB_CARD
from core.people.models import BrandProfile, CreatorProfile, PortfolioItem, User
from core.people.policies import contact_blocks
from core.timers.models import Timer
from core.timers.selectors import told

CREATOR, BRAND = User.Role.CREATOR, User.Role.BRAND
_APPLICATIONS = Application.objects.filter(job_id=OuterRef("job_id"), creator_id=OuterRef("creator_id"))
_ITSELF = {
    "id": "id",
    "jobId": "job_id",
    "status": "status",
    "message": "message",
    "sentAt": "sent_at",
    "dueAt": Case(When(status="SENT", then="expires_at")),
    "respondedAt": "responded_at",
    "resentCount": "resent_count",
    "applicationId": Subquery(_APPLICATIONS.values("id")[:1]),
    "conversationId": CONVERSATION,
    "waitingOn": Case(When(status="SENT", then=Value("CREATOR"))),
    "job": JOB_CARD,
}
ROWS: dict[str, dict[str, Any]] = {
    CREATOR: _ITSELF | {"brand": BRAND_CARD},
    BRAND: _ITSELF | {"creator": CREATOR_CARD, "againAt": Case(When(status__in=["SENT", "CANCELED", "EXPIRED"], then="again_at"))},
}


def own_invitations(by: User) -> QuerySet:
    """To a creator those received, with the brand; to a brand those sent, with the creator. Each is a row of JSON."""
    return policies.visible_invitations(by).annotate(row=RowJSON(**ROWS[by.role]))


def invitation_page(invitation_id: Any, *, by: User) -> dict[str, Any]:
    """One of them, with its clock and with what this person may do now. Raises NotFound."""
    page = PAGES.get(by.role)
    found = page.rows(invitation_id=invitation_id, viewer_id=by.pk) if page else None
    if not found:
        raise NotFound
    row, clocks, *values = found[0]
    facts = dict(zip(FACTS[by.role], values, strict=True))
    possible = _actions_of_creator(facts) if by.role == CREATOR else _actions_of_brand(facts)
    return row | {"timers": [told(each) for each in clocks], "actions": possible}


# What decides what may be done: see core.hiring.invitations.judgements.
_MAY_MEET = ExpressionWrapper(~Exists(contact_blocks(OuterRef("brand_id"), OuterRef("creator_id"))), output_field=BooleanField())
_IN_CATALOGUE = ExpressionWrapper(
    Q(creator__creator_profile__is_listed=True, creator__is_active=True, creator__blocked_at__isnull=True), output_field=BooleanField()
)
_FACTS = {"status": "status", "is_live": "job__is_live", "application": Subquery(_APPLICATIONS.values("status")[:1]), "may_meet": _MAY_MEET}
FACTS: dict[str, dict[str, Any]] = {
    CREATOR: _FACTS
    | {
        "has_works": Exists(PortfolioItem.objects.filter(creator__user_id=OuterRef("creator_id"))),
        "verification_status": "creator__creator_profile__verification_status",
        "display_name": "creator__creator_profile__display_name",
        "bio": "creator__creator_profile__bio",
        "platforms": "creator__creator_profile__platforms",
        "price_per_video": "creator__creator_profile__price_per_video",
    },
    BRAND: _FACTS
    | {
        "in_catalogue": _IN_CATALOGUE,
        "chosen_id": "job__active_creator_id",
        "again_at": "again_at",
        "company_name": "brand__brand_profile__company_name",
        "description": "brand__brand_profile__description",
        "website": "brand__brand_profile__website",
    },
}


def _actions_of_creator(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    profile = ("verification_status", "display_name", "bio", "platforms", "price_per_video")
    accepting = Accepting(
        status=facts["status"],
        creator=CreatorProfile(**{name: facts[name] for name in profile}),
        has_works=facts["has_works"],
        is_live=facts["is_live"],
        may_meet=facts["may_meet"],
        application=facts["application"],
    )
    return actions(ACCEPT=accepting.judge, DECLINE=lambda: judge_ending(facts["status"]))


def _actions_of_brand(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    sending = Sending(
        brand=BrandProfile(**{name: facts[name] for name in ("company_name", "description", "website")}),
        is_live=facts["is_live"],
        is_taken=facts["chosen_id"] is not None,
        is_available=facts["in_catalogue"] and facts["may_meet"],
        application=facts["application"],
        status=facts["status"],
        again_at=facts["again_at"],
    )
    return actions(WITHDRAW=lambda: judge_ending(facts["status"]), RESEND=sending.judge)


def _page(role: str) -> Prepared:
    """The read for everybody of this role. Who stands for them is somebody whose id is not known yet."""
    clock = ObjectJSON(kind="kind", startedAt="started_at", dueAt="due_at", pausedAt="paused_at")
    running = Timer.objects.filter(subject_id=OuterRef("pk"), kind=CLOCK, ended_at=None)

    def build(invitation_id: Any, viewer_id: Any) -> Any:
        own = policies.visible_invitations(User(id=viewer_id, role=role)).filter(id=invitation_id)
        return own.values_list(ObjectJSON(**ROWS[role]), ArraySubquery(running.values_list(clock, flat=True)), *FACTS[role].values())

    return Prepared(build)


PAGES = {role: _page(role) for role in ROWS}


def waiting_invitations(pairs: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Invitation]:
    """The invitations of these creators to these jobs that wait for an answer, by creator and job."""
    creators, jobs = {creator for creator, _job in pairs}, {job for _creator, job in pairs}
    found = Invitation.objects.filter(creator__in=creators, job__in=jobs, status=Invitation.Status.SENT)
    return {(each.creator_id, each.job_id): each for each in found.only("creator_id", "job_id", "expires_at")}
