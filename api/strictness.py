"""What REST framework would forgive, and this contract does not: unknown fields, and values of another JSON type."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

TEXT_FIELDS = (
    serializers.CharField,
    serializers.ChoiceField,
    serializers.UUIDField,
    serializers.DateTimeField,
    serializers.DateField,
    serializers.TimeField,
)


def faults(serializer: Any, value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Each fault of the value with its dotted path. Ranges and meanings are for the serializer to judge."""
    if value is None:
        return
    if isinstance(serializer, serializers.ListSerializer | serializers.ListField):
        if isinstance(value, list):
            for place, below in enumerate(value):
                yield from faults(serializer.child, below, (*path, str(place)))
    elif isinstance(serializer, serializers.Serializer):
        if isinstance(value, Mapping):
            yield from faults_of_object(serializer, value, path)
    elif message := wrong_type(serializer, value):
        yield ".".join(path), message


def faults_of_object(serializer: serializers.Serializer, value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The faults of an object: fields nobody asked for, and those of each field."""
    for name, below in value.items():
        field = serializer.fields.get(name)
        if field is None or field.read_only:
            yield ".".join((*path, name)), _("Unknown field.")
        else:
            yield from faults(field, below, (*path, name))


def wrong_type(field: serializers.Field, value: Any) -> str | None:
    """The message for a value whose JSON type is not that of the field; a number in quotes is not a number."""
    if isinstance(field, serializers.BooleanField):
        return None if isinstance(value, bool) else _("Must be true or false.")
    if isinstance(field, serializers.IntegerField):
        return None if type(value) is int else _("Must be an integer.")
    if isinstance(field, TEXT_FIELDS):
        return None if isinstance(value, str) else _("Must be a text.")
    return None
