"""Where people want to be told by machine."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.links import LinkField, link_check
from core.base.models import Row
from core.base.triggers import frozen, no_delete

EVERY_TYPE = "*"


class Endpoint(Row):
    """One address that gets the events of its owner. A deleted one stays, for the sake of its history, and keeps no secret.

    The secrets are sealed, not digested: they sign what is sent. During a rotation the old one signs too, until its moment.
    """

    class ClosedFor(models.TextChoices):
        GONE = "GONE", _("The receiver said that it is gone")
        FAILING = "FAILING", _("It only failed for five days")

    SILENCED = ("is_active", "closed_for", "deleted_at", "sealed_secret", "sealed_old_secret", "old_secret_until")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="webhook_endpoints", db_index=False)
    url = LinkField()
    types = ArrayField(models.CharField(max_length=60), default=list)  # of events, or EVERY_TYPE alone
    is_active = models.BooleanField(default=True)
    active_since = models.DateTimeField(default=clock.now)
    closed_for = models.CharField(max_length=10, choices=ClosedFor, blank=True, default="")  # why we closed it, while it is closed
    sealed_secret = models.TextField(blank=True, default="")
    sealed_old_secret = models.TextField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], condition=Q(deleted_at=None), name="endpoint_owner"),
            models.Index(fields=["owner"], condition=Q(is_active=True), name="endpoint_active"),
            models.Index(fields=["-id"], condition=Q(is_active=False, deleted_at=None), name="endpoint_off"),
        ]
        constraints = [
            link_check("url", name="endpoint_url_link"),
            models.CheckConstraint(condition=~Q(types=[]), name="endpoint_asks_for_something"),
            models.CheckConstraint(condition=Q(types=[EVERY_TYPE]) | ~Q(types__contains=[EVERY_TYPE]), name="endpoint_every_type_alone"),
            models.CheckConstraint(condition=Q(deleted_at__isnull=False) | ~Q(sealed_secret=""), name="endpoint_can_sign"),
            models.CheckConstraint(
                condition=Q(sealed_old_secret="", old_secret_until=None) | (~Q(sealed_old_secret="") & Q(old_secret_until__isnull=False)),
                name="endpoint_old_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(is_active=False, sealed_secret="", sealed_old_secret=""), name="endpoint_deleted_is_silent"
            ),
            models.CheckConstraint(condition=Q(closed_for="") | Q(is_active=False), name="endpoint_closed_is_not_active"),
        ]
        triggers = [frozen("endpoint", "id", "owner_id", "created_at", once=("deleted_at",)), no_delete("endpoint")]

    def silence(self) -> None:
        """The endpoint is deleted and keeps no secret, in memory; the fields are those in SILENCED."""
        self.is_active, self.closed_for, self.deleted_at = False, "", self.deleted_at or clock.now()
        self.sealed_secret = self.sealed_old_secret = ""
        self.old_secret_until = None

    def __str__(self) -> str:
        return self.url
