"""Time as ids: rows are numbered as they come, so a stretch of time is a stretch of ids, however old and long the table is."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.filters import Days
from backoffice.lists import BEFORE, Stream

LOOKED_MAX = 100_000
ID_DIGITS_MAX = 19
SLACK = timedelta(minutes=10)  # the row of a long transaction has an earlier moment than those numbered before it

# Halves the ids until the first one that is not older than the moment is found: some thirty looks at the primary key.
FIRST_SINCE = """
    WITH RECURSIVE halved (low, high) AS (
        SELECT coalesce(min(id), 1), coalesce(max(id), 0) + 1 FROM {table}
        UNION ALL
        SELECT CASE WHEN probe.at < %(moment)s THEN (low + high) / 2 + 1 ELSE low END,
               CASE WHEN probe.at < %(moment)s THEN high ELSE (low + high) / 2 END
        FROM halved, LATERAL (SELECT {column} AS at FROM {table} WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1) probe
        WHERE low < high
    )
    SELECT low FROM halved ORDER BY high - low LIMIT 1
"""


def first_since(rows: QuerySet, column: str, moment: datetime) -> int:
    """The id of the first row of this table that is not older than the moment; one behind the last when there is none."""
    table = connection.ops.quote_name(rows.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(FIRST_SINCE.format(table=table, column=connection.ops.quote_name(column)), {"moment": moment})
        return int(cursor.fetchone()[0])


class Window(Days):
    """From a day to a day, both included. The days become ids before anything is looked at."""

    below: int | None = None  # the first id after the window

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first, behind = self.bounds()
        if first:
            queryset = queryset.filter(id__gte=first_since(queryset, self.field_path, first - SLACK))
        if behind:
            self.below = first_since(queryset, self.field_path, behind + SLACK)
            queryset = queryset.filter(id__lt=self.below)
        return super().queryset(request, queryset)


class Looked(Stream):
    """A stream that looks through at most `LOOKED_MAX` rows for one page; what lies before them is one step further."""

    floor = 0

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        rows = super().get_queryset(request, exclude_parameters)
        if not self.is_bounded(request):
            return rows
        bounds = [spec.below for spec in self.filter_specs if isinstance(spec, Window) and spec.below]
        written = request.GET.get(BEFORE, "")
        if written.isascii() and written.isdigit() and len(written) < ID_DIGITS_MAX:
            bounds.append(int(written))
        self.floor = max(0, min(bounds, default=self.last() + 1) - 1 - LOOKED_MAX)
        return rows.filter(id__gt=self.floor)

    def is_bounded(self, request: HttpRequest) -> bool:
        """Whether no index serves what was asked for."""
        return not self.query

    def last(self) -> int:
        """The newest id there is."""
        found: int | None = self.model._default_manager.order_by("-id").values_list("id", flat=True).first()
        return found or 0

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.floor and not self.older_url:
            self.older_url = self.get_query_string({BEFORE: self.floor + 1})
