"""How far the sandbox's clock is ahead of the machine's."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from core.base.models import QuerySet


class SandboxClock(models.Model):
    """The one row that `core.base.clock` reads in a sandbox. It only ever goes forward."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead = models.DurationField(default=timedelta)

    objects = QuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="sandbox_clock_one_row"),
            models.CheckConstraint(condition=Q(ahead__gte=timedelta()), name="sandbox_clock_forward"),
        ]
