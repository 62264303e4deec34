"""Facts about jobs."""

import dataclasses
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobPublished(Event):
    job_id: UUID
    brand_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobUpdated(Event):
    job_id: UUID
    brand_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobPaused(Event):
    job_id: UUID
    brand_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobResumed(Event):
    job_id: UUID
    brand_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobModerationResubmitted(Event):
    """A moderator is asked to read again: a rejected job, or a change of an approved one."""

    job_id: UUID
    brand_id: UUID
    by_user_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobModerationApproved(Event):
    private = frozenset({"moderated_by"})

    job_id: UUID
    brand_id: UUID
    moderated_by: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobModerationRejected(Event):
    private = frozenset({"moderated_by"})

    job_id: UUID
    brand_id: UUID
    moderated_by: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobTermsChanged(Event):
    """The text of a job that people have applied or are invited to is a new one."""

    job_id: UUID
    brand_id: UUID
