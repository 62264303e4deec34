"""Facts about conversations. What people wrote to each other stays here."""

import dataclasses
from typing import ClassVar
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """A person wrote. Recipient: the other side."""

    aggregate_field: ClassVar[str] = "conversation_id"

    conversation_id: UUID
    sender_id: UUID
    message_id: UUID
