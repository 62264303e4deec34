"""A way out for tests: parcels of the channel TEST go to a sender that does what it was told, in threads of its own."""

import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

from outbox import channels
from outbox.carrier import Carriage
from outbox.channels import Channel, Outcome, Parcel, Sent
from outbox.models import Delivery

NAME = "TEST"


class Scripted:
    """Remembers what it was given, and answers as the script of the recipient says; what has no script arrives."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(16)
        self.lock = threading.Lock()
        self.sent: list[tuple[Any, int, float]] = []  # recipient, parcel, moment
        self.script: dict[Any, list[Outcome | Callable[[], Outcome]]] = defaultdict(list)
        self.unready: dict[int, Outcome | Exception] = {}
        self.followed: list[tuple[int, str]] = []
        self.seconds = 0.0

    def prepare(self, parcels: Sequence[Parcel]) -> dict[int, Any]:
        for parcel in parcels:
            if isinstance(said := self.unready.get(parcel.id), Exception):
                raise said
        return {parcel.id: self.unready.get(parcel.id, "a message") for parcel in parcels}

    def send(self, parcel: Parcel, message: Any) -> Future[Outcome]:
        return self.pool.submit(self._hand_over, parcel)

    def settled(self, parcel: Parcel, outcome: Outcome) -> None:
        self.followed.append((parcel.id, type(outcome).__name__))

    def _hand_over(self, parcel: Parcel) -> Outcome:
        time.sleep(self.seconds)
        with self.lock:
            script = self.script[parcel.recipient_id]
            said = script.pop(0) if script else Sent(external_id=f"over-there-{parcel.id}")
        outcome = said() if callable(said) else said
        if isinstance(outcome, channels.Sent | channels.Unknown):
            with self.lock:
                self.sent.append((parcel.recipient_id, parcel.id, time.monotonic()))
        return outcome


WHICH = "(%(channel)s::text IS NULL OR d.channel = %(channel)s::text) AND (%(states)s::text[] IS NULL OR d.state = ANY(%(states)s::text[]))"


def forget_parcels(*, channel: str | None = None, states: Sequence[str] | None = None) -> None:
    """These parcels are gone, however many tests have committed some: one by one they would be too many for a statement."""
    values = {"channel": channel, "states": list(states) if states else None}
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM outbox_attempt USING outbox_delivery d WHERE d.id = delivery_id AND {WHICH}", values)
        cursor.execute(f"DELETE FROM outbox_delivery d WHERE {WHICH}", values)


@contextmanager
def way_out(**said: Any) -> Iterator[Scripted]:
    """The channel TEST exists meanwhile, without parcels of others."""
    sender = Scripted()
    forget_parcels(channel=NAME)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_pace WHERE name LIKE 'TEST%'")
        cursor.execute("DELETE FROM outbox_channel WHERE name = 'TEST'")
    channels.register(Channel(NAME, lambda: sender, **said))
    channels.SENDERS.made.pop(NAME, None)
    try:
        yield sender
    finally:
        sender.pool.shutdown()
        del channels.CHANNELS[NAME]
        channels.SENDERS.made.pop(NAME, None)


def parcel(recipient: uuid.UUID | None = None, **said: Any) -> Delivery:
    """One more parcel waits."""
    written = Delivery(
        channel=NAME,
        recipient_id=recipient or uuid.uuid4(),
        letter_id=uuid.uuid4(),
        type=said.pop("type", "A_LETTER"),
        aggregate=said.pop("aggregate", "job:1"),
        **said,
    )
    written.save()
    return written


def again(row: Delivery) -> Delivery:
    """The row as it is now."""
    return Delivery.objects.get(id=row.id)


def due_now(*rows: Delivery) -> None:
    """Their waits are over."""
    Delivery.objects.filter(id__in=[row.id for row in rows]).update(next_at="2000-01-01T00:00:00Z")


def offer_once(sender: Scripted) -> None:
    """What is due now was offered, once."""
    carriage = Carriage(channels.CHANNELS[NAME], sender)
    carriage.revive()
    carriage.load()
    while carriage.in_flight:
        carriage.collect()
