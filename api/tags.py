"""ETags: who asks again for what they hold is answered without a body.

The tags are weak, because two answers with the same `data` differ in their `requestId`.
"""

from hashlib import blake2b

from django.http import HttpResponse
from django.utils.http import parse_etags

DIGEST_BYTES = 16


def tag_of(content: bytes) -> str:
    """The tag of an answer that says this."""
    return f'W/"{blake2b(content, digest_size=DIGEST_BYTES).hexdigest()}"'


def is_held(asked: str | None, tag: str) -> bool:
    """Whether the caller's If-None-Match names this tag, or any."""
    if asked is None:
        return False
    held = parse_etags(asked)
    return held == ["*"] or tag.removeprefix("W/") in {one.removeprefix("W/") for one in held}


def not_modified() -> HttpResponse:
    """The answer that what the caller holds is right."""
    response = HttpResponse(status=304)
    del response.headers["Content-Type"]
    return response
