"""Lists that never count: the next page is known by one row too many, and a list is left by searching, not by paging on.

`Pages` turns pages up to a bound. `Stream` goes on from the last id, however long the table is.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from unfold.views import ChangeList

TAB = "tab"
BEFORE = "before"


@dataclasses.dataclass(frozen=True)
class Tab:
    """One view of a list: which rows, in which order, and what is said when there are none."""

    key: str
    title: str | Promise
    rows: Callable[[QuerySet], QuerySet]
    order: tuple[str, ...]
    empty: str | Promise
    counter: str = ""


class Uncounted(ChangeList):
    """What both kinds of list share: tabs, and parameters that are not columns."""

    OWN = (TAB,)

    def __init__(self, request: HttpRequest, *arguments: Any, **options: Any) -> None:
        admin = options.get("model_admin") or arguments[10]
        self.tab: Tab | None = admin.tab(request)
        self.empty = (self.tab.empty if self.tab else "") or admin.empty
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            raise IncorrectLookupParameters  # the database has no such character
        super().__init__(request, *arguments, **options)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The parameters that narrow by columns: all but our own."""
        known = super().get_filters_params(params)
        return {name: value for name, value in known.items() if name not in self.OWN}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        """The rows of the tab, in its order."""
        rows = super().get_queryset(request, exclude_parameters)
        return self.tab.rows(rows).order_by(*self.tab.order) if self.tab else rows

    def following(self, row: Model) -> Any:
        """The row of this view that comes after that one, which itself may have left the view meanwhile. None after the last."""
        try:
            condition = after(row, self.order())
        except AttributeError:  # the order is by something that only rows of this view have
            condition = ~Q(pk=row.pk)
        return self.queryset.order_by(*self.order()).filter(condition).first()

    def order(self) -> tuple[str, ...]:
        """The columns by which the rows stand, the last one unlike in all of them."""
        named = self.tab.order if self.tab else tuple(self.model_admin.ordering or ())
        return named if {"id", "-id", "pk", "-pk"} & set(named) else (*named, "-pk")

    def fill(self, rows: QuerySet) -> bool:
        """One page of rows is fetched. Returns whether there are more."""
        fetched = list(rows[: self.list_per_page + 1])
        self.result_list = fetched[: self.list_per_page]
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.show_admin_actions = self.can_show_all = self.multi_page = False
        self.paginator = Paginator(self.result_list, self.list_per_page)
        return len(fetched) > self.list_per_page


def after(row: Model, order: tuple[str, ...]) -> Q:
    """The rows that stand behind this one in this order. Raises AttributeError for a column that the row does not have."""
    behind, same = Q(pk__in=()), Q()
    for name in order:
        column, comparison = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        value: Any = row
        for part in column.split("__"):
            value = getattr(value, part)
        if value is None:  # columns without a value stand last
            same &= Q(**{f"{column}__isnull": True})
            continue
        behind |= same & Q(**{f"{column}__{comparison}": value})
        same &= Q(**{column: value})
    return behind


class Pages(Uncounted):
    """Pages by number, forty at most: who needs the forty-first narrows the list."""

    PAGES_MAX = 40

    def get_results(self, request: HttpRequest) -> None:
        """The page that was asked for, and the addresses of its neighbours."""
        if not 1 <= self.page_num <= self.PAGES_MAX:
            raise IncorrectLookupParameters
        first = (self.page_num - 1) * self.list_per_page
        more = self.fill(self.queryset[first : first + self.list_per_page + 1])
        self.newer_url = self.get_query_string({PAGE_VAR: self.page_num - 1}) if self.page_num > 1 else ""
        self.is_cut = more and self.page_num == self.PAGES_MAX
        self.older_url = self.get_query_string({PAGE_VAR: self.page_num + 1}) if more and not self.is_cut else ""


class Stream(Uncounted):
    """The newest rows by id, then those before the last one shown."""

    OWN = (TAB, BEFORE)

    def order(self) -> tuple[str, ...]:
        """The newest first, whatever the tab says."""
        return ("-id",)

    def get_results(self, request: HttpRequest) -> None:
        """The rows before the id in the address, or the newest."""
        before = request.GET.get(BEFORE, "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 19):
            raise IncorrectLookupParameters
        rows = self.queryset.order_by("-id")
        more = self.fill(rows.filter(id__lt=int(before)) if before else rows)
        self.is_cut = False
        self.newer_url = self.get_query_string(remove=[BEFORE]) if before else ""
        self.older_url = self.get_query_string({BEFORE: self.result_list[-1].pk}) if more else ""
