"""Facts about money. Amounts are minor units; destinations of payouts and reasons that people wrote stay here."""

import dataclasses
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class EscrowFunded(Event):
    """The brand's money waits in the escrow. Recipient: the creator."""

    job_id: UUID
    escrow_id: UUID
    creator_id: UUID
    amount_cents: int
    currency: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class EscrowReleased(Event):
    """The creator has `amount_cents`; the platform has `commission_cents`. Recipient: the creator."""

    job_id: UUID
    escrow_id: UUID
    creator_id: UUID
    amount_cents: int
    commission_cents: int
    currency: str
    source: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class EscrowRefunded(Event):
    """`amount_cents` is back in the brand's wallet: all of the escrow, or the brand's part of a split. Recipient: the brand."""

    job_id: UUID
    escrow_id: UUID
    brand_id: UUID
    amount_cents: int
    currency: str
    source: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class TopUpRequested(Event):
    """A brand will send money. Recipients: finance staff."""

    aggregate_field = "top_up_id"

    top_up_id: UUID
    brand_id: UUID
    amount_cents: int
    currency: str


class TopUpFirstConfirmed(TopUpRequested):
    """The first of two people has seen the money. Recipients: those who may be the second."""


class TopUpConfirmed(TopUpRequested):
    """The money is in the wallet. Recipient: the brand."""


class TopUpRejected(TopUpRequested):
    """The money did not come. Recipient: the brand."""


class TopUpCanceled(TopUpRequested):
    """The brand called it off. Recipients: finance staff."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PayoutRequested(Event):
    """The money left the wallet and waits. Recipients: finance staff."""

    aggregate_field = "payout_request_id"

    payout_request_id: UUID
    creator_id: UUID
    amount_cents: int
    currency: str


class PayoutFirstApproved(PayoutRequested):
    """The first of two people approved. Recipients: those who may be the second."""


class PayoutApproved(PayoutRequested):
    """Everybody who has to approve has. Recipient: the creator."""


class PayoutSent(PayoutRequested):
    """The bank has the order. Recipient: the creator."""


class PayoutPaid(PayoutRequested):
    """The money has left the marketplace. Recipient: the creator."""


class PayoutRejected(PayoutRequested):
    """The money is back in the wallet. Recipient: the creator."""


class PayoutCanceled(PayoutRequested):
    """The creator called it off; the money is back in the wallet. Recipients: finance staff."""


class PayoutFailed(PayoutRequested):
    """The bank refused; the money is back in the wallet. Recipient: the creator."""


class PayoutReturned(PayoutRequested):
    """The bank sent a paid payout back; the money is in the wallet again. Recipient: the creator."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class AdjustmentDrafted(Event):
    """A correction of a wallet waits for a second person; an amount below zero is taken away. Recipients: those who may sign."""

    aggregate_field = "adjustment_id"

    adjustment_id: UUID
    user_id: UUID
    amount_cents: int
    currency: str
    category: str


class BalanceAdjusted(AdjustmentDrafted):
    """The money has moved. Recipient: the owner of the wallet."""

    private = frozenset({"category"})


class AdjustmentRejected(AdjustmentDrafted):
    """A second person, or the clock, has dropped it. Recipient: who drafted it."""


class AdjustmentCanceled(AdjustmentDrafted):
    """Who drafted it took it back. Recipients: those who were to sign."""
