"""Several numbers in one statement."""

from collections.abc import Mapping
from typing import Any

from django.db.models import IntegerField, Model, QuerySet, Subquery


class CountOf(Subquery):
    """How many rows a queryset has, as a part of a larger read."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet) -> None:
        counted = rows if rows.query.is_sliced else rows.order_by()
        super().__init__(counted.values("pk"))


def counts(anchor: type[Model], anchor_id: Any, wanted: Mapping[str, Subquery]) -> dict[str, int]:
    """All these numbers, in one statement. The anchor is a row that is there, such as the reader's own."""
    numbered = {f"count_{place}": subquery for place, subquery in enumerate(wanted.values())}
    found = anchor._default_manager.filter(pk=anchor_id).values(**numbered).get() if wanted else {}
    return dict(zip(wanted, found.values(), strict=True))
