"""Filters under names that people understand, instead of the names of columns."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import get_format
from django.utils.functional import Promise
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from backoffice import show


class Days(RangeDateFilter):
    """From a day to a day, both included, as staff live them. What is no day does not narrow."""

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """The first moment of the first day, and the first one after the last day."""
        first, last = (begin_of(self.used_parameters.get(f"{self.field_path}_{end}", "")) for end in ("from", "to"))
        return first, last + timedelta(days=1) if last else None

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first, behind = self.bounds()
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": first})
        return queryset.filter(**{f"{self.field_path}__lt": behind}) if behind else queryset


def begin_of(text: str) -> datetime | None:
    """Midnight at the beginning of the day that somebody wrote, in the way of their language or as ISO; None when it is no day."""
    for written in (*get_format("DATE_INPUT_FORMATS"), "%Y-%m-%d"):
        try:
            return datetime.strptime(text, written).replace(tzinfo=show.zone())
        except ValueError:
            continue
    return None


def named(kind: type[Any], title: str | Promise) -> type[Any]:
    """This kind of filter under this title."""

    class Named(kind):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.title = title

    return Named


def choice(field: str, title: str | Promise) -> tuple[str, type[Any]]:
    """By one value of a vocabulary."""
    return field, named(ChoicesDropdownFilter, title)


def days(field: str, title: str | Promise) -> tuple[str, type[Any]]:
    """From a day to a day."""
    return field, named(Days, title)
