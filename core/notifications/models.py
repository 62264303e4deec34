"""What the marketplace told a person. Texts are made from the type and its facts when they are read."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.models import Row


class Notification(Row):
    """One message to one person. The type decides its category, text and link."""

    class Category(models.TextChoices):
        DEALS = "DEALS", _("Deals")
        PAYMENTS = "PAYMENTS", _("Payments")
        DISPUTES = "DISPUTES", _("Disputes")
        SYSTEM = "SYSTEM", _("System")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications")
    type = models.CharField(max_length=40)
    category = models.CharField(max_length=10, choices=Category)
    facts = models.JSONField(default=dict)
    href = models.CharField(max_length=200, blank=True, default="")
    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    conversation = models.ForeignKey("core.Conversation", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    read_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)  # put away by its reader, who sees it no more
    # Where the notice stands in the order of the commits: given by outbox.sequencer, and anew whenever what it says has changed.
    position = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], condition=Q(cleared_at=None), name="notification_user"),
            models.Index(fields=["user", "-created_at", "-id"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["updated_at", "id"], condition=Q(position=None), name="notification_unplaced"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "conversation"],
                condition=Q(read_at=None, conversation__isnull=False),
                name="notification_conversation_once",
            ),
            models.CheckConstraint(condition=Q(cleared_at=None) | Q(read_at__isnull=False), name="notification_cleared_is_read"),
            models.UniqueConstraint(fields=["user", "position"], name="notification_position_once"),
        ]


class Channel(models.TextChoices):
    """The ways in which a notice reaches a person."""

    IN_APP = "IN_APP", _("In the app")
    TELEGRAM = "TELEGRAM", _("Telegram")
    EMAIL = "EMAIL", _("E-mail")


class Preference(Row):
    """Whether a person wants notices of this type by this channel. Without a row they do."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel)
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "type", "channel"], name="preference_once")]


class QuietHours(Row):
    """The part of the day in which a person is not to be disturbed, by the clock on their wall. It may run over midnight."""

    MINUTES_IN_DAY = 24 * 60

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_minute = models.PositiveSmallIntegerField()
    to_minute = models.PositiveSmallIntegerField()
    time_zone = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(from_minute__lt=1440, to_minute__lt=1440), name="quiet_hours_in_day"),
            models.CheckConstraint(condition=~Q(from_minute=F("to_minute")), name="quiet_hours_some"),
        ]
