"""Facts about applications."""

import dataclasses
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class ApplicationCreated(Event):
    job_id: UUID
    creator_id: UUID
    application_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(Event):
    job_id: UUID
    creator_id: UUID
    application_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class ApplicationRejected(Event):
    """The brand said no, or (`automatic`) chose somebody else."""

    job_id: UUID
    creator_id: UUID
    application_id: UUID
    automatic: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class ApplicationAccepted(Event):
    job_id: UUID
    creator_id: UUID
    application_id: UUID
    conversation_id: UUID
    escrow_id: UUID
    amount_cents: int
    currency: str
