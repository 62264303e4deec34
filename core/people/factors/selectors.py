"""Reads about second factors and sign-ins to the backoffice."""

from datetime import datetime

from django.db.models import QuerySet

from core.base import clock
from core.people.factors.models import BackofficeSession, Factor, RecoveryCode
from core.people.models import User


def has_factor(user: User) -> bool:
    """Whether an authenticator is set up."""
    return Factor.objects.filter(user_id=user.pk).exists()


def factor_since(user: User) -> datetime | None:
    """Since when there is an authenticator."""
    return Factor.objects.filter(user_id=user.pk).values_list("created_at", flat=True).first()


def recovery_codes_left(user: User) -> int:
    """How many recovery codes are still good."""
    return RecoveryCode.objects.filter(factor__user_id=user.pk, used_at=None).count()


def backoffice_session_list(*, by: User) -> QuerySet:
    """The browsers in which the person is signed in to the backoffice, the latest first."""
    living = BackofficeSession.objects.filter(user=by, expire_date__gt=clock.now())
    return living.defer("session_data").order_by("-seen_at", "session_key")
