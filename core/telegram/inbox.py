"""The inbox for what comes from Telegram: each update is worked once, and what it is answered with is kept until it is sent.

Core does not know the commands. Whoever does registers when the application starts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Min, Q

from core.base import clock
from core.telegram.models import TelegramUpdate

log = structlog.get_logger("core.telegram")

HELP_REST = timedelta(minutes=1)
KEPT = timedelta(days=2)  # Telegram brings an update for a day
OWED = timedelta(minutes=10)  # nobody waits longer for an answer

CROWD_MAX, CROWD_WINDOW = 20, timedelta(minutes=1)  # updates of one chat that are worked

Update = Mapping[str, Any]  # of the Bot API
Reply = dict[str, Any]  # a call of the Bot API: its `method`, and what it takes

# An update that came meanwhile waits for the lock, and finds nothing owed: it wakes somebody of its own.
TAKE = """
    WITH taken AS (
        UPDATE core_telegramupdate done SET answered_at = %s, replies = '[]'
        FROM (SELECT update_id, replies FROM core_telegramupdate WHERE chat_id = %s AND answered_at IS NULL FOR UPDATE) AS owed
        WHERE done.update_id = owed.update_id
        RETURNING owed.update_id, owed.replies, done.received_at
    )
    SELECT replies FROM taken WHERE received_at > %s ORDER BY update_id
"""
ENTER = """
    INSERT INTO core_telegramupdate (update_id, chat_id, is_surplus, replies, received_at) VALUES (%s, %s, %s, '[]', %s)
    ON CONFLICT DO NOTHING
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class Came(Enum):
    """What became of an update."""

    WORKED = "WORKED"
    REFUSED = "REFUSED"  # in words, which are owed now
    IN_VAIN = "IN_VAIN"  # it had come before, or its chat was told already


@dataclass
class Desk:
    """Who works an update, who says that there are too many of them, which chat one is from, and who is woken to send the answers."""

    handle: Callable[[Update], list[Reply]] | None = None
    refuse: Callable[[Update], list[Reply]] | None = None
    chat_of: Callable[[Update], int | None] = lambda _update: None
    wake: Callable[[int], None] | None = None

    def attend(
        self,
        *,
        handle: Callable[[Update], list[Reply]],
        refuse: Callable[[Update], list[Reply]],
        chat_of: Callable[[Update], int | None],
        wake: Callable[[int], None],
    ) -> None:
        """From now on updates are worked."""
        self.handle, self.refuse, self.chat_of, self.wake = handle, refuse, chat_of, wake


DESK = Desk()


@transaction.atomic
def receive_update(update: Update) -> bool:
    """The update is worked, in this transaction, and its answers wait for `take_replies`.

    Returns False when it was worked before, or when its chat has had its share of this minute: the first one of those is answered in
    words, and of the others nothing is left. One that cannot be worked is logged and counts as worked: it would fail for ever. Raises
    OperationalError and InterfaceError, when it is the database that does not work: then it may come again.
    """
    return _receive(update) is Came.WORKED


def _receive(update: Update) -> "Came":
    update_id, chat_id = update["update_id"], DESK.chat_of(update)
    worked, was_told = _crowd(chat_id) if chat_id is not None else (0, False)
    is_surplus = worked >= CROWD_MAX
    if is_surplus and was_told:
        return Came.IN_VAIN
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [update_id, chat_id, is_surplus, clock.now()])
        if not cursor.rowcount:
            return Came.IN_VAIN
    replies = _worked(update, DESK.refuse if is_surplus else DESK.handle)
    answered_at = None if replies else clock.now()
    TelegramUpdate.objects.filter(update_id=update_id).update(replies=replies, answered_at=answered_at)
    return Came.REFUSED if is_surplus else Came.WORKED


def _crowd(chat_id: int) -> tuple[int, bool]:
    """How many updates of this chat were worked within a minute, and whether it was told to slow down. Updates of one chat queue here."""
    _lock(chat_id)
    recent = TelegramUpdate.objects.filter(chat_id=chat_id, received_at__gt=clock.now() - CROWD_WINDOW)
    counts = recent.aggregate(worked=Count("update_id", filter=Q(is_surplus=False)), told=Count("update_id", filter=Q(is_surplus=True)))
    return counts["worked"], counts["told"] > 0


def _lock(chat_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"telegram-chat:{chat_id}"])


def _worked(update: Update, work: Callable[[Update], list[Reply]] | None) -> list[Reply]:
    assert work is not None
    try:
        with transaction.atomic():
            return work(update)
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
def accept_update(update: Update) -> bool:
    """The same for an update that was brought to us: whoever sends the answers is woken after the commit, once for all that waits."""
    came, chat_id = _receive(update), DESK.chat_of(update)
    if came is not Came.IN_VAIN and chat_id is not None and DESK.wake is not None and _owed(chat_id) == [update["update_id"]]:
        transaction.on_commit(partial(DESK.wake, chat_id), robust=True)
    return came is Came.WORKED


def _owed(chat_id: int) -> list[int]:
    """The updates of this chat that wait for their answers: one at most, and somebody is woken; more, and somebody has been."""
    waiting = TelegramUpdate.objects.filter(chat_id=chat_id, answered_at=None, received_at__gt=clock.now() - OWED)
    return list(waiting.order_by("update_id").values_list("update_id", flat=True)[:2])


def owes(chat_id: int) -> bool:
    """Whether anything waits to be said to this chat."""
    return bool(_owed(chat_id))


@transaction.atomic
def take_replies(chat_id: int) -> list[Reply]:
    """The answers that this chat is still owed, in the order of its updates; whoever has taken them sends them, and nobody else does.

    What nobody waits for any more is dropped.
    """
    _lock(chat_id)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [now, chat_id, now - OWED])
        return [reply for (replies,) in cursor.fetchall() for reply in json.loads(replies)]


def owing() -> list[int]:
    """The chats that have waited for an answer longer than a wake-up takes, and not too long; who has waited longest comes first."""
    now = clock.now()
    waiting = TelegramUpdate.objects.filter(answered_at=None, received_at__range=(now - OWED, now - timedelta(seconds=30)))
    chats = waiting.filter(chat_id__isnull=False).values("chat_id").annotate(oldest=Min("update_id"))
    return [chat_id for chat_id in chats.order_by("oldest").values_list("chat_id", flat=True) if chat_id is not None]
