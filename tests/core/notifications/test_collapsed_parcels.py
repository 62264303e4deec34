"""One notice of a conversation at a time, and its parcel: sent once, and again where the first was never sent."""

import uuid

import pytest

from core.chat.services import send_message
from outbox.models import Delivery


def parcels_of(person) -> list[tuple[str, int]]:
    return list(Delivery.objects.filter(recipient_id=person.id, type="MESSAGE_SENT").order_by("id").values_list("state", "copies"))


@pytest.mark.parametrize(
    ("state", "copies", "then"),
    [("PENDING", 0, "PENDING"), ("SENT", 1, "SENT"), ("UNCERTAIN", 1, "UNCERTAIN"), ("SKIPPED", 0, "PENDING"), ("DEAD", 0, "PENDING")],
)
def test_a_second_message_writes_no_second_parcel_but_wakes_one_that_was_never_sent(world, state, copies, then):
    deal = world.deal()
    talk = deal.conversations.get()
    send_message(talk.id, by=deal.brand, body="Hello.", client_id=str(uuid.uuid4()))
    assert parcels_of(deal.active_creator) == [("PENDING", 0)]
    ended = {"settled_at": None if state == "PENDING" else deal.created_at}
    Delivery.objects.filter(recipient_id=deal.active_creator_id, type="MESSAGE_SENT").update(state=state, copies=copies, **ended)

    send_message(talk.id, by=deal.brand, body="Are you there?", client_id=str(uuid.uuid4()))

    assert parcels_of(deal.active_creator) == [(then, copies)]
