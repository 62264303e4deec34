"""Buttons under messages: what Telegram hands back is an id of ours, which the person it was made for may use once."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from core.base import clock
from core.base.policy import require
from core.people.models import User
from core.telegram import errors, policies
from core.telegram.models import ButtonToken

# A living button for the same question is shown again: a message that is sent twice has the same buttons.
OFFER = """
    INSERT INTO core_buttontoken (id, user_id, action, subject_id, created_at, expires_at)
    SELECT wanted.id, wanted.user_id, wanted.action, wanted.subject_id, %(now)s, wanted.expires_at
    FROM unnest(%(ids)s::uuid[], %(people)s::uuid[], %(actions)s::text[], %(subjects)s::uuid[], %(ends)s::timestamptz[])
        AS wanted (id, user_id, action, subject_id, expires_at)
    ORDER BY wanted.user_id, wanted.action, wanted.subject_id
    ON CONFLICT (user_id, action, subject_id) WHERE used_at IS NULL DO UPDATE SET expires_at = excluded.expires_at
    RETURNING user_id, action, subject_id, id
"""


CALLBACK = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Button:
    """What one person may do with one thing, and until when."""

    user_id: UUID
    action: str
    subject_id: UUID
    expires_at: datetime


def offer_buttons(wanted: Iterable[Button]) -> dict[tuple[UUID, str, UUID], UUID]:
    """Each of these buttons works, by the id that stands here under (person, action, subject)."""
    rows = {(one.user_id, str(one.action), one.subject_id): one.expires_at for one in wanted}
    if not rows:
        return {}
    people, actions, subjects = zip(*rows, strict=True)
    values: dict[str, Any] = {
        "now": clock.now(),
        "ids": [uuid4() for _ in rows],
        "people": list(people),
        "actions": list(actions),
        "subjects": list(subjects),
        "ends": list(rows.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(OFFER, values)
        return {(person, action, subject): button_id for person, action, subject, button_id in cursor.fetchall()}


def callback_of(button_id: UUID) -> str:
    """What Telegram is given for this button: its id, 36 of the 64 bytes that it takes."""
    return str(button_id)


def button_in(callback: str) -> UUID | None:
    """The button that Telegram hands back, or None when this is none of ours."""
    return UUID(callback) if CALLBACK.fullmatch(callback) else None


@transaction.atomic
def press_button(button_id: Any, *, by: User, act: Callable[[ButtonToken], Any]) -> ButtonToken:
    """What the button stands for is done, once, and the others of the same question do nothing any more.

    `act` calls the verb. When that refuses, nothing has happened: the button still works. Raises ButtonUnknown, ButtonUsed, ButtonExpired.
    """
    User.objects.lock(id=by.id)  # first, as everywhere: unlinking locks the person and then uses their buttons up
    button = policies.own_buttons(by).lock_any(id=button_id)
    if button is None:
        raise errors.ButtonUnknown
    require(button.used_at is None, errors.ButtonUsed())
    require(button.expires_at > clock.now(), errors.ButtonExpired())
    policies.own_buttons(by).filter(subject_id=button.subject_id, used_at=None).update(used_at=clock.now())
    act(button)
    return button
