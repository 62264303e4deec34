"""What people write about themselves: cleaned, judged by the rules of the model, and put on the row."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.base.errors import Invalid
from core.base.names import camel
from core.base.texts import is_hidden, visible

# Only these may run over several lines.
PARAGRAPHS = frozenset({"bio", "description"})
LINE_SIGNS = frozenset("\n\r\t")


def put(row: models.Model, changes: Mapping[str, Any], *, allowed: Collection[str]) -> dict[str, Any]:
    """The row says what the changes say, in memory. Returns what it said before, of the fields that differ.

    Raises Invalid with every fault at once: a field that is not allowed, or a value that the model refuses.
    """
    wrong: dict[str, list[str]] = {}
    before: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in allowed:
            wrong[camel(name)] = [_("Unknown field.")]
            continue
        try:
            cleaned = clean(row, name, value)
        except ValidationError as refused:
            wrong[camel(name)] = list(refused.messages)
            continue
        if cleaned != getattr(row, name):
            before[name] = getattr(row, name)
            setattr(row, name, cleaned)
    if wrong:
        raise Invalid(wrong)
    return before


def clean(row: models.Model, name: str, value: Any) -> Any:
    """The value as the field of this row would hold it: trimmed, without repetitions. Raises ValidationError."""
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)
    if isinstance(value, str):
        value = plain(value, is_paragraph=name in PARAGRAPHS)
    elif isinstance(value, list):
        value = list(dict.fromkeys(value))
    elif isinstance(field, models.CharField) and not isinstance(value, str):
        raise ValidationError(_("Must be a text."))
    return field.clean(value, row)


def plain(text: str, *, is_paragraph: bool = False) -> str:
    """The text trimmed. Raises ValidationError when control characters hide in it."""
    text = visible(text)
    if any(is_hidden(sign) and not (is_paragraph and sign in LINE_SIGNS) for sign in text):
        raise ValidationError(_("The text holds characters that cannot be shown."))
    return text
