"""The client: many keep-alive connections in one thread, each with one request in flight."""

import dataclasses
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator

READ_BYTES = 262_144


@dataclasses.dataclass
class Outcome:
    """What one round measured."""

    seconds: float
    statuses: Counter[int]
    latencies: list[float]

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return 1_000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Connection:
    """One connection and what it waits for."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.missing = -1
        self.began = 0.0

    def ask(self, request: bytes) -> None:
        self.received, self.missing = b"", -1
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status once the whole answer is here, else None. Raises ConnectionError."""
        piece = self.socket.recv(READ_BYTES)
        if not piece:
            raise ConnectionError("the server closed a connection")
        if self.missing < 0:
            self.received += piece
            head, found, rest = self.received.partition(b"\r\n\r\n")
            if not found:
                return None
            self.missing = content_length(head) - len(rest)
        else:
            self.missing -= len(piece)
        return int(self.received[9:12]) if self.missing <= 0 else None


def content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise ConnectionError("an answer without Content-Length")


def run(address: tuple[str, int], requests: Iterator[bytes], *, connections: int, seconds: float) -> Outcome:
    """Ask for so many seconds, or until the requests run out; every answer is read whole."""
    selector = selectors.DefaultSelector()
    outcome = Outcome(0.0, Counter(), [])
    began = time.perf_counter()
    busy = 0
    for connection in [Connection(address) for _ in range(connections)]:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        busy += start_next(connection, requests)
    while busy:
        for key, _ in selector.select():
            connection = key.data
            status = connection.read()
            if status is None:
                continue
            now = time.perf_counter()
            outcome.statuses[status] += 1
            outcome.latencies.append(now - connection.began)
            if now - began >= seconds or not start_next(connection, requests):
                selector.unregister(connection.socket)
                connection.socket.close()
                busy -= 1
    outcome.seconds = time.perf_counter() - began
    selector.close()
    return outcome


def start_next(connection: Connection, requests: Iterator[bytes]) -> bool:
    """Whether there was a request to send."""
    request = next(requests, None)
    if request is None:
        return False
    connection.ask(request)
    return True


def request_bytes(method: str, path: str, *, token: str = "", body: bytes = b"") -> bytes:
    """One HTTP/1.1 request on the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
