"""Cases in the hands of staff: who works on which one, and which were handed on."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.base.models import Row
from core.base.triggers import frozen, no_delete
from core.base.vocabulary import Queue


class Claim(Row):
    """One case in one pair of hands until the lease runs out, by the clock of the database. The case of a lapsed lease is anybody's."""

    queue = models.CharField(max_length=10, choices=Queue)
    subject_id = models.UUIDField()
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    taken_at = models.DateTimeField()
    lease_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["holder", "queue", "lease_until"], name="claim_holder")]
        constraints = [
            models.UniqueConstraint(fields=["queue", "subject_id"], name="claim_one_holder"),
            models.CheckConstraint(condition=Q(lease_until__gt=models.F("taken_at")), name="claim_lease_after_taking"),
        ]
        triggers = [frozen("claim", "queue", "subject_id")]


class Escalation(Row):
    """A case that its moderator handed on, and why. Somebody else decides it."""

    NOTE_MAX = 1_000

    queue = models.CharField(max_length=10, choices=Queue)
    subject_id = models.UUIDField()
    escalated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=NOTE_MAX)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["queue", "subject_id", "-created_at"], name="escalation_subject")]
        constraints = [
            models.UniqueConstraint(fields=["queue", "subject_id"], condition=Q(settled_at=None), name="escalation_one_open"),
            models.CheckConstraint(condition=~Q(note=""), name="escalation_says_why"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None) | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="escalation_settled_whole",
            ),
        ]
        triggers = [
            frozen("escalation", "queue", "subject_id", "escalated_by_id", "note", once=("settled_at", "settled_by_id")),
            no_delete("escalation"),
        ]
