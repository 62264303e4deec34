"""Facts about people. Ids of people are user ids; names and texts stay at home."""

import dataclasses
from typing import ClassVar
from uuid import UUID

from outbox.events import Event

fact = dataclasses.dataclass(frozen=True, kw_only=True)


@fact
class AboutPerson:
    """Facts about one person are told in order."""

    aggregate_field: ClassVar[str] = "user_id"

    user_id: UUID


@fact
class UserRegistered(AboutPerson, Event):
    role: str


@fact
class EmailVerified(AboutPerson, Event):
    """The person has opened the link that we sent."""


@fact
class LetterSent(AboutPerson, Event):
    """A letter with a link has left for the mailbox of this person."""

    purpose: str


@fact
class PasswordChanged(AboutPerson, Event):
    """The person knows the old password, or has the mailbox."""


@fact
class BrandProfileUpdated(AboutPerson, Event):
    brand_profile_id: UUID


@fact
class CreatorProfileUpdated(AboutPerson, Event):
    """The profile or the portfolio says something else now."""

    creator_profile_id: UUID


@fact
class CreatorVerificationRequested(AboutPerson, Event):
    creator_profile_id: UUID


@fact
class CreatorVerified(AboutPerson, Event):
    creator_profile_id: UUID
    reviewed_by: UUID


@fact
class CreatorVerificationRejected(AboutPerson, Event):
    """Why is told to the creator alone."""

    creator_profile_id: UUID
    reviewed_by: UUID


@fact
class CreatorVerificationRevoked(AboutPerson, Event):
    """Why is told to the creator alone."""

    creator_profile_id: UUID
    reviewed_by: UUID


@fact
class PersonBlocked(AboutPerson, Event):
    """Nobody signs in as this person until unblocked."""


@fact
class PersonUnblocked(AboutPerson, Event):
    """The person may sign in again."""
