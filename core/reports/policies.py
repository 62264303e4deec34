"""What a person may report: what that person sees, and nothing else. Moderators alone see reports."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.base.models import QuerySet
from core.chat.models import Conversation, Message
from core.chat.policies import own_conversations
from core.deals.reviews.policies import shown_reviews
from core.hiring.models import Application
from core.jobs.policies import visible_jobs
from core.people.models import User
from core.people.policies import contacts, staff_can, visible_brands, visible_creators
from core.reports.models import Report

Subject = Report.Subject


def is_moderator(user: Any) -> bool:
    """Whether this person decides about reports."""
    return staff_can(user, "moderator")


def moderated_reports(user: Any) -> QuerySet:
    """Every report, for moderators."""
    return Report.objects.all() if is_moderator(user) else Report.objects.none()


def known_people(user: Any) -> QuerySet:
    """Whose page this person may open, with whom there is a conversation, and who offered them a job or to do one."""
    return contacts().filter(
        Exists(visible_brands(user).filter(user=OuterRef("pk")))
        | Exists(visible_creators(user).filter(user=OuterRef("pk")))
        | Exists(Conversation.objects.filter(Q(brand=user, creator=OuterRef("pk")) | Q(creator=user, brand=OuterRef("pk"))))
        | Exists(Application.objects.filter(job__brand=user, creator=OuterRef("pk")))
    )


def seen_messages(user: Any) -> QuerySet:
    """What people wrote in this person's conversations."""
    return Message.objects.filter(kind=Message.Kind.USER, conversation__in=own_conversations(user))


def seen_reviews(_user: Any) -> QuerySet:
    """What everybody may read."""
    return shown_reviews()


# The things of each kind that a person sees, and the column of whoever stands behind one.
SEEN: dict[str, tuple[Callable[[Any], QuerySet], str]] = {
    Subject.PERSON: (known_people, "id"),
    Subject.JOB: (visible_jobs, "brand_id"),
    Subject.MESSAGE: (seen_messages, "sender_id"),
    Subject.REVIEW: (seen_reviews, "author_id"),
}


def reported_by(subject_type: str, subject_id: Any, user: User) -> Any:
    """The id of whoever stands behind the thing, when this person sees it. Raises NotFound."""
    seen, column = SEEN[subject_type]
    return getattr(seen(user).only("id", column).find(id=subject_id), column)
