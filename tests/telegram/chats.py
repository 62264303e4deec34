"""People with a chat, what they are told, and the carrier that tells them: for tests that commit."""

import dataclasses
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from core.notifications.models import Notification
from core.notifications.steps import notify
from core.people.models import User
from core.telegram.models import TelegramAccount
from core.telegram.services import confirm_binding, request_code
from outbox.channels import CHANNELS, TELEGRAM, register
from outbox.models import Attempt, Delivery
from tests.outbox.parcels import forget_parcels

_chat_ids = itertools.count(500_000_001)
CRITICAL, PLAIN = "BALANCE_ADJUSTED", "JOB_ALERT_MATCHED"
MONEY = {"amount_cents": 123_456, "currency": "RUB", "reason": "A correction"}


def bound(person: User) -> TelegramAccount:
    """This person's new chat with the bot."""
    _code, secret = request_code(by=person)
    return confirm_binding(code=secret, telegram_user_id=next(_chat_ids))


def told(person: User, type: str = CRITICAL, **facts: Any) -> Delivery:
    """The person has a new notice, which is on its way."""
    with transaction.atomic():
        notify([person], type, facts=(MONEY if type == CRITICAL else {"job_id": "1", "title": "A job", "name": "A search"}) | facts)
    return parcel_of(Notification.objects.filter(user=person, type=type).latest("id"))


def parcel_of(notice: Notification) -> Delivery:
    """What carries the notice to Telegram."""
    return Delivery.objects.get(channel=TELEGRAM, letter_id=notice.id)


def again(row: Delivery) -> Delivery:
    """The row as it is now."""
    return Delivery.objects.get(id=row.id)


def due_now(*rows: Delivery) -> None:
    """Their waits are over, and so are those of the channel and its chats."""
    Delivery.objects.filter(id__in=[row.id for row in rows]).update(next_at="2000-01-01T00:00:00Z")
    nobody_rests()


def nobody_rests() -> None:
    """No pace and no rest is left of what was before."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_pace WHERE name LIKE 'TELEGRAM%'")
        cursor.execute("DELETE FROM outbox_channel WHERE name = 'TELEGRAM'")


def attempts_of(row: Delivery) -> list[tuple[str, str, int | None]]:
    """What came of each try."""
    return list(Attempt.objects.filter(delivery=row).order_by("id").values_list("outcome", "code", "status"))


@contextmanager
def pace(**changes: Any) -> Iterator[None]:
    """The channel has these limits meanwhile."""
    before = CHANNELS[TELEGRAM]
    register(dataclasses.replace(before, **changes))
    try:
        yield
    finally:
        register(before)


def empty_mailbox() -> None:
    """Nothing waits for Telegram, and nothing is known of what went there."""
    forget_parcels(channel=TELEGRAM)
    nobody_rests()
