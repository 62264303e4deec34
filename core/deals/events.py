"""Facts about deals. What people wrote to each other stays here."""

import dataclasses
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class SubmissionSubmitted(Event):
    """A version of the work waits for the brand. Recipient: the brand."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    submission_id: UUID
    version: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class ChangesRequested(Event):
    """The brand wants another version; `rounds_left` more times it may. Recipient: the creator."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    submission_id: UUID
    version: int
    rounds_left: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobCompleted(Event):
    """The work is accepted and paid. `source`: APPROVAL, TIMER (nobody reviewed it in time), DISPUTE. Recipients: both parties."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    submission_id: UUID | None
    source: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobCanceled(Event):
    """Nothing more happens to this job. Of SYSTEM, `reason_code` says what ran out.

    Recipients: the brand, the creator if one was chosen, and everybody who had applied.
    """

    # Those who had only applied hear of the end, and nothing of the deal.
    private = frozenset({"creator_id", "canceled_by", "reason_code", "refunded_cents", "creator_cents", "currency"})

    job_id: UUID
    brand_id: UUID
    creator_id: UUID | None
    canceled_by: str
    reason_code: str
    refunded_cents: int
    creator_cents: int
    currency: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class CreatorResigned(Event):
    """The creator gave the deal up, before any delivery or after it (`delivered`). JOB_CANCELED stands beside it. Recipient: the brand."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    delivered: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class CancellationProposed(Event):
    """One party offers to cancel the deal; of the escrow the creator would get this share. Recipient: the other party."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    proposal_id: UUID
    creator_share_cents: int
    currency: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class CancellationAccepted(Event):
    """The other party agreed; the cancellation itself is told beside it. Recipient: who proposed it."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    proposal_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CancellationDeclined(Event):
    """The other party said no. Recipient: who proposed it."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    proposal_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CancellationWithdrawn(Event):
    """Who proposed it no longer does. Recipient: the other party."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    proposal_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CancellationExpired(Event):
    """Nobody answered in time. Recipients: both parties."""

    job_id: UUID
    brand_id: UUID
    creator_id: UUID
    proposal_id: UUID
