"""Facts that left the business, and the pulse of those who carry them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One fact, written in the transaction that made it true. `position` is given after commit, in commit order."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, editable=False)
    position = models.BigIntegerField(unique=True, null=True, editable=False)
    type = models.CharField(max_length=60)
    aggregate = models.CharField(max_length=60)
    payload = models.JSONField()
    recipient_ids = ArrayField(models.UUIDField(), default=list)
    actor_id = models.UUIDField()
    request_id = models.CharField(max_length=64, blank=True, default="")
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(position=None), name="event_unsequenced"),
            models.Index(fields=["aggregate", "id"], name="event_aggregate"),
            models.Index(fields=["type", "-id"], name="event_type"),
        ]


class Heartbeat(models.Model):
    """When a background process was last seen alive."""

    name = models.CharField(primary_key=True, max_length=40)
    beat_at = models.DateTimeField()
    process_id = models.IntegerField(default=0)
