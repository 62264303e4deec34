"""How a verb tells people."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from core.notifications.models import Notification
from core.notifications.registry import KINDS


@dataclasses.dataclass(frozen=True)
class Notice:
    """One notice to some people (users or their ids), not yet written."""

    people: Iterable[Any]
    type: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def notify(people: Iterable[Any], type: str, *, job=None, facts: Mapping[str, Any] | None = None) -> None:
    """Each of these people has one new notice of this type.

    The job's title and id are added to the facts. Facts are names, amounts and reasons: nothing secret.
    Raises KeyError when the text would have a hole: a defect of the verb that tells.
    """
    notify_all([Notice(people, type, facts or {})], job=job)


def notify_all(notices: Iterable[Notice], *, job=None) -> None:
    """Everybody has the notices meant for them, in this order, by one statement. Raises KeyError as `notify` does."""
    Notification.objects.bulk_create([row for notice in notices for row in _rows(notice, job)])


def _rows(notice: Notice, job) -> list[Notification]:
    """A row for each person, not yet stored."""
    kind = KINDS[notice.type]
    facts = dict(notice.facts)
    if job is not None:
        facts |= {"job_id": str(job.pk), "title": job.title}
    if missing := kind.needs() - facts.keys():
        raise KeyError(f"{notice.type} needs the facts {sorted(missing)}")
    href = kind.href.format_map(facts)
    ids = {getattr(person, "pk", person) for person in notice.people}
    return [
        Notification(user_id=person, type=notice.type, category=kind.category, facts=facts, href=href, job=job)
        for person in sorted(ids, key=str)
    ]


def notify_staff(capability: str, type: str, *, job=None, facts: dict[str, Any] | None = None) -> None:
    """Everybody on duty with this capability has the notice."""
    on_duty = get_user_model().objects.on_duty(capability)
    notify(on_duty.values_list("id", flat=True), type, job=job, facts=facts)
