"""Rows, locks and states: what every room stands on.

**The order of locks**, the same in every verb, so that two verbs queue and never deadlock: the job first (a deal has one
owner row), then escrow, then application, invitation or submission, then payout or top-up, then rules,
and accounts last, in the order of their ids. `lock` takes FOR NO KEY UPDATE, so that rows which only point here are not held up.
"""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models

from core.base import clock
from core.base.errors import NotFound, WrongState
from core.base.ids import uuid7


class QuerySet(models.QuerySet):
    """A queryset that can fetch one row for change."""

    def lock(self, **lookup: Any) -> Any:
        """The one row of this queryset that matches, locked until the transaction ends. Raises NotFound."""
        return self._one(self.select_for_update(no_key=True, of=("self",)), lookup)

    def find(self, **lookup: Any) -> Any:
        """The one row of this queryset that matches, unlocked. Raises NotFound."""
        return self._one(self, lookup)

    def _one(self, rows: models.QuerySet, lookup: dict[str, Any]) -> Any:
        try:
            return rows.get(**lookup)
        except (self.model.DoesNotExist, ValidationError, ValueError) as missing:
            raise NotFound from missing


class Row(models.Model):
    """A row with a public id and the moments of its birth and last change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    objects = QuerySet.as_manager()

    class Meta:
        abstract = True

    def store(self, *fields: str) -> Self:
        """Write these fields, and the moment of the change."""
        self.updated_at = clock.now()
        self.save(update_fields=[*fields, "updated_at"])
        return self


class StatefulRow(Row):
    """A row whose `status` moves only along the arrows of MOVES. The subclass declares both."""

    MOVES: ClassVar[dict[str, set[str]]]

    status: Any
    get_status_display: Any

    class Meta:
        abstract = True

    def can_move_to(self, status: str) -> bool:
        """Whether there is an arrow from the present state to that one."""
        return status in self.MOVES.get(self.status, set())

    def move_to(self, status: str) -> None:
        """The row is in the new state, in memory; the verb stores it. Raises WrongState."""
        if not self.can_move_to(status):
            raise WrongState(status=self.status, state=str(self.get_status_display()))
        self.status = status
