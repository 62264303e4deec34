"""The way from a letter that was written to the mail server."""

from core.people.models import EmailToken, User
from outbox import carrier
from outbox.channels import EMAIL
from outbox.models import Attempt, Delivery


def carry_letters() -> None:
    """Every letter that was due has been offered to the mail server."""
    carrier.drain(EMAIL)


def letter_of(user: User) -> EmailToken:
    """The one letter of this person."""
    return EmailToken.objects.get(user=user)


def parcel_of(letter: EmailToken) -> Delivery:
    """What carries the letter."""
    return Delivery.objects.get(channel=EMAIL, letter_id=letter.id)


def due_now(letter: EmailToken) -> None:
    """Its wait is over."""
    Delivery.objects.filter(channel=EMAIL, letter_id=letter.id).update(next_at="2000-01-01T00:00:00Z")


def answers_about(letter: EmailToken) -> list[tuple[str, str, int | None]]:
    """What the mail server said, try by try."""
    return list(Attempt.objects.filter(delivery=parcel_of(letter)).order_by("id").values_list("outcome", "code", "status"))
