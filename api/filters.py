"""Filters of lists: strict parameters that narrow a queryset. They run only when there are query parameters."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

import django_filters
from django import forms
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.base.errors import Invalid

INTEGER_MAX = 2**31 - 1
VALUES_MAX = 50
LONE_MINUS = re.compile(r'-(?![\w"])')
DIGITS = re.compile(r"-?[0-9]{1,19}")
FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Filters(django_filters.FilterSet):
    """Parameters of one list. Names are those of the contract; `field_name=` says the column.

    Fields: Choice, Choices (comma list), Whole (bounded integer), Flag (true|false|1|0), Text, Words, Identifier, Moment.
    """


def require_currency(parameters: Mapping[str, str], *, bounds: Iterable[str], sorts: Container[str]) -> None:
    """Nothing happens when amounts are compared within one currency, or not at all. Raises Invalid.

    `bounds` are the parameters that compare amounts, `sorts` the values of `sort` that do.
    """
    compares = parameters.get("sort", "") in sorts or any(parameters.get(name) for name in bounds)
    if compares and not parameters.get("currency"):
        raise Invalid({"currency": [gettext("Name the currency in which amounts are compared.")]})


class ChoiceField(forms.ChoiceField):
    """One of the choices, spelled exactly."""

    default_error_messages = {"invalid_choice": _("Unknown value. Choose one of: {allowed}.")}

    def validate(self, value: str) -> None:
        if value and not self.valid_value(value):
            raise ValidationError(refused_choice(self), code="invalid_choice")


class ChoicesField(ChoiceField):
    """Some of the choices, separated by commas."""

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(filter(None, str(value or "").split(","))))

    def validate(self, value: Any) -> None:
        if len(value) > VALUES_MAX or not all(self.valid_value(one) for one in value):
            raise ValidationError(refused_choice(self), code="invalid_choice")


def refused_choice(field: forms.ChoiceField) -> str:
    """The message that names what would have been right."""
    allowed = [str(value) for value, _label in list(field.choices)]  # type: ignore[arg-type]
    return str(ChoiceField.default_error_messages["invalid_choice"]).format(allowed=", ".join(allowed))


class FlagField(forms.Field):
    """true, false, 1 or 0."""

    def clean(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in FLAGS:
            raise ValidationError(_("Give true or false."))
        return FLAGS[value]


class WholeField(forms.IntegerField):
    """An integer in plain digits."""

    def to_python(self, value: Any) -> int | None:
        if value and not DIGITS.fullmatch(str(value)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class Choice(django_filters.Filter):
    """`?niche=BEAUTY`: one value of `choices`."""

    field_class = ChoiceField


class Choices(django_filters.Filter):
    """`?platform=TIKTOK,REELS`: any of these values."""

    field_class = ChoicesField

    def __init__(self, *arguments: Any, lookup_expr: str = "in", **said: Any) -> None:
        super().__init__(*arguments, lookup_expr=lookup_expr, **said)


class Flag(django_filters.Filter):
    """`?verified=true`."""

    field_class = FlagField


class Whole(django_filters.Filter):
    """`?budgetMin=1000`: an integer from 0 to what the column holds, unless told otherwise."""

    field_class = WholeField

    def __init__(self, *arguments: Any, min_value: int = 0, max_value: int = INTEGER_MAX, **said: Any) -> None:
        super().__init__(*arguments, min_value=min_value, max_value=max_value, **said)


class Text(django_filters.Filter):
    """Words, at most 100 characters."""

    field_class = forms.CharField

    def __init__(self, *arguments: Any, max_length: int = 100, **said: Any) -> None:
        super().__init__(*arguments, max_length=max_length, **said)


class Words(Text):
    """Words that the column `search` holds in any grammatical form; `-word` leaves out."""

    def filter(self, rows: QuerySet, words: str) -> QuerySet:
        """The rows with these words. A minus before nothing says nothing; PostgreSQL fails on three dozen of them in a row."""
        if not words:
            return rows
        return rows.filter(search=SearchQuery(LONE_MINUS.sub(" ", words), config="russian", search_type="websearch"))


class Identifier(django_filters.Filter):
    """An id of another row."""

    field_class = forms.UUIDField


class Moment(django_filters.Filter):
    """A moment in ISO 8601."""

    field_class = forms.DateTimeField


Narrow = Callable[[QuerySet, str, Any], QuerySet]

__all__ = ["Choice", "Choices", "Filters", "Flag", "Identifier", "Moment", "Narrow", "Text", "Whole", "Words"]
