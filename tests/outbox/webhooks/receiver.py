"""A receiver of webhooks on loopback: real HTTP, answers as it was told, and checks signatures by its own reading of the specification."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOLERANCE_SECONDS = 5 * 60


class NotSigned(Exception):
    """The message is nobody's, or too old; the text says what is wrong."""


def verified(headers: dict[str, str], body: bytes, secret: str) -> Any:
    """The content of a message that whoever knows the secret has sent just now. Raises NotSigned.

    Written from the text of standardwebhooks.com, without looking at what signs.
    """
    try:
        identity, moment, given = headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]
    except KeyError as missing:
        raise NotSigned(f"no header {missing}") from missing
    if abs(time.time() - int(moment)) > TOLERANCE_SECONDS:
        raise NotSigned("too old or too new")
    if not secret.startswith("whsec_"):
        raise NotSigned("this is no secret")
    key = base64.b64decode(secret[len("whsec_") :])
    content = identity.encode() + b"." + moment.encode() + b"." + body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    for one in given.split(" "):
        version, _, signature = one.partition(",")
        if version == "v1" and hmac.compare_digest(signature, wanted):
            return json.loads(body)
    raise NotSigned("no signature of this secret")


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Answer = tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]
OK: Answer = (204, {}, b"")


class Receiver(ThreadingHTTPServer):
    """Answers 204, or as the script says, one line of it for each request."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[Got] = []
        self.moments: list[float] = []  # of each
        self.script: list[Answer] = []
        self.always: Answer = OK
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=brand"

    def answer(self, got: Got) -> Answer:
        with self.lock:
            self.got.append(got)
            self.moments.append(time.monotonic())
            return self.script.pop(0) if self.script else self.always

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up early is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        said = self.server.answer(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        if callable(said):
            said(self)
            return
        status, headers, content = said
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """A redirect that somebody follows arrives as this."""
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        """Not on the screen."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver listens meanwhile."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


def drip(text: bytes, pause: float, times: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Gives away the text, then a little more of it so many times, slowly."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)
        for _ in range(times):
            time.sleep(pause)
            handler.wfile.write(b"x")

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Closes without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)
