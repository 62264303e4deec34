"""Facts about rules."""

import dataclasses
from datetime import datetime
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class CommissionRuleAdded(Event):
    """Deals that begin after `valid_from` may have another commission."""

    aggregate_field = "commission_rule_id"

    commission_rule_id: UUID
    scope: str
    brand_id: UUID | None
    niche: str
    bps: int
    valid_from: datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class LimitSet(Event):
    """A limit has another value."""

    aggregate_field = "limit_id"

    limit_id: UUID
    key: str
    currency: str
    value: int
