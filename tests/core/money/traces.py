"""What a verb leaves behind, counted: a refusal leaves nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Max, Sum

from core.audit.models import AuditEntry
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Escrow, LedgerEntry, Payout, PayoutMethod, TopUp
from core.notifications.models import Notification
from core.rules.models import CommissionRule, Limit
from core.timers.models import Timer
from outbox.models import Event

TABLES = (
    AuditEntry, Account, Adjustment, CommissionRule, Escrow, LedgerEntry, Limit, Payout, PayoutMethod, Timer, TopUp, Notification, Event,
)  # fmt: skip


def traces() -> dict[str, object]:
    """How many rows there are, how much the wallets hold, and when a stateful row last changed."""
    found: dict[str, object] = {table.__name__: table.objects.count() for table in TABLES}
    found["money"] = Account.objects.aggregate(held=Sum("balance_cents"), moves=Sum("version"))
    for table in (Adjustment, Escrow, Payout, PayoutMethod, Timer, TopUp):
        found[f"{table.__name__} changed"] = table.objects.aggregate(last=Max("updated_at"))
    return found


@contextmanager
def nothing_happened() -> Iterator[None]:
    """Fails when the block, also one that raises, leaves any row, message or movement behind."""
    before = traces()
    try:
        yield
    finally:
        assert traces() == before
