"""What idle listeners cost: memory of the process `live`, and what they leave of the web server; and how soon one hears of a commit."""

import dataclasses
import itertools
import os
import resource
import secrets
import selectors
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.db import connection, transaction

from core.base import clock
from core.base.crypto import digest
from core.chat.models import Conversation
from core.chat.services import send_message
from core.people.models import Session, User
from perf.bench import load
from perf.bench.load import request_bytes
from perf.bench.server import processor_seconds

CONNECTIONS = 8
WARM_UP_SECONDS = 1.0
OPENING = 20  # streams are opened so many at a time
OPEN_SECONDS_MAX = 60
MESSAGES = 200
PAUSE_SECONDS = 0.05
HEARD_SECONDS_MAX = 5
IN_TRANSACTION = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

Address = tuple[str, int]


@dataclasses.dataclass
class Rounds:
    """The rounds, with and without listeners in turns. Memory in bytes; processor time in ms per request, or seconds per second."""

    per_second: dict[bool, list[float]] = dataclasses.field(default_factory=lambda: {False: [], True: []})
    web_ms: dict[bool, list[float]] = dataclasses.field(default_factory=lambda: {False: [], True: []})
    memory: dict[bool, list[int]] = dataclasses.field(default_factory=lambda: {False: [], True: []})
    live_load: list[float] = dataclasses.field(default_factory=list)
    in_transaction: int = 0
    connected: int = 0

    def ratios(self, what: str) -> list[float]:
        """With listeners, as a part of without: the rounds' ratios, least first."""
        measured = getattr(self, what)
        return sorted(those / these for these, those in zip(measured[False], measured[True], strict=True))


class Listeners:
    """So many open streams, each of another person, read in one thread."""

    def __init__(self, address: Address, tokens: list[str]) -> None:
        self.selector = selectors.DefaultSelector()
        self.sockets: list[socket.socket] = []
        self.first = b""  # what the first one has heard
        self.heard = threading.Condition()
        self.is_over = False
        for number, token in enumerate(tokens):
            self.open(address, token, number)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def open(self, address: Address, token: str, number: int) -> None:
        """One more stream is open: its first part is here. Raises RuntimeError."""
        opened = socket.create_connection(address, timeout=OPEN_SECONDS_MAX)
        opened.sendall(request_bytes("GET", "/api/events/stream", token=token))
        beginning = b""
        while b"id: " not in beginning:
            piece = opened.recv(65_536)
            beginning += piece
            if not piece or b" 200 " not in beginning[:20]:
                raise RuntimeError(f"a stream was refused: {beginning[:200]!r}")
        opened.setblocking(False)
        self.selector.register(opened, selectors.EVENT_READ, number)
        self.sockets.append(opened)

    def read(self) -> None:
        while not self.is_over:
            for key, _ in self.selector.select(timeout=0.2):
                piece = key.fileobj.recv(65_536)  # type: ignore[union-attr]  # a socket
                if key.data == 0:
                    with self.heard:
                        self.first += piece
                        self.heard.notify_all()

    def wait_for(self, word: bytes) -> bool:
        """Whether the first listener has heard this word in time."""
        with self.heard:
            return self.heard.wait_for(lambda: word in self.first, timeout=HEARD_SECONDS_MAX)

    def close(self) -> None:
        """All streams are closed."""
        self.is_over = True
        self.thread.join()
        for opened in self.sockets:
            opened.close()
        self.selector.close()


def people(count: int) -> tuple[list[str], Conversation]:
    """Tokens of so many people, the first of them a side of the conversation."""
    talk: Conversation = Conversation.objects.select_related("brand", "creator").earliest("created_at")
    others = User.objects.bulk_create(User(email=f"listener-{uuid4().hex}@world.invalid", role=User.Role.CREATOR) for _ in range(count - 1))
    tokens = ["mk_" + secrets.token_urlsafe(32) for _ in range(count)]
    end = clock.now() + timedelta(hours=2)
    Session.objects.bulk_create(
        Session(user=user, digest=digest(token), kind=Session.Kind.TOKEN, expires_at=end)
        for user, token in zip([talk.brand, *others], tokens, strict=True)
    )
    return tokens, talk


def memory_of(process: int) -> int:
    """The resident memory of a process, in bytes."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()


def asked(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def rounds(web: tuple[Address, int], live: tuple[Address, int], tokens: list[str], *, count: int, seconds: float) -> Rounds:
    """The same load on the web server without listeners and with all of them, in turns."""
    found = Rounds()
    Listeners(live[0], tokens[:OPENING]).close()  # what the first calls cost is not counted
    load.run(web[0], itertools.repeat(request_bytes("GET", "/api/me", token=tokens[0])), connections=CONNECTIONS, seconds=WARM_UP_SECONDS)
    for _ in range(count):
        time.sleep(WARM_UP_SECONDS)
        one_round(found, web, live, tokens[0], seconds, listening=False)
        listeners = Listeners(live[0], tokens)
        time.sleep(WARM_UP_SECONDS)
        one_round(found, web, live, tokens[0], seconds, listening=True)
        found.in_transaction = max(found.in_transaction, asked(IN_TRANSACTION))
        found.connected = max(found.connected, asked(CONNECTED))
        listeners.close()
    return found


def one_round(found: Rounds, web: tuple[Address, int], live: tuple[Address, int], token: str, seconds: float, *, listening: bool) -> None:
    """One load, and what it took."""
    requests = itertools.repeat(request_bytes("GET", "/api/me", token=token))
    before, live_before = processor_seconds(web[1]), processor_seconds(live[1])
    outcome = load.run(web[0], requests, connections=CONNECTIONS, seconds=seconds)
    if set(outcome.statuses) != {200}:
        raise RuntimeError(f"answered {dict(outcome.statuses)}")
    found.per_second[listening].append(outcome.per_second)
    found.web_ms[listening].append(1_000 * (processor_seconds(web[1]) - before) / outcome.requests)
    found.memory[listening].append(memory_of(live[1]))
    if listening:
        found.live_load.append((processor_seconds(live[1]) - live_before) / outcome.seconds)


def latencies(live: Address, tokens: list[str], talk: Conversation) -> list[float]:
    """Milliseconds from the commit of a message until its reader, one of all who listen, has heard of it, shortest first.

    Raises RuntimeError when one was not heard in time.
    """
    listeners = Listeners(live, tokens)
    measured = []
    for number in range(MESSAGES):
        with transaction.atomic():
            message = send_message(talk.id, by=talk.creator, body=f"Word {number}")
        committed = time.perf_counter()
        if not listeners.wait_for(str(message.id).encode()):
            raise RuntimeError(f"message {number} was not heard within {HEARD_SECONDS_MAX} s")
        measured.append(1_000 * (time.perf_counter() - committed))
        time.sleep(PAUSE_SECONDS)
    listeners.close()
    return sorted(measured)


def address_of(name: str) -> Address:
    """Where a process of the stage listens: `PORT`, `LIVE_PORT`."""
    return os.environ["HOST"], int(os.environ[name])
