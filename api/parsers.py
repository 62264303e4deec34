"""Reading a body: JSON, strictly, or a clear 400."""

import json
import unicodedata
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from api.errors import UnsupportedMediaType
from core.base.errors import Invalid

BODY_MAX = 256 * 1024
DEPTH_MAX = 16
INTEGER_MAX = 2**63 - 1
INTEGER_MIN = -(2**63)


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body; no body at all reads as `{}`. Raises UnsupportedMediaType, Invalid."""
    body = request.body
    if not body:
        return {}
    if not is_json(request):
        raise UnsupportedMediaType
    parsed = parse(body)
    if not isinstance(parsed, dict):
        raise Invalid(form=[_("The body must be a JSON object.")])
    return parsed


def is_json(request: HttpRequest) -> bool:
    """Whether the request says that its body is JSON in UTF-8."""
    if request.content_type != "application/json":
        return False
    return (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower() in {"utf-8", "utf8"}


def parse(body: bytes) -> Any:
    """The value written in the body, every text in NFC. Raises Invalid on anything that JSON or a database would not hold."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=unique_pairs, parse_constant=no_constant, parse_int=bounded, parse_float=finite
        )
        return checked(value, DEPTH_MAX)
    except (ValueError, RecursionError) as unreadable:
        raise Invalid(form=[_("The body is not well-formed JSON.")]) from unreadable


def unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object, unless a key stands in it twice: two readers could believe two different things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid(form=[_("A key stands twice in the same object.")])
    return found


def no_constant(name: str) -> NoReturn:
    raise Invalid(form=[_("NaN and Infinity are not JSON.")])


def bounded(digits: str) -> int:
    """The integer, when 64 bits hold it."""
    if len(digits) > 20 or not INTEGER_MIN <= int(digits) <= INTEGER_MAX:
        raise Invalid(form=[_("A number is out of range.")])
    return int(digits)


def finite(text: str) -> float:
    """The number, when it is not too large to be one.

    PostgreSQL gives 1e30 back as an integer of thirty-one digits, which nobody could be answered with.
    """
    number = float(text)
    if not INTEGER_MIN <= number <= INTEGER_MAX:
        raise Invalid(form=[_("A number is out of range.")])
    return number


def checked(value: Any, depth: int) -> Any:
    """The same value with every text cleaned; too deep a nest is refused."""
    if isinstance(value, str):
        return clean(value)
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise Invalid(form=[_("The body is nested too deep.")])
    if isinstance(value, dict):
        return {clean(key): checked(below, depth - 1) for key, below in value.items()}
    return [checked(below, depth - 1) for below in value]


def clean(text: str) -> str:
    """The text in NFC. NUL and half a surrogate pair are refused: PostgreSQL cannot keep them."""
    if text.isascii():
        if "\x00" in text:
            raise Invalid(form=[_("A text contains a NUL character.")])
        return text
    text.encode("utf-8")
    if "\x00" in text:
        raise Invalid(form=[_("A text contains a NUL character.")])
    return unicodedata.normalize("NFC", text)


class StrictJSONParser(BaseParser):
    """The one parser, for the few views that are REST framework's own."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The value in the stream. Raises Invalid."""
        return parse(stream.read())
