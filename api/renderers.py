"""The envelope. Everything under /api/ leaves through here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

from core.base import trace

JSON = "application/json"

Raw = orjson.Fragment


def default(thing: Any) -> Any:
    """What orjson does not know: texts that wait for a language, and exact numbers."""
    if isinstance(thing, Promise | Decimal):
        return str(thing)
    raise TypeError(f"{type(thing).__name__} is not JSON")


def dump(thing: Any) -> bytes:
    """The thing as JSON. A Raw part is passed through as it is."""
    return orjson.dumps(thing, default)


def show(shown: Any, *, status: int = 200) -> HttpResponse:
    """The success envelope: `{ok: true, data, requestId}`."""
    # The request id needs no escaping: core.base.trace lets nothing through that JSON would have to escape.
    body = b'{"ok":true,"data":' + dump(shown) + b',"requestId":"' + trace.request_id().encode() + b'"}'
    return HttpResponse(body, content_type=JSON, status=status)


def refuse(*, code: str, status: int, message: str, details: Mapping[str, Any], headers: Mapping[str, str]) -> HttpResponse:
    """The failure envelope: `{ok: false, error: {code, message, details?}, requestId}`."""
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = details
    body = dump({"ok": False, "error": error, "requestId": trace.request_id()})
    return HttpResponse(body, content_type=JSON, status=status, headers=dict(headers))


class EnvelopeRenderer(BaseRenderer):
    """The envelope for a REST framework Response. Our own views answer with `show` and do not pass through it."""

    media_type = JSON
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None) -> bytes:
        """The bytes of the envelope around `data`."""
        return show(data).content
