"""Verbs on notices. Reading is nobody else's business: it leaves no audit row, notice or event."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core.base import clock
from core.notifications import policies
from core.notifications.models import Notification


@transaction.atomic
def mark_read(notification_id: UUID | str, *, by: Any) -> Notification:
    """The notice is read, since the first time. Raises NotFound for somebody else's."""
    notification = policies.visible_notifications(by).lock(id=notification_id)
    if notification.read_at is None:
        notification.read_at = clock.now()
        notification.store("read_at")
    return notification


@transaction.atomic
def mark_all_read(*, by: Any, up_to_id: UUID | str | None = None) -> int:
    """One's own notices are read, up to this one when it is given: what came later stays new. Returns how many became read.

    Raises NotFound when `up_to_id` is somebody else's.
    """
    unread = policies.visible_notifications(by).filter(read_at=None)
    if up_to_id is not None:
        last = policies.visible_notifications(by).find(id=up_to_id)
        unread = unread.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lte=last.id))
    now = clock.now()
    return unread.update(read_at=now, updated_at=now)
