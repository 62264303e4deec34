"""What this door itself remembers: answers given under an Idempotency-Key, and how often somebody knocked."""

from django.db import models
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """One answered command. The row is written in the transaction of the command, so that neither exists without the other."""

    principal = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    location = models.CharField(max_length=500, blank=True, default="")
    request_id = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]


class ThrottleCounter(models.Model):
    """Calls of one caller in one scope in the present window. Losing the table costs nothing: it is UNLOGGED."""

    key = models.CharField(max_length=200, primary_key=True)
    bucket = models.BigIntegerField()
    calls = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="throttle_counter_age")]
