"""The inbox for what comes from Telegram: each update is worked once, and what it is answered with is kept until it is sent.

Core does not know the commands. Whoever does registers when the application starts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from core.base import clock
from core.telegram.models import TelegramUpdate

log = structlog.get_logger("core.telegram")

HELP_REST = timedelta(minutes=1)
KEPT = timedelta(days=2)  # Telegram brings an update for a day
OWED = timedelta(minutes=10)  # nobody waits longer for an answer

Reply = dict[str, Any]  # a call of the Bot API: its `method`, and what it takes

TAKE = """
    UPDATE core_telegramupdate done SET answered_at = %s, replies = '[]'
    FROM (SELECT update_id, replies FROM core_telegramupdate WHERE update_id = %s AND answered_at IS NULL FOR UPDATE SKIP LOCKED) AS owed
    WHERE done.update_id = owed.update_id
    RETURNING owed.replies
"""
ENTER = "INSERT INTO core_telegramupdate (update_id, replies, received_at) VALUES (%s, '[]', %s) ON CONFLICT DO NOTHING"


@dataclass
class Desk:
    """Who works an update, and who is woken to send what it is answered with."""

    handle: Callable[[Mapping[str, Any]], list[Reply]] | None = None
    wake: Callable[[int], None] | None = None

    def attend(self, *, handle: Callable[[Mapping[str, Any]], list[Reply]], wake: Callable[[int], None]) -> None:
        """From now on updates are worked."""
        self.handle, self.wake = handle, wake


DESK = Desk()


@transaction.atomic
def receive_update(update: Mapping[str, Any]) -> bool:
    """The update is worked, in this transaction, and its answers wait for `take_replies`. Returns False when it was worked before.

    One that cannot be worked is logged and counts as worked: it would fail for ever. Raises OperationalError and InterfaceError, when
    it is the database that does not work: then it may come again.
    """
    update_id = update["update_id"]
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [update_id, clock.now()])
        if not cursor.rowcount:
            return False
    replies = _worked(update)
    answered_at = None if replies else clock.now()
    TelegramUpdate.objects.filter(update_id=update_id).update(replies=replies, answered_at=answered_at)
    return True


def _worked(update: Mapping[str, Any]) -> list[Reply]:
    assert DESK.handle is not None
    try:
        with transaction.atomic():
            return DESK.handle(update)
    except (OperationalError, InterfaceError):
        raise
    except Exception as defect:  # an update that we cannot work must not stop the others
        log.exception("telegram_update_failed", error=type(defect).__name__)
        return []


def may_help(update_id: int, chat_id: int) -> bool:
    """Whether this update may be answered with a short help: one a minute for a chat. It is noted when so."""
    recent = TelegramUpdate.objects.filter(helped_chat_id=chat_id, received_at__gt=clock.now() - HELP_REST)
    if recent.exists():
        return False
    TelegramUpdate.objects.filter(update_id=update_id).update(helped_chat_id=chat_id)
    return True


@transaction.atomic
def accept_update(update: Mapping[str, Any]) -> bool:
    """The same for an update that was brought to us: whoever sends the answers is woken after the commit."""
    is_new = receive_update(update)
    if is_new and DESK.wake is not None:
        wake, update_id = DESK.wake, update["update_id"]
        transaction.on_commit(lambda: wake(update_id), robust=True)
    return is_new


@transaction.atomic
def take_replies(update_id: int) -> list[Reply]:
    """The answers that this update still owes; whoever has taken them sends them, and nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [clock.now(), update_id])
        owed = cursor.fetchone()
    return json.loads(owed[0]) if owed else []


def owing() -> list[int]:
    """The updates that have waited for their answers longer than a wake-up takes, and not too long."""
    now = clock.now()
    waiting = TelegramUpdate.objects.filter(answered_at=None, received_at__range=(now - OWED, now - timedelta(seconds=30)))
    return list(waiting.order_by("update_id").values_list("update_id", flat=True))
