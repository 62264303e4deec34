"""Of whom a second factor is asked, and who may take one away."""

from django.conf import settings

from core.people.models import User


def needs_factor(user: User) -> bool:
    """Whether this person signs in with a code beside the password."""
    return settings.STAFF_SECOND_FACTOR and user.role == User.Role.STAFF


def can_reset_factor(user: User, person: User) -> bool:
    """Whether this superuser may reset that colleague's factor. Their own is never reset by themselves."""
    return user.is_superuser and user.is_staff and person.pk != user.pk and person.role == User.Role.STAFF
