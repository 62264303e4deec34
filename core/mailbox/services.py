"""Verbs on parcels. Each works on the rows; the carrier finds what they leave. Their clock is the database's, as the carrier's is."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base.errors import Invalid, NotFound
from core.base.policy import require
from core.mailbox import policies
from core.mailbox.errors import DeliveryTwiceOut, DeliveryWrongState
from core.mailbox.statements import PREVIEW, REPLAY
from outbox import again, wake
from outbox.channels import WEBHOOK
from outbox.fates import COPIES_MAX
from outbox.models import Channel, Delivery

State = Delivery.State
ENDED = (State.DEAD, State.SKIPPED, State.UNCERTAIN)
SKIPPABLE = (State.PENDING, State.HELD, State.DEAD, State.UNCERTAIN)
RANGE_MAX = 100_000
PER_SECOND_MAX = 1_000


@dataclass(frozen=True)
class Range:
    """Which parcels: of one channel, written in this time, and of these kinds, states and recipient where they are named."""

    channel: str
    since: datetime
    until: datetime
    states: tuple[str, ...] = (State.DEAD,)
    type: str = ""
    recipient_id: Any = None


@dataclass(frozen=True)
class Line:
    """One line of a preview: so many parcels of this type and state, and what a replay would do with them."""

    type: str
    state: str
    would: str  # SEND, or why not: TWICE_OUT
    count: int


@transaction.atomic
def retry_delivery(delivery_id: int, *, by: Any) -> Delivery:
    """The parcel that had ended without arriving goes out again soon, as if it had never failed.

    Raises NotFound, Forbidden, DeliveryWrongState, DeliveryTwiceOut.
    """
    require(policies.can_help(by))
    delivery = _locked(delivery_id)
    require(delivery.state in ENDED, DeliveryWrongState())
    require(delivery.channel == WEBHOOK or delivery.copies < COPIES_MAX, DeliveryTwiceOut())

    before = delivery.state
    again.send_once_more(delivery.id, states=ENDED, reason="RETRIED")
    delivery.refresh_from_db()
    wake.after_commit()
    record("DELIVERY_RETRIED", delivery, by=by, before={"state": before}, after={"state": delivery.state})
    return delivery


@transaction.atomic
def skip_delivery(delivery_id: int, *, by: Any, reason: str) -> Delivery:
    """The parcel is given up, and what waited behind it goes on. Raises NotFound, Forbidden, DeliveryWrongState, Invalid."""
    require(policies.can_carry(by))
    delivery = _locked(delivery_id)
    require(delivery.state in SKIPPABLE, DeliveryWrongState())
    why = _reason(reason)

    before = delivery.state
    Delivery.objects.filter(id=delivery.id).update(state=State.SKIPPED, reason="STAFF", settled_at=_database_now())
    delivery.refresh_from_db()
    record("DELIVERY_SKIPPED", delivery, by=by, before={"state": before}, after={"state": delivery.state}, reason=why)
    wake.after_commit()
    return delivery


def preview_replay(which: Range, *, by: Any) -> list[Line]:
    """What a replay of this range would do, without doing any of it. Raises Forbidden, Invalid."""
    require(policies.can_carry(by))
    _judge(which)
    with connection.cursor() as cursor:
        cursor.execute(PREVIEW, _values(which))
        return [Line(*row) for row in cursor.fetchall()]


@transaction.atomic
def replay_deliveries(which: Range, *, by: Any, reason: str, per_second: int = 10) -> int:
    """The parcels of this range go out again, so many a second, the oldest first. Returns how many.

    Their names stay the same, so that a receiver who knows one recognises it. Done twice, the second finds nothing left to do.
    Raises Forbidden, Invalid.
    """
    require(policies.can_carry(by))
    _judge(which)
    why = _reason(reason)
    if not 1 <= per_second <= PER_SECOND_MAX:
        raise Invalid({"perSecond": [_("Give a number from 1 to {most}.").format(most=PER_SECOND_MAX)]})

    with connection.cursor() as cursor:
        cursor.execute(REPLAY, _values(which) | {"per_second": per_second})
        count = cursor.fetchone()[0]
    said = {name: list(value) if name == "states" else str(value) for name, value in asdict(which).items() if value}
    after = said | {"count": count, "perSecond": per_second}
    channel, _made = Channel.objects.get_or_create(name=which.channel)
    record("DELIVERIES_REPLAYED", channel, by=by, after=after, reason=why)
    wake.after_commit()
    return count


@transaction.atomic
def pause_channel(name: str, *, by: Any, reason: str) -> Channel:
    """Nothing leaves by this channel until somebody lets it; what comes meanwhile waits. Raises Forbidden, Invalid."""
    return _switch(name, is_paused=True, action="CHANNEL_PAUSED", by=by, reason=_reason(reason))


@transaction.atomic
def resume_channel(name: str, *, by: Any) -> Channel:
    """The channel carries again, at once, also when it had rested because of a fault. Raises Forbidden."""
    return _switch(name, is_paused=False, action="CHANNEL_RESUMED", by=by, reason="")


def _switch(name: str, *, is_paused: bool, action: str, by: Any, reason: str) -> Channel:
    require(policies.can_carry(by))
    Channel.objects.get_or_create(name=name)
    channel = Channel.objects.select_for_update(no_key=True).get(name=name)
    before = channel.is_paused
    channel.is_paused, channel.rests_until, channel.reason = is_paused, None, "STAFF" if is_paused else ""
    channel.save(update_fields=["is_paused", "rests_until", "reason"])
    record(action, channel, by=by, before={"isPaused": before}, after={"isPaused": is_paused}, reason=reason)
    wake.after_commit()
    return channel


def _locked(delivery_id: int) -> Delivery:
    delivery = Delivery.objects.select_for_update(no_key=True).filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound
    return delivery


def _judge(which: Range) -> None:
    """Nothing happens when such a range can be replayed. What has arrived is repeated only to machines, which recognise it."""
    allowed = {*ENDED, State.SENT} if which.channel == WEBHOOK else set(ENDED)
    if unknown := set(which.states) - allowed:
        raise Invalid({"states": [_("Cannot be sent again: {states}.").format(states=", ".join(sorted(unknown)))]})
    if which.since >= which.until:
        raise Invalid({"until": [_("The end lies after the beginning.")]})


def _reason(reason: str) -> str:
    said = reason.strip()
    if not 3 <= len(said) <= 500:
        raise Invalid({"reason": [_("Say why, in 3 to 500 characters.")]})
    return said


def _values(which: Range) -> dict[str, Any]:
    return {
        "channel": which.channel,
        "since": which.since,
        "until": which.until,
        "states": list(which.states),
        "type": which.type,
        "recipient": which.recipient_id,
        "copies_max": COPIES_MAX,
        "may_repeat": which.channel == WEBHOOK,
        "limit": RANGE_MAX,
    }


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
