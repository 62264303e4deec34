"""The statements behind pages. Those of lists that everybody sees alike are compiled once: the ORM's part of a feed costs more
than all the rest of it.

Such a statement depends on the list, its filters, its order and its size; only the place in it changes from call to call. So the
place stands in the compiled statement as slots, which are filled at each call.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from core.base.prepared import Slot, Statement, with_literals

STATEMENTS_MAX = 256


def marks(order: Sequence[str]) -> dict[str, F]:
    """The columns that order a list, under names of their own."""
    return {f"order_{number}": F(name.lstrip("-")) for number, name in enumerate(order)}


def is_raw(queryset: QuerySet) -> bool:
    """Whether the rows are JSON that the database wrote."""
    return "row" in queryset.query.annotation_select


def page_of(queryset: QuerySet, order: Sequence[str], limit: int, place: Sequence[Any] | None) -> QuerySet:
    """The rows behind this place, one more than the page shows, each with the columns that order it.

    The place is compared as a row value, which an index with the same columns answers at any depth.
    """
    if len({name.startswith("-") for name in order}) != 1:
        raise TypeError("a keyset page is ordered in one direction")
    if place is not None:
        comparison = TupleLessThan if order[0].startswith("-") else TupleGreaterThan
        queryset = queryset.filter(comparison(Tuple(*marks(order).values()), tuple(place)))
    raw = is_raw(queryset)
    queryset = queryset.annotate(**marks(order)).order_by(*order)
    if raw:
        queryset = queryset.values_list("row", *marks(order))
    return queryset[: limit + 1]


class PublicList:
    """A list of `row`s that everybody sees alike. Made once, where the module of a view is read."""

    def __init__(self, rows: Callable[[], QuerySet]) -> None:
        self.rows = rows
        self.statements: dict[Any, Statement] = {}

    def page(
        self,
        order: Sequence[str],
        limit: int,
        place: Sequence[Any] | None,
        given: Mapping[str, str],
        narrow: Callable[[QuerySet], QuerySet],
    ) -> list[tuple[Any, ...]]:
        """The rows behind this place, one more than the page shows. `narrow` does what the parameters in `given` ask for."""
        wanted = (tuple(order), limit, place is not None, tuple(sorted(given.items())))
        statement = self.statements.get(wanted)
        if statement is None:
            slots = [Slot(number) for number in range(len(order))] if place is not None else None
            sql, parameters = page_of(narrow(self.rows()), order, limit, slots).query.sql_with_params()
            statement = with_literals(sql, parameters)
            self.keep(wanted, statement)
        return statement.run(place or ())

    def keep(self, wanted: Any, statement: Statement) -> None:
        """The statement is known from now on. When too many are, all are forgotten: those in use come back at once."""
        if len(self.statements) >= STATEMENTS_MAX:
            self.statements.clear()
        self.statements[wanted] = statement
