"""Reads about invitations: those that a creator has, and those that a brand has sent."""

from typing import Any

from django.db.models import Case, OuterRef, Subquery, When

from core.base.errors import NotFound
from core.base.models import QuerySet
from core.base.prepared import Prepared
from core.base.shapes import RowJSON
from core.hiring import policies
from core.hiring.models import Application
from core.hiring.selectors import BRAND_CARD, CONVERSATION, CREATOR_CARD, JOB_CARD
from core.people.models import User

_APPLICATION = Subquery(Application.objects.filter(job_id=OuterRef("job_id"), creator_id=OuterRef("creator_id")).values("id")[:1])
_ITSELF = {
    "id": "id",
    "jobId": "job_id",
    "status": "status",
    "message": "message",
    "sentAt": "sent_at",
    "dueAt": Case(When(status="SENT", then="expires_at")),
    "respondedAt": "responded_at",
    "resentCount": "resent_count",
    "applicationId": _APPLICATION,
    "conversationId": CONVERSATION,
}
ROWS = {
    User.Role.CREATOR: RowJSON(**_ITSELF, job=JOB_CARD, brand=BRAND_CARD),
    User.Role.BRAND: RowJSON(**_ITSELF, job=JOB_CARD, creator=CREATOR_CARD),
}


def own_invitations(by: User) -> QuerySet:
    """To a creator those received, with the brand; to a brand those sent, with the creator. Each is a row of JSON."""
    return policies.visible_invitations(by).annotate(row=ROWS[User.Role(by.role)])


def invitation_page(invitation_id: Any, *, by: User) -> str:
    """One of them, as JSON. Raises NotFound."""
    page = PAGES.get(by.role)
    found = page.rows(invitation_id=invitation_id, viewer_id=by.pk) if page else None
    if not found:
        raise NotFound
    return found[0][0]


def _page(role: User.Role) -> Prepared:
    """The read for everybody of this role. Who stands for them is somebody whose id is not known yet."""
    return Prepared(
        lambda invitation_id, viewer_id: (
            policies.visible_invitations(User(id=viewer_id, role=role)).filter(id=invitation_id).annotate(row=ROWS[role]).values_list("row")
        )
    )


PAGES = {role: _page(role) for role in ROWS}
