"""The request id that ties a call to its log lines, audit rows and events."""

import re
import uuid
from contextvars import ContextVar

REQUEST_ID_SHAPE = re.compile(r"[A-Za-z0-9._-]{8,64}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the call in progress, or an empty string outside any call."""
    return _request_id.get()


def begin(candidate: str | None = None) -> str:
    """Start a call: the caller's id when it is well formed, else a new one. Returns the id in force."""
    accepted = candidate if candidate and REQUEST_ID_SHAPE.fullmatch(candidate) else str(uuid.uuid4())
    _request_id.set(accepted)
    return accepted


def end() -> None:
    """Forget the id, so that the next task of this thread does not inherit it."""
    _request_id.set("")
