"""Filters under names that people understand, instead of the names of columns."""

from typing import Any

from django.utils.functional import Promise
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter


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
    return field, named(RangeDateFilter, title)
