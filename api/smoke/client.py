"""One caller of the API, who checks the contract on every answer."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

TIMEOUT_SECONDS = 40  # a call may wait 25 seconds for news
NOT_MODIFIED = 304
ENVELOPE_KEYS = ({"ok", "data", "requestId"}, {"ok", "error", "requestId"})


class BrokenPromise(Exception):
    """The server did not do what the contract says; the text says what and where."""


class Answer:
    """One checked answer."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.body: dict[str, Any] = self._envelope()

    def _envelope(self) -> dict[str, Any]:
        where = f"{self.response.request.method} {self.response.request.url.raw_path.decode()} → {self.status}"
        if self.status == NOT_MODIFIED and not self.response.content:
            return {"ok": True, "data": None}
        try:
            body = self.response.json()
        except ValueError as error:
            raise BrokenPromise(f"{where}: the body is not JSON: {self.response.text[:200]!r}") from error
        if not isinstance(body, dict) or set(body) not in ENVELOPE_KEYS or body["ok"] is not (self.status < 400):
            raise BrokenPromise(f"{where}: not the envelope: {self.response.text[:300]}")
        if not body["requestId"] or self.response.headers.get("X-Request-Id") != body["requestId"]:
            raise BrokenPromise(f"{where}: X-Request-Id and requestId differ")
        if not body["ok"] and not (body["error"].get("code") and body["error"].get("message")):
            raise BrokenPromise(f"{where}: an error without code or message: {self.response.text[:300]}")
        return body

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def code(self) -> str | None:
        return self.body["error"]["code"] if not self.body["ok"] else None

    @property
    def details(self) -> dict[str, Any]:
        return self.body.get("error", {}).get("details") or {}


class Person:
    """A signed-in caller, or a guest without a token."""

    def __init__(self, http: httpx.Client, name: str, token: str | None = None) -> None:
        self.http = http
        self.name = name
        self.token = token

    def call(self, method: str, path: str, *, json: Any = None, headers: dict[str, str] | None = None, **options: Any) -> Answer:
        """The answer, its envelope and request id checked."""
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return Answer(self.http.request(method, f"/api/{path}", json=json, headers=sent, **options))


class Walk:
    """Counts what was checked, and tells it line by line."""

    def __init__(self, base_url: str, password: str, say: Callable[[str], None]) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS, trust_env=False)
        self.password = password
        self.say = say
        self.began = time.monotonic()
        self.checks: list[str] = []
        self.guest = Person(self.http, "guest")
        self.people: dict[str, Person] = {}

    def __getattr__(self, name: str) -> Person:
        """`walk.brand` is the signed-in brand."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def section(self, title: str) -> None:
        self.say(f"\n{title}")

    def passed(self, promise: str) -> None:
        self.checks.append(promise)
        self.say(f"  ok {len(self.checks):3}  {promise}")

    def hold(self, truth: bool, promise: str, seen: Any = None) -> None:
        """The promise holds, and is counted. Raises BrokenPromise."""
        if not truth:
            raise BrokenPromise(f"{promise}: seen {seen!r}")
        self.passed(promise)

    def equal(self, seen: Any, expected: Any, promise: str) -> None:
        """Both are equal, and it is counted. Raises BrokenPromise."""
        self.hold(seen == expected, promise, f"{seen!r}, expected {expected!r}")

    def expect(
        self,
        promise: str,
        person: Person,
        call: str,
        status: int,
        *,
        code: str | None = None,
        reason: str | None = None,
        **options: Any,
    ) -> Any:
        """The call (`"POST jobs/…/apply"`) is answered exactly so. Returns the data, or the error's details. Raises BrokenPromise."""
        method, path = call.split(" ", 1)
        answer = person.call(method, path, **options)
        seen = (answer.status, answer.code, answer.details.get("code"))
        if answer.status != status or (code and answer.code != code) or (reason and answer.details.get("code") != reason):
            raise BrokenPromise(
                f"{promise}: {person.name} {call} → {seen}, expected {(status, code, reason)}: {answer.response.text[:600]}"
            )
        self.passed(f"{promise} → {' '.join(str(part) for part in (status, reason or code) if part)}")
        return answer.data if answer.status < 400 else answer.details

    def together(self, *calls: Callable[[], Answer]) -> list[Answer]:
        """All calls at once; their answers in the order of the calls."""
        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result() for future in [pool.submit(call) for call in calls]]
