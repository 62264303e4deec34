"""Parcels in any state, and all that a verb may leave."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.audit.models import AuditEntry
from outbox.models import Channel, Delivery, Event

ENDED = ("SENT", "UNCERTAIN", "SKIPPED", "DEAD")
TAKEN = ("LEASED", "SENDING")


def parcel(state: str, *, channel: str = "TELEGRAM", **said: Any) -> Delivery:
    """A parcel that is there."""
    now = timezone.now()
    row = Delivery(
        channel=channel,
        recipient_id=said.pop("recipient_id", uuid.uuid4()),
        letter_id=uuid.uuid4(),
        type=said.pop("type", "ESCROW_FUNDED"),
        aggregate="job:1",
        state=state,
        copies=said.pop("copies", int(state == "SENT")),
        settled_at=now if state in ENDED else None,
        lease_token=uuid.uuid4() if state in TAKEN else None,
        lease_until=now if state in TAKEN else None,
        **said,
    )
    row.save()
    return row


@dataclass(frozen=True)
class Traces:
    """Everything that a verb on parcels may change."""

    parcels: tuple[Any, ...]
    others: tuple[Any, ...]

    def minus_parcels(self, count: int) -> "Traces":
        """Without the newest parcels."""
        return Traces(self.parcels[: len(self.parcels) - count], self.others)


def traces() -> Traces:
    """The state of the world as far as it concerns the mailbox."""
    parcels = tuple(Delivery.objects.order_by("id").values_list("id", "state", "failures", "copies", "next_at", "settled_at", "reason"))
    others = (AuditEntry.objects.count(), Event.objects.count(), tuple(Channel.objects.order_by("name").values_list("name", "is_paused")))
    return Traces(parcels, others)
