"""Who calls in tests of the API, and how they are heard."""

import secrets
from datetime import timedelta
from typing import Any

import orjson
from django.test import Client

from core.base import clock
from core.base.crypto import digest
from core.people.models import Session, User
from tests.canaries import canaries_in

MISSING = "0199f0c0-0000-7000-8000-00000000dead"


def token_for(user: User, *, kind: str = Session.Kind.TOKEN) -> str:
    """A living token of this person."""
    token = "mk_" + secrets.token_urlsafe(32)
    Session.objects.create(user=user, digest=digest(token), kind=kind, expires_at=clock.now() + timedelta(hours=1))
    return token


class Caller:
    """A client of the API, signed in as somebody or nobody. Every answer is held to the envelope."""

    def __init__(self, user: User | None = None, *, token: str | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.user = user
        self.token = token or (token_for(user) if user else None)

    def call(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> "Answer":
        """The answer to this call; `headers` are given as `idempotency_key=…`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("authorization", f"Bearer {self.token}")
        payload = raw if raw is not None else (b"" if body is None else orjson.dumps(body))
        kind = sent.pop("content-type", "application/json" if payload else "")
        return Answer(self.client.generic(method, path, payload, content_type=kind, headers=sent))

    def get(self, path: str, **headers: str) -> "Answer":
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> "Answer":
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> "Answer":
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, body: Any = None, **headers: str) -> "Answer":
        return self.call("DELETE", path, body, **headers)


class Answer:
    """An answer that was seen to stand in the envelope, with its id in the header."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status: int = response.status_code
        self.headers = response.headers
        self.content: bytes = response.content
        bare = response.request["REQUEST_METHOD"] == "HEAD" or response.status_code == 304
        self.json = {} if bare else envelope_of(response)

    @property
    def data(self) -> Any:
        """What the call was answered with."""
        assert self.status < 400, self.content.decode()
        return self.json["data"]

    @property
    def code(self) -> str | None:
        """The code of the refusal."""
        return self.json["error"]["code"] if self.status >= 400 else None

    @property
    def details(self) -> dict[str, Any]:
        """The details of the refusal."""
        return self.json["error"].get("details", {})

    @property
    def reason(self) -> str | None:
        """The finer code."""
        return self.details.get("code")


def envelope_of(response: Any) -> dict[str, Any]:
    """The envelope, when it is one."""
    if response.headers["Content-Type"].startswith("application/vnd.oai.openapi"):
        return {"data": orjson.loads(response.content)}
    if response.headers["Content-Type"].startswith("text/event-stream"):
        return {"data": response.content.decode()}
    assert response.headers["Content-Type"] == "application/json", response.headers["Content-Type"]
    envelope = orjson.loads(response.content)
    assert response.headers["X-Request-Id"] == envelope["requestId"]
    if response.status_code < 400:
        assert list(envelope) == ["ok", "data", "requestId"]
        assert envelope["ok"] is True
    else:
        assert list(envelope) == ["ok", "error", "requestId"]
        assert envelope["ok"] is False
        assert set(envelope["error"]) <= {"code", "message", "details"}
        assert envelope["error"]["message"]
        assert canaries_in(response.content.decode()) == []
    return envelope
