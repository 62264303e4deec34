"""Rows, locks and states: what every room stands on.

**The order of locks**, the same in every verb, so that two verbs queue and never deadlock: the job first (a deal has one
owner row), then escrow, then application, invitation or submission, then payout or top-up, then rules,
and accounts last, in the order of their ids. `lock` takes FOR NO KEY UPDATE, so that rows which only point here are not held up.
"""

from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist, ValidationError
from django.db import connection, models

from core.base import clock
from core.base.errors import NotFound, WrongState
from core.base.ids import uuid7
from core.base.prepared import Prepared

EXACT = (models.UUIDField, models.CharField)  # compared as they are: a number may be too large for its column


class QuerySet(models.QuerySet):
    """A queryset that can fetch one row, for change too. Where only columns are compared the read is compiled once per process."""

    # The columns that have to be equal to these values, while that is all there is to this queryset; else None.
    equal: dict[str, Any] | None = {}

    def filter(self, *conditions: Any, **lookup: Any) -> Self:
        """The rows that fit these conditions too."""
        narrowed = super().filter(*conditions, **lookup)
        if self.equal is not None and not conditions and self.equal.keys().isdisjoint(lookup):
            narrowed.equal = self.equal | lookup
        return narrowed

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone.equal = None
        return clone

    def lock(self, **lookup: Any) -> Any:
        """The one row of this queryset that matches, locked until the transaction ends. Raises NotFound."""
        rows = self.select_for_update(no_key=True, of=("self",))
        rows.equal = self.equal
        return rows.find(**lookup)

    def lock_any(self, **lookup: Any) -> Any | None:
        """The same, or None when there is no such row."""
        try:
            return self.lock(**lookup)
        except NotFound:
            return None

    def find(self, **lookup: Any) -> Any:
        """The one row of this queryset that matches, unlocked. Raises NotFound."""
        try:
            values = self._values_for(lookup)
            if values is None:
                return self.get(**lookup)
            found = one_row(self.model, tuple(values), locked=self.query.select_for_update).instances(**values)
        except (ObjectDoesNotExist, ValidationError, ValueError) as missing:
            raise NotFound from missing
        if not found:
            raise NotFound
        if len(found) > 1:
            raise MultipleObjectsReturned
        return found[0]

    def _values_for(self, lookup: dict[str, Any]) -> dict[str, Any] | None:
        """The values of the columns compared, as the driver takes them; None when the read is not that simple.

        Raises ValidationError and ValueError for what such a column never holds.
        """
        if self.equal is None or not self.equal.keys().isdisjoint(lookup):
            return None
        if self._known_related_objects:  # type: ignore[attr-defined]  # a reverse relation gives its rows the object they belong to
            return None
        values = {}
        for name, value in (self.equal | lookup).items():
            field = columns_of(self.model).get(name)
            if field is None:
                return None
            plain = value.pk if field.is_relation and isinstance(value, field.related_model) else value
            if not isinstance(plain, str | UUID):
                return None
            values[name] = field.get_db_prep_value(plain, connection)
        return values


@cache
def columns_of(model: type[models.Model]) -> dict[str, Any]:
    """The columns that a prepared read may compare, under each of their names."""
    fields = [field for field in model._meta.concrete_fields if isinstance(getattr(field, "target_field", field), EXACT)]
    return {name: field for field in fields for name in {field.name, field.attname, "pk" if field.primary_key else field.name}}


@cache
def one_row(model: type[models.Model], names: tuple[str, ...], *, locked: bool) -> Prepared:
    """The read of one row by these columns, or two when there are more. The words of a search are left where they are."""
    words = [field.name for field in model._meta.concrete_fields if isinstance(getattr(field, "output_field", None), SearchVectorField)]

    def build(**values: Any) -> models.QuerySet:
        rows: models.QuerySet = models.QuerySet(model).defer(*words).filter(**values)
        return (rows.select_for_update(no_key=True, of=("self",)) if locked else rows)[:2]

    return Prepared(build, names)


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
