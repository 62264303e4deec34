"""Facts about disputes. What people wrote, and what staff note among themselves, stays here."""

import dataclasses
from datetime import datetime
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeOpened(Event):
    """The deal stands still. Recipients: the other party, and moderators."""

    job_id: UUID
    dispute_id: UUID
    opener_user_id: UUID
    opener_role: str
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeMessageAdded(Event):
    """Somebody said something to both sides. Recipients: the other party or parties, and the assignee or moderators."""

    job_id: UUID
    dispute_id: UUID
    kind: str
    author_role: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeWithdrawn(Event):
    """Its opener took it back, and the deal goes on. Recipients: the other party, and the assignee or moderators."""

    job_id: UUID
    dispute_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeAssigned(Event):
    """A moderator works on it. Recipient: that moderator."""

    job_id: UUID
    dispute_id: UUID
    assignee_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeInformationRequested(Event):
    """Staff asked one party something. Recipient: that party."""

    job_id: UUID
    dispute_id: UUID
    request_id: UUID
    party_role: str
    due_at: datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeExtended(Event):
    """Every time limit of the dispute is so much longer, for both. Recipients: both parties."""

    job_id: UUID
    dispute_id: UUID
    hours: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class SettlementProposed(Event):
    """The creator would get so much, before commission. Recipients: whose answer it needs, and the assignee."""

    job_id: UUID
    dispute_id: UUID
    settlement_id: UUID
    proposer_role: str
    creator_share_cents: int
    currency: str


class SettlementAccepted(SettlementProposed):
    """One party agreed. Recipients: the other party, and the assignee."""


class SettlementDeclined(SettlementProposed):
    """It will not be. Recipients: the other party, and the assignee."""


class SettlementWithdrawn(SettlementProposed):
    """Whoever proposed it took it back. Recipients: the other party or parties."""


class SettlementExpired(SettlementProposed):
    """Nobody answered in time. Recipients: both parties."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeDecisionProposed(Event):
    """A decision waits for the second person. Recipients: those who may be the second."""

    job_id: UUID
    dispute_id: UUID
    resolution: str


class DisputeDecisionSentBack(DisputeDecisionProposed):
    """The second person does not agree. Recipient: the first."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeResolvedRefund(Event):
    """The brand has the money of the escrow back, if there was any. Recipients: both parties, and the assignee.

    `resolved_through`: STAFF, SETTLEMENT, SILENCE (the other side did not answer) or LAPSE (nobody decided).
    """

    private = frozenset({"resolved_by"})

    job_id: UUID
    dispute_id: UUID
    escrow_id: UUID
    resolved_by: UUID
    resolved_through: str
    refunded: bool
    refunded_cents: int
    payout_cents: int
    commission_cents: int
    currency: str


class DisputeResolvedRelease(DisputeResolvedRefund):
    """The creator has the money of the escrow, less commission. Recipients: both parties, and the assignee."""


class DisputeResolvedSplit(DisputeResolvedRefund):
    """The creator has a part, less commission, and the brand the rest. Recipients: both parties, and the assignee."""


class DisputeResolvedNoAction(DisputeResolvedRefund):
    """Nothing moved, and the deal goes on. Recipients: both parties, and the assignee."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DisputeAppealed(Event):
    """A party wants somebody else to look at the decision. Recipients: the other party, and moderators."""

    job_id: UUID
    dispute_id: UUID
    appeal_id: UUID
    appellant_role: str


class DisputeAppealUpheld(DisputeAppealed):
    """The decision stands. Recipients: both parties."""


class DisputeAppealOverturned(DisputeAppealed):
    """The shares change: corrections of the wallets wait for finance. Recipients: both parties."""
