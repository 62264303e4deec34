"""What happens by itself, and when: one row per running clock of a thing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.models import Row
from core.base.triggers import no_delete


class Timer(Row):
    """A clock that runs for one thing (`subject_id`), and what it leads to unless somebody acts. `core.timers.kinds` describes each.

    A timer is running until it ended: FIRED when its time came, STOPPED when somebody acted first. A paused one does not run.
    """

    class Outcome(models.TextChoices):
        FIRED = "FIRED", _("Ran out")
        STOPPED = "STOPPED", _("Stopped")

    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="timers", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(ended_at=None, paused_at=None), name="timer_due"),
            models.Index(
                fields=["remind_at", "id"], condition=Q(ended_at=None, paused_at=None, remind_at__isnull=False), name="timer_remind"
            ),
            models.Index(fields=["job"], condition=Q(ended_at=None), name="timer_job"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "kind"], condition=Q(ended_at=None), name="timer_one_running"),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="timer_due_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""), name="timer_ended_with_outcome"
            ),
        ]
        triggers = [no_delete("timer")]
