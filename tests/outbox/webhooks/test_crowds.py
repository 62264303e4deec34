"""Slow receivers of one owner have their share of the room and no more. Over real HTTP on loopback."""

import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection

from outbox import carrier
from outbox.channels import SENDERS, Outcome, Parcel
from outbox.models import Attempt, Delivery
from outbox.webhooks.addresses import Rules
from outbox.webhooks.calls import Calls, Message
from outbox.webhooks.signatures import new_secret
from tests.outbox.parcels import NAME, forget_parcels, parcel, way_out
from tests.outbox.webhooks.receiver import Receiver, receiving

SLOW_SECONDS = 0.8
SECRET = new_secret()

pytestmark = pytest.mark.usefixtures("committed")


class Posting:
    """Posts parcels to the receiver of each recipient, and counts them by owner."""

    def __init__(self) -> None:
        self.calls = Calls(Rules(plain=True, loopback=True))
        self.places: dict[uuid.UUID, tuple[str, str]] = {}  # by recipient: the owner and the address

    def prepare(self, parcels: Sequence[Parcel]) -> dict[int, Any]:
        return {each.id: self._message(each) for each in parcels}

    def _message(self, parcel: Parcel) -> Message:
        owner, url = self.places[parcel.recipient_id]
        return Message(url, str(parcel.letter_id), b"{}", (SECRET,), crowds=(owner,))

    def crowds(self, parcel: Parcel, message: Message) -> tuple[str, ...]:
        return message.crowds

    def send(self, parcel: Parcel, message: Message) -> Future[Outcome]:
        return self.calls.post(message)


def slowly(handler) -> None:
    time.sleep(SLOW_SECONDS)
    handler.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")


def first_quick_answer(sender: Posting, slow: Receiver, quick: Receiver) -> float:
    """Nine slow receivers of one owner are due before three quick ones of others. Returns when the last quick one was called."""
    slow.always = slowly
    for owner, receiver, number in (("slow", slow, 9), ("one", quick, 1), ("two", quick, 1), ("three", quick, 1)):
        for _ in range(number):
            recipient = uuid.uuid4()
            sender.places[recipient] = (owner, receiver.url)
            parcel(recipient)
    drained = threading.Thread(target=drain_and_close)
    began = time.monotonic()
    drained.start()
    while len(quick.got) < 3 and time.monotonic() - began < 5:
        time.sleep(0.01)
    seconds = time.monotonic() - began
    drained.join()
    return seconds


def drain_and_close() -> None:
    try:
        carrier.drain(NAME)
    finally:
        connection.close()


@pytest.mark.parametrize("crowd_max", [3, None])
def test_nine_slow_receivers_of_one_owner_do_not_stand_in_the_way_of_others(monkeypatch, crowd_max):
    """The control has no share: whoever is slow takes all the room."""
    monkeypatch.setattr(carrier, "CROWD_SECONDS", 0.1)
    with receiving() as slow, receiving() as quick, way_out(at_once=8, crowd_max=crowd_max):
        SENDERS.made[NAME] = sender = Posting()

        seconds = first_quick_answer(sender, slow, quick)

        sender.calls.close()
        assert (seconds < SLOW_SECONDS) == (crowd_max is not None)
        assert set(Delivery.objects.filter(channel=NAME).values_list("state", "claims")) == {("SENT", 0)}
        assert Attempt.objects.filter(delivery__channel=NAME).count() == 12  # being put back is no try
        assert most_at_once(slow) <= (crowd_max or 8)
        forget_parcels(channel=NAME)


def most_at_once(receiver: Receiver) -> int:
    """How many calls it was answering at the same time."""
    spans = [(moment, moment + SLOW_SECONDS) for moment in receiver.moments]
    return max(sum(begin <= moment < end - 0.1 for begin, end in spans) for moment in receiver.moments)
