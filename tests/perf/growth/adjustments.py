"""More adjustments than anybody reads. They wait, so nothing has moved."""

from typing import Any

from core.money.adjustments.models import Adjustment
from tests.perf.growth import grows


@grows("GET /api/admin/adjustments")
def adjustments(stage: Any, count: int) -> None:
    Adjustment.objects.bulk_create(
        Adjustment(
            person=stage.owner,
            wallet_kind="BRAND",
            currency="RUB",
            amount_cents=100,
            direction="CREDIT",
            category="OTHER",
            reason="A present",
            drafted_by=stage.finance,
        )
        for _ in range(count)
    )
