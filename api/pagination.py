"""Pages by keyset: a page costs the same at any depth, and rows that come or go move nobody's place.

The cursor holds the sort values of the last row shown, typed and at full microseconds. It is signed together with the path,
the order and the filters, so that it opens only the list it came from.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from api import statements
from api.renderers import Raw
from core.base.errors import Invalid

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
CURSOR_CHARS_MAX = 1_000
VERSION = b"\x01"
SIGNATURE_BYTES = 16

WRITERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    datetime: ("moment", datetime.isoformat),
    date: ("day", date.isoformat),
    UUID: ("id", lambda value: value.hex),
    Decimal: ("exact", str),
    int: ("whole", int),
    float: ("real", float.hex),
    str: ("text", str),
}
READERS: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "id": UUID,
    "exact": Decimal,
    "whole": int,
    "real": float.fromhex,
    "text": str,
}


def read_limit(text: str | None) -> int:
    """The page size asked for. Raises Invalid unless it is 1..100."""
    if text is None:
        return LIMIT_DEFAULT
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LIMIT_MAX):
        raise Invalid({"limit": [_("Give a number from 1 to {max}.").format(max=LIMIT_MAX)]})
    return int(text)


def binding(path: str, order: Sequence[str], filters: Mapping[str, str]) -> bytes:
    """What a cursor is good for: one path, one order, one set of filters."""
    return json.dumps([path, list(order), sorted(filters.items())]).encode()


def sign(payload: bytes, bound_to: bytes) -> bytes:
    """The signature of a cursor's content for one list."""
    message = VERSION + len(bound_to).to_bytes(4, "big") + bound_to + payload
    return hmac.digest(settings.CURSOR_SECRET.encode(), message, "sha256")[:SIGNATURE_BYTES]


def write_cursor(values: Sequence[Any], bound_to: bytes) -> str:
    """The place after a row with these sort values."""
    typed = []
    for value in values:
        kind, write = WRITERS[type(value)]
        typed.append([kind, write(value)])
    payload = json.dumps(typed, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(VERSION + sign(payload, bound_to) + payload).rstrip(b"=").decode()


def read_cursor(cursor: str, bound_to: bytes, *, name: str = "cursor") -> list[Any]:
    """The sort values of the last row shown. Raises Invalid, under this name, for a cursor that is not ours, or is another list's."""
    refusal = Invalid({name: [_("This cursor does not belong to this list. Start again without it.")]})
    if len(cursor) > CURSOR_CHARS_MAX or not cursor.isascii():
        raise refusal
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as unreadable:
        raise refusal from unreadable
    signature, payload = packed[1 : SIGNATURE_BYTES + 1], packed[SIGNATURE_BYTES + 1 :]
    canonical = base64.urlsafe_b64encode(packed).rstrip(b"=").decode() == cursor
    if packed[:1] != VERSION or not canonical or not hmac.compare_digest(signature, sign(payload, bound_to)):
        raise refusal
    return [READERS[kind](value) for kind, value in json.loads(payload)]


def page(
    queryset: QuerySet,
    *,
    order: Sequence[str],
    limit: int,
    cursor: str | None,
    bound_to: bytes,
    shape: Callable[[dict[str, Any]], Any] | None = None,
) -> dict[str, Any]:
    """One page of the list: `{items, nextCursor}`, one query.

    The queryset holds `.values()` under the names of the contract, or one annotation `row` that is already JSON text
    (core.base.shapes.RowJSON) and is passed through. All of `order` points one way and ends with the id.
    """
    place = read_cursor(cursor, bound_to) if cursor is not None else None
    rows = statements.page_of(queryset, order, limit, place)
    if statements.is_raw(queryset):
        return raw_page(list(rows), limit, bound_to)
    found = list(rows)
    places = [[row.pop(mark) for mark in statements.marks(order)] for row in found]
    shown = [shape(row) for row in found[:limit]] if shape else found[:limit]
    return {"items": shown, "nextCursor": next_cursor(places, limit, bound_to)}


def public_page(
    rows: statements.PublicList,
    *,
    order: Sequence[str],
    limit: int,
    cursor: str | None,
    bound_to: bytes,
    given: Mapping[str, str],
    narrow: Callable[[QuerySet], QuerySet],
) -> dict[str, Any]:
    """The same of a list that everybody sees alike: its statement is compiled once."""
    place = read_cursor(cursor, bound_to) if cursor is not None else None
    return raw_page(rows.page(order, limit, place, given, narrow), limit, bound_to)


def raw_page(found: Sequence[Sequence[Any]], limit: int, bound_to: bytes) -> dict[str, Any]:
    """The page of rows that the database wrote as JSON."""
    items = Raw("[" + ",".join([row[0] for row in found[:limit]]) + "]")
    return {"items": items, "nextCursor": next_cursor([row[1:] for row in found], limit, bound_to)}


def next_cursor(places: Sequence[Sequence[Any]], limit: int, bound_to: bytes) -> str | None:
    """The place after the last row shown, when there is more behind it."""
    return write_cursor(places[limit - 1], bound_to) if len(places) > limit else None
