"""Consumers and events of tests, and a client that was written for the original."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models import F
from django.utils import timezone

from outbox import sequencer
from outbox.consumers import selectors, tokens
from outbox.consumers.models import Consumer, Handout
from outbox.models import Event
from tests.api.callers import Answer, Caller


def make_consumer(*scopes: str, from_start: bool = False) -> tuple[Consumer, Caller]:
    """A consumer of what happens from now on, and a caller with its token."""
    sequencer.sequence()
    position = selectors.pruned_to() if from_start else selectors.head()
    name = f"c-{uuid.uuid4().hex[:20]}"
    caller = Caller(token=first_secret(name, *scopes, position=position))
    return Consumer.objects.get(name=name), caller


def first_secret(name: str, *scopes: str, position: int = 0) -> str:
    """The secret of a new consumer that has had everything up to this position."""
    consumer = Consumer.objects.create(name=name, scopes=list(scopes) or ["*"], position=position, reached=position)
    secret = tokens.make()
    tokens.give(consumer, secret)
    return secret


def write_events(number: int = 1, *, type: str = "ESCROW_FUNDED", aggregate: str = "", numbered: bool = True) -> list[Event]:
    """Events in a row, each with its place."""
    made = [
        Event.objects.create(
            uid=uuid.uuid4(),
            type=type,
            aggregate=aggregate or f"job:{uuid.uuid4()}",
            payload={"number": number},
            actor_id=uuid.uuid4(),
            occurred_at=timezone.now(),
        )
        for number in range(number)
    ]
    if numbered:
        sequencer.sequence()
        for event in made:
            event.refresh_from_db()
    return made


def ids_of(events: list[Event]) -> list[str]:
    """The ids as the contract shows them."""
    return [str(event.uid) for event in events]


def pull(caller: Caller, **asked: Any) -> Answer:
    """The answer to a pull."""
    return caller.get("/api/outbox/pull" + "".join(f"{'&' if at else '?'}{name}={value}" for at, (name, value) in enumerate(asked.items())))


def pulled(caller: Caller, **asked: Any) -> list[str]:
    """The ids that a pull gave."""
    return [event["id"] for event in pull(caller, **asked).data["events"]]


def ack(caller: Caller, ids: list[str]) -> int:
    """How many were acknowledged."""
    return caller.post("/api/outbox/ack", {"ids": ids}).data["ackedCount"]


def nack(caller: Caller, uid: str, **said: Any) -> dict[str, Any]:
    """What became of an event that was given back."""
    return caller.post("/api/outbox/nack", {"id": uid, **said}).data


def let_leases_run_out(consumer: Consumer) -> None:
    """A minute later, as far as what this consumer has in hand is concerned."""
    Handout.objects.filter(consumer=consumer, free_at__isnull=False).update(free_at=F("free_at") - timedelta(days=2))


class Crash(Exception):
    """The client dies here."""


class OldClient:
    """A worker as the original's were written: pull, handle, acknowledge, and only then keep the cursor in a file."""

    def __init__(self, fetch: Callable[..., Any], file: Path | None, *, limit: int = 50) -> None:
        self.fetch = fetch
        self.file = file
        self.limit = limit
        self.handled: list[str] = []
        self.die_before: str = ""

    def cycle(self) -> int:
        """One pass of the loop. Returns how many events it handled."""
        cursor = json.loads(self.file.read_text())["cursor"] if self.file and self.file.exists() else None
        query = f"limit={self.limit}" + (f"&cursor={cursor}" if cursor else "")
        answer = self.fetch("GET", f"/api/outbox/pull?{query}")
        assert answer["ok"] is True
        events, next_cursor = answer["data"]["events"], answer["data"]["nextCursor"]
        for event in events:
            assert {"id", "type", "payload", "createdAt"} <= set(event)
            self.handled.append(event["id"])
        if self.die_before == "ack":
            raise Crash
        if events:
            acked = self.fetch("POST", "/api/outbox/ack", {"ids": [event["id"] for event in events]})
            assert acked["data"]["ackedCount"] <= len(events)
        if self.die_before == "save":
            raise Crash
        if self.file and next_cursor:
            self.file.write_text(json.dumps({"cursor": next_cursor}))
        return len(events)

    def drain(self) -> None:
        """Passes until one finds nothing."""
        while self.cycle():
            pass


def by_caller(caller: Caller) -> Callable[..., Any]:
    """How the old client fetches in a test without a server."""

    def fetch(method: str, path: str, body: Any = None) -> Any:
        answer = caller.call(method, path, body)
        assert answer.status == 200, answer.content
        return answer.json

    return fetch
