"""The verbs of consumers: each leaves a trail, none of them a secret.

They stand here and not in the mailbox, because the trail lies above it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext

from core.audit.steps import record
from core.base.errors import Invalid, NotFound
from core.base.policy import require
from core.consumers import errors, policies
from outbox.consumers import scopes as known
from outbox.consumers import selectors, steps, tokens
from outbox.consumers.models import Consumer
from outbox.retention import EVENT_DAYS

NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
SETTING = "OUTBOX_CONSUMER_SECRET"
FIRST = "first"  # the consumer whose token is the setting


@dataclass(frozen=True)
class Opened:
    """A consumer and its new secret, which is shown now and never again."""

    consumer: Consumer
    secret: str


@transaction.atomic
def create_consumer(*, by, name: str, scopes: Sequence[str], from_start: bool = False) -> Opened:
    """A consumer with a token pulls what happens in its scopes from now on, or everything that is kept.

    Raises Forbidden, Invalid, ConsumerExists.
    """
    require(policies.can_manage_consumers(by))
    check(name=name, scopes=scopes)
    require(not Consumer.objects.filter(name=name).exists(), errors.ConsumerExists())

    consumer = make(name=name, scopes=scopes, position=selectors.pruned_to() if from_start else selectors.head())
    secret = tokens.make()
    tokens.give(consumer, secret)
    record("CONSUMER_CREATED", consumer, by=by, after={"name": name, "scopes": list(scopes), "position": consumer.position})
    return Opened(consumer, secret)


@transaction.atomic
def rotate_consumer(name: str, *, by, overlap: timedelta = tokens.OVERLAP_MAX) -> Opened:
    """A new token opens the API for this consumer; the ones before it do so until the overlap is over, and not longer.

    Raises Forbidden, Invalid, NotFound, ConsumerRevoked.
    """
    consumer = locked(name, by=by)
    if not timedelta() <= overlap <= tokens.OVERLAP_MAX:
        raise Invalid({"overlap": [gettext("From 0 to 24 hours.")]})

    tokens.expire(consumer.tokens.all(), after=overlap)
    secret = tokens.make()
    tokens.give(consumer, secret)
    record("CONSUMER_ROTATED", consumer, by=by, after={"name": name, "overlapSeconds": int(overlap.total_seconds())})
    return Opened(consumer, secret)


@transaction.atomic
def revoke_consumer(name: str, *, by) -> Consumer:
    """No token of this consumer opens anything any more, for good, and it holds nothing back.

    Raises Forbidden, NotFound, ConsumerRevoked.
    """
    consumer = locked(name, by=by)
    tokens.expire(consumer.tokens.all(), after=timedelta())
    Consumer.objects.filter(pk=consumer.pk).update(revoked_at=Now())
    record("CONSUMER_REVOKED", consumer, by=by, after={"name": name})
    return consumer


@transaction.atomic
def pause_consumer(name: str, *, by, reason: str) -> Consumer:
    """The consumer is given nothing until it is resumed; what it holds it may still acknowledge. Twice is as good as once.

    Raises Forbidden, Invalid, NotFound, ConsumerRevoked.
    """
    consumer = locked(name, by=by)
    why = reason.strip()
    if not 3 <= len(why) <= 500:
        raise Invalid({"reason": [gettext("Say why, in 3 to 500 characters.")]})
    if consumer.paused_at is None:
        Consumer.objects.filter(pk=consumer.pk).update(paused_at=Now())
        record("CONSUMER_PAUSED", consumer, by=by, after={"name": name}, reason=why)
    return consumer


@transaction.atomic
def resume_consumer(name: str, *, by) -> Consumer:
    """The consumer goes on where it stopped. Twice is as good as once. Raises Forbidden, NotFound, ConsumerRevoked."""
    consumer = locked(name, by=by)
    if consumer.paused_at is not None:
        Consumer.objects.filter(pk=consumer.pk).update(paused_at=None)
        record("CONSUMER_RESUMED", consumer, by=by, after={"name": name})
    return consumer


@transaction.atomic
def rewind_consumer(name: str, *, by, to: int) -> int:
    """Everything after this position comes to the consumer again, whatever cursor it has. Returns the position in force.

    Raises Forbidden, Invalid, NotFound, ConsumerRevoked.
    """
    consumer = locked(name, by=by)
    if to < 0:
        raise Invalid({"to": [gettext("Give a position.")]})
    position = steps.rewind(consumer, to=to)
    record("CONSUMER_REWOUND", consumer, by=by, before={"position": consumer.position}, after={"name": name, "position": position})
    return position


@transaction.atomic
def redrive_consumer(name: str, *, by, uids: Sequence[UUID] | None = None) -> int:
    """What the consumer gave up or abandoned, all or these, comes to it again. Returns how many.

    Events that are not kept any more cannot come. Raises Forbidden, Invalid, NotFound, ConsumerRevoked.
    """
    consumer = locked(name, by=by)
    if gone := steps.not_kept(uids or []):
        named = ", ".join(str(uid) for uid in gone)
        told = gettext("Events are kept for %(days)d days, and these are not there any more: %(ids)s.")
        raise Invalid({"ids": [told % {"days": EVENT_DAYS, "ids": named}]})
    redriven = steps.redrive(consumer, uids)
    record("CONSUMER_REDRIVEN", consumer, by=by, after={"name": name, "eventCount": redriven})
    return redriven


@transaction.atomic
def ensure_first_consumer(*, by) -> Consumer | None:
    """The secret of the setting, and no former one of it, opens the API for the first consumer. What is so already costs a look.

    Without the setting its token is dead. A consumer that was revoked stays revoked, and a value that was rotated away stays away.
    Raises Forbidden.
    """
    require(policies.can_manage_consumers(by))
    secret = settings.OUTBOX_CONSUMER_SECRET
    consumer = Consumer.objects.select_for_update().filter(name=FIRST).first()
    if consumer is None and secret:
        consumer = make(name=FIRST, scopes=[known.ALL], position=selectors.pruned_to())
        record("CONSUMER_CREATED", consumer, by=by, after={"name": FIRST, "scopes": consumer.scopes, "position": consumer.position})
    if consumer is None or consumer.revoked_at:
        return consumer

    present = tokens.digest(secret) if secret else ""
    forgotten, _ = consumer.tokens.filter(is_setting=True).exclude(digest=present).delete()
    is_new = bool(secret) and not consumer.tokens.filter(digest=present).exists()
    if is_new:
        tokens.expire(consumer.tokens.all(), after=timedelta())
        tokens.give(consumer, secret, is_setting=True)
    if is_new or forgotten:
        record("CONSUMER_ROTATED", consumer, by=by, after={"name": FIRST}, reason=SETTING)
    return consumer


def make(*, name: str, scopes: Sequence[str], position: int) -> Consumer:
    """A consumer that has had everything up to this position."""
    consumer = Consumer.objects.create(name=name, scopes=list(dict.fromkeys(scopes)), position=position, reached=position)
    consumer.refresh_from_db()
    return consumer


def locked(name: str, *, by) -> Consumer:
    """The consumer, which nobody else moves meanwhile. Raises Forbidden, NotFound, ConsumerRevoked."""
    require(policies.can_manage_consumers(by))
    consumer = Consumer.objects.select_for_update(no_key=True).filter(name=name).first()
    if consumer is None:
        raise NotFound
    require(consumer.revoked_at is None, errors.ConsumerRevoked())
    return consumer


def check(*, name: str, scopes: Sequence[str]) -> None:
    """Nothing happens when a consumer can be called so and see this. Raises Invalid."""
    wrong: dict[str, list[str]] = {}
    if not NAME.fullmatch(name):
        wrong["name"] = [gettext("2 to 40 small letters, digits and hyphens, beginning with a letter.")]
    if not scopes or (strange := known.unknown(scopes)):
        named = ", ".join(strange) if scopes else "–"
        wrong["scopes"] = [gettext("No event is called so: {names}.").format(names=named)]
    if wrong:
        raise Invalid(wrong)


__all__ = [
    "FIRST",
    "Opened",
    "create_consumer",
    "ensure_first_consumer",
    "pause_consumer",
    "redrive_consumer",
    "resume_consumer",
    "revoke_consumer",
    "rewind_consumer",
    "rotate_consumer",
]
