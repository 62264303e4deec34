"""Facts about reports. What was written, and why it was decided so, stays here."""

import dataclasses
from typing import ClassVar
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportOpened(Event):
    """Somebody asks moderators to look. Recipients: the moderators on duty."""

    aggregate_field: ClassVar[str] = "report_id"

    report_id: UUID
    subject_type: str
    subject_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportUpheld(Event):
    """A moderator found the report right. Recipient: who reported."""

    aggregate_field: ClassVar[str] = "report_id"

    report_id: UUID
    subject_type: str
    subject_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportDismissed(Event):
    """A moderator found nothing wrong. Recipient: who reported."""

    aggregate_field: ClassVar[str] = "report_id"

    report_id: UUID
    subject_type: str
    subject_id: UUID
