"""How a verb tells people."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model

from core.notifications.models import Notification
from core.notifications.registry import KINDS


def notify(people: Iterable[Any], type: str, *, job=None, facts: dict[str, Any] | None = None) -> None:
    """Each of these people (users or their ids) has one new notice of this type, in one statement.

    The job's title and id are added to the facts. Facts are names, amounts and reasons: nothing secret.
    Raises KeyError when the text would have a hole: a defect of the verb that tells.
    """
    kind = KINDS[type]
    known = dict(facts or {})
    if job is not None:
        known |= {"job_id": str(job.pk), "title": job.title}
    if missing := kind.needs() - known.keys():
        raise KeyError(f"{type} needs the facts {sorted(missing)}")
    href = kind.href.format_map(known)
    ids = {getattr(person, "pk", person) for person in people}
    Notification.objects.bulk_create(
        Notification(user_id=person, type=type, category=kind.category, facts=known, href=href, job=job) for person in sorted(ids, key=str)
    )


def notify_staff(capability: str, type: str, *, job=None, facts: dict[str, Any] | None = None) -> None:
    """Everybody on duty with this capability has the notice."""
    on_duty = get_user_model().objects.on_duty(capability)
    notify(on_duty.values_list("id", flat=True), type, job=job, facts=facts)
