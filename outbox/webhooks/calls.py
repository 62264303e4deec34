"""The call to a webhook: resolved, judged, and made to the very address that was judged; and what its answer means.

All calls of a process run in one event loop in a thread of its own, so that a slow receiver holds no thread, and so that ten
seconds are ten seconds, however slowly somebody feeds us the head of an answer.
"""

import asyncio
import ipaddress
import ssl
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from socket import gaierror
from typing import Any

import httpx

from outbox.channels import Failed, Outcome, Sent, Skip, Unknown, Wait
from outbox.webhooks import signatures
from outbox.webhooks.addresses import Address, Place, Refused, Rules, judge, read
from outbox.webhooks.names import Names, Resolve, TooSlow

CONNECT_SECONDS = 5
TOTAL_SECONDS = 10
ANSWER_SECONDS = 2  # for the rest of an answer whose status is known
ANSWER_BYTES_MAX = 64 * 1024
WAIT_SECONDS_MAX = 60 * 60
WAITS_SECONDS_MAX = 24 * 60 * 60  # who says "later" for longer has failed
WAIT_SECONDS_MIN = 30  # who says "at once" is not asked every second
AGENT = "ugc-marketplace-webhooks/1.0"
GONE = "GONE"


@dataclass(frozen=True)
class Message:
    """What is to be posted where, and the secrets that sign it."""

    url: str
    uid: str
    body: bytes
    secrets: tuple[str, ...] = field(repr=False)
    age_seconds: float = 0.0
    crowds: tuple[str, ...] = ()  # under which it is counted among the calls in flight


class Calls:
    """Makes calls, any number at a time. One instance serves a process."""

    def __init__(self, rules: Rules, *, resolver: Resolve | None = None, context: ssl.SSLContext | None = None) -> None:
        self.rules = rules
        self.resolver = resolver or Names()
        self.context = context
        self.lock = threading.Lock()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.client: httpx.AsyncClient | None = None

    def post(self, message: Message) -> "Future[Outcome]":
        """The call is on its way; the future holds what came of it, at the latest a little after TOTAL_SECONDS."""
        return asyncio.run_coroutine_threadsafe(self._post(message), self._running_loop())

    def close(self) -> None:
        """The loop has ended and its connections are closed."""
        with self.lock:
            if self.loop is None:
                return
            loop, self.loop = self.loop, None
            if self.client is not None:
                asyncio.run_coroutine_threadsafe(self.client.aclose(), loop).result(timeout=TOTAL_SECONDS)
                self.client = None
            loop.call_soon_threadsafe(loop.stop)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self.lock:
            if self.loop is None:
                self.loop = asyncio.new_event_loop()
                threading.Thread(target=self._run, args=[self.loop], name="webhooks", daemon=True).start()
            return self.loop

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        loop.close()

    async def _post(self, message: Message) -> Outcome:
        """What came of the call. Raises nothing."""
        trail = Trail()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                place = read(message.url, self.rules)
                address = await self._address(place)
                return await self._exchange(place, address, message, trail)
        except Refused as refused:
            return Failed(code=refused.code)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as broken:
            return trail.outcome_of(broken)

    async def _address(self, place: Place) -> Address:
        """The one address that will be called. Raises Refused, also when the name means several and one of them is inside."""
        if place.literal is not None:
            return judge([place.literal], self.rules)[0]
        try:
            found = await self.resolver(place.host, place.port)
            return judge([ipaddress.ip_address(text) for text in found], self.rules)[0]
        except TooSlow as slow:
            raise Refused("NAME_TIMEOUT") from slow
        except (gaierror, UnicodeError, ValueError) as unknown:
            raise Refused("NAME_UNKNOWN") from unknown

    async def _exchange(self, place: Place, address: Address, message: Message, trail: "Trail") -> Outcome:
        """The body is posted to this address under the name of the place, and the answer judged by its status."""
        host = f"[{address}]" if address.version == 6 else str(address)
        headers = signatures.headers(message.secrets, message.uid, int(time.time()), message.body)
        headers |= {"host": place.authority, "content-type": "application/json", "user-agent": AGENT, "connection": "close"}
        request = self._http().stream(
            "POST",
            f"{place.scheme}://{host}:{place.port}{place.target}",
            content=message.body,
            headers=headers,
            extensions={"sni_hostname": place.host, "trace": trail.follow},
        )
        async with request as response:
            trail.outcome = judged(response.status_code, response.headers, message.age_seconds)
            await _listen(response)
        return trail.outcome

    def _http(self) -> httpx.AsyncClient:
        """The client: no proxies, no redirects, no cookies kept, and no connection used twice, because names share addresses."""
        if self.client is None:
            self.client = httpx.AsyncClient(
                verify=self.context or httpx.create_ssl_context(trust_env=False),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            )
        self.client.cookies.clear()
        return self.client


class Trail:
    """How far a call has got: whether bytes may have arrived, and what the answer meant when there was one."""

    def __init__(self) -> None:
        self.is_connected = False
        self.outcome: Outcome | None = None

    async def follow(self, event: str, details: Mapping[str, Any]) -> None:
        """Told by the client of each step."""
        if event.endswith("send_request_headers.started"):
            self.is_connected = True

    def outcome_of(self, broken: Exception) -> Outcome:
        """What a call that broke means. Once there was a status, that was the answer; once bytes left, nobody knows."""
        if self.outcome is not None:
            return self.outcome
        if self.is_connected:
            return Unknown(code="NO_ANSWER" if isinstance(broken, httpx.TimeoutException | TimeoutError) else "ANSWER_BROKEN")
        if isinstance(broken, httpx.TimeoutException | TimeoutError):
            return Failed(code="CONNECT_TIMEOUT")
        return Failed(code="TLS_FAILED" if _is_about_tls(broken) else "CONNECT_FAILED")


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _listen(response: httpx.Response) -> None:
    """The rest of the answer is heard out, as far as it is short, so that the receiver is not cut off. Nothing in it matters."""
    heard = 0
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(ANSWER_SECONDS):
            async for part in response.aiter_raw():
                heard += len(part)
                if heard >= ANSWER_BYTES_MAX:
                    return


def judged(status: int, headers: Mapping[str, str], age_seconds: float) -> Outcome:
    """What this status means for the parcel."""
    code = f"HTTP_{status}"
    if 200 <= status < 300:
        return Sent(status=status)
    if status == 410:
        return Skip(code=GONE, status=status)
    if status in (429, 503) and age_seconds < WAITS_SECONDS_MAX:
        seconds = seconds_of(headers.get("retry-after", ""))
        if seconds is not None:
            return Wait(code=code, status=status, seconds=seconds)
    if 300 <= status < 400:
        return Failed(code="REDIRECT", status=status)
    return Failed(code=code, status=status) if status < 500 else Unknown(code=code, status=status)


def seconds_of(retry_after: str) -> float | None:
    """How long the receiver asks us to wait: seconds or a date, at least half a minute and at most an hour; None when it says nothing."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        seconds = float(text)
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return float(max(WAIT_SECONDS_MIN, min(seconds, WAIT_SECONDS_MAX)))
