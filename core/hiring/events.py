"""Facts about applications and invitations."""

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


@dataclasses.dataclass(frozen=True, kw_only=True)
class InvitationSent(Event):
    """The creator is asked, for the first time or again (`resent_count`). They have no conversation before the creator agrees."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    invitation_id: UUID
    resent_count: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class InvitationAccepted(Event):
    job_id: UUID
    creator_id: UUID
    invitation_id: UUID
    application_id: UUID
    conversation_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class InvitationDeclined(Event):
    job_id: UUID
    creator_id: UUID
    invitation_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class InvitationCanceled(Event):
    """The brand withdrew it."""

    job_id: UUID
    creator_id: UUID
    invitation_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class InvitationExpired(Event):
    """Nobody answered in time, or (`by_timer` is false) somebody was chosen or the job was closed before."""

    job_id: UUID
    creator_id: UUID
    invitation_id: UUID
    by_timer: bool
