"""Facts about reviews. Stars are told when everybody may see them, words never."""

import dataclasses
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReviewCreated(Event):
    """One party has written about the other, who cannot read it yet. Recipient: the other party."""

    job_id: UUID
    review_id: UUID
    author_id: UUID
    subject_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReviewPublished(Event):
    """Everybody may read the review, and it counts. Recipient: whom it is about."""

    job_id: UUID
    review_id: UUID
    author_id: UUID
    subject_id: UUID
    rating: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReviewHidden(Event):
    """A moderator took the review out of sight, and it does not count. Recipient: its author."""

    job_id: UUID
    review_id: UUID
    author_id: UUID
    subject_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReviewRestored(Event):
    """A hidden review is what it was before. Recipient: its author."""

    job_id: UUID
    review_id: UUID
    author_id: UUID
    subject_id: UUID
