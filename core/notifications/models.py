"""What the marketplace told a person. Texts are made from the type and its facts when they are read."""

from django.conf import settings
from django.db import models
from django.db.models import Q
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
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_user"),
            models.Index(fields=["user", "-created_at", "-id"], condition=Q(read_at=None), name="notification_unread"),
        ]
