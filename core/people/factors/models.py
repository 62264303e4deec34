"""Second factors, the codes that replace one, and sign-ins to the backoffice."""

from datetime import datetime

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from core.base import clock
from core.base.models import Row
from core.base.triggers import frozen
from core.people.models import User


class Factor(Row):
    """The authenticator of one member of staff, whose first code was right.

    `last_step` is the newest time step whose code was used: an older or equal one is refused, so that a code works once.
    A reset takes the row away; the audit trail keeps that it was there.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="factor")
    sealed_secret = models.CharField(max_length=300)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(sealed_secret=""), name="factor_has_secret"),
            models.CheckConstraint(condition=Q(last_step__gte=0), name="factor_step_range"),
        ]
        triggers = [frozen("factor", "id", "user_id", "sealed_secret", "created_at")]

    def is_locked_at(self, moment: datetime) -> bool:
        """Whether no code is looked at, after too many wrong ones."""
        return self.locked_until is not None and moment < self.locked_until


class RecoveryCode(Row):
    """A code that stands in for the authenticator once. Only its digest is kept."""

    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")]
        triggers = [frozen("recovery_code", "id", "factor_id", "digest", "created_at", once=("used_at",))]


class BackofficeSession(AbstractBaseSession):
    """One browser at the backoffice. `session_key` holds the digest of what the browser's cookie holds, so that it opens nothing.

    A sign-in that was ended is deleted. The columns beside Django's say whose it is and where it is; one without a person has not
    come in yet.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="backoffice_sessions")
    user_agent = models.CharField(max_length=200, blank=True, default="")
    ip = models.GenericIPAddressField(null=True, blank=True)
    began_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "core_backofficesession"

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that reads and writes these rows."""
        from core.people.factors.store import SessionStore  # noqa: PLC0415 - each needs the other

        return SessionStore
