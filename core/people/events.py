"""Facts about people. Ids of people are user ids; names and texts stay at home."""

import dataclasses
from typing import ClassVar
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class AboutPerson:
    """Facts about one person are told in order."""

    aggregate_field: ClassVar[str] = "user_id"

    user_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class UserRegistered(AboutPerson, Event):
    role: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class EmailVerified(AboutPerson, Event):
    """The person has opened the link that we sent."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LetterSent(AboutPerson, Event):
    """A letter with a link has left for the mailbox of this person."""

    purpose: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class PasswordChanged(AboutPerson, Event):
    """The person knows the old password, or has the mailbox."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class BrandProfileUpdated(AboutPerson, Event):
    brand_profile_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CreatorProfileUpdated(AboutPerson, Event):
    """The profile or the portfolio says something else now."""

    creator_profile_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CreatorVerificationRequested(AboutPerson, Event):
    creator_profile_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CreatorVerified(AboutPerson, Event):
    private = frozenset({"reviewed_by"})

    creator_profile_id: UUID
    reviewed_by: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CreatorVerificationRejected(AboutPerson, Event):
    """Why is told to the creator alone."""

    private = frozenset({"reviewed_by"})

    creator_profile_id: UUID
    reviewed_by: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class CreatorVerificationRevoked(AboutPerson, Event):
    """Why is told to the creator alone."""

    private = frozenset({"reviewed_by"})

    creator_profile_id: UUID
    reviewed_by: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class PersonBlocked(AboutPerson, Event):
    """Nobody signs in as this person until unblocked."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PersonUnblocked(AboutPerson, Event):
    """The person may sign in again."""
