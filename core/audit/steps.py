"""The one way to leave a trace."""

from typing import Any

from django.db import models

from core.audit.models import AuditEntry
from core.base import trace


def record(
    action: str,
    row: models.Model,
    *,
    by: Any,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """One audit row stands in the same transaction. `action` is the verb's name in capitals, such as ESCROW_FUNDED."""
    return AuditEntry.objects.create(
        actor=by,
        action=action,
        subject_type=type(row).__name__,
        subject_id=str(row.pk),
        before=before or {},
        after=after or {},
        reason=reason,
        request_id=trace.request_id(),
    )
