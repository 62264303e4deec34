"""Events over the pull API, as a system of somebody else's gets them."""

import os
import uuid
from typing import Any

from api.smoke.client import Person, Walk

FEW = 5
SETTING = "OUTBOX_CONSUMER_SECRET"


def check_outbox(walk: Walk) -> None:
    """The secret of the setting, and nothing else, pulls events in their order; what was acknowledged never comes again."""
    walk.section("Events for other systems")
    for person, whose in ((walk.guest, "nobody"), (walk.brand, "a person"), (Person(walk.http, "a stranger", "wrong"), "a wrong secret")):
        walk.expect(f"{whose} pulls no events", person, "GET outbox/pull", 401, code="OUTBOX_AUTH_ERROR")
    walk.expect("nor acknowledges any", walk.guest, "POST outbox/ack", 401, code="OUTBOX_AUTH_ERROR", json={"ids": [str(uuid.uuid4())]})
    secret = os.environ.get(SETTING, "")
    if not secret:
        walk.say(f"  --      {SETTING} is not set: nobody can pull here")
        return
    consumer = Person(walk.http, "consumer", secret)
    walk.expect("a consumer is nobody else", consumer, "GET me", 401, code="SESSION_INVALID")
    walk.expect("a cursor of another kind", consumer, "GET outbox/pull?cursor=17", 400, code="VALIDATION_ERROR")
    walk.expect("a page of a thousand", consumer, "GET outbox/pull?limit=1000", 400, code="VALIDATION_ERROR")
    walk.expect("nothing to acknowledge", consumer, "POST outbox/ack", 400, code="VALIDATION_ERROR", json={"ids": []})
    strange = {"id": str(uuid.uuid4())}
    walk.expect("to give back what one does not have", consumer, "POST outbox/nack", 404, code="NOT_FOUND", json=strange)
    check_pulling(walk, consumer)


def check_pulling(walk: Walk, consumer: Person) -> None:
    """Pull, give back, pull again, acknowledge, pull behind it."""
    first = walk.expect("the consumer pulls", consumer, f"GET outbox/pull?limit={FEW}&visibilitySec=30", 200)
    ids = ids_of(first)
    walk.hold(len(ids) == FEW and bool(first["nextCursor"]), "and gets what happened in this walk", first)
    walk.equal([set(event) >= {"id", "type", "payload", "createdAt"} for event in first["events"]], [True] * FEW, "in the known shape")
    others = ids_of(walk.expect("at once again", consumer, f"GET outbox/pull?limit={FEW}&visibilitySec=1", 200))
    walk.hold(not set(ids) & set(others), "other events come: these are in hand", others)
    said = {"id": ids[0], "error": "smoke", "retryAfterSec": 0}
    back = walk.expect("one is given back", consumer, "POST outbox/nack", 200, json=said)
    walk.equal((back["state"], back["failures"]), ("WAITING", 1), "and counted")
    again = walk.expect("pulling behind all of them", consumer, f"GET outbox/pull?limit=1&cursor={first['nextCursor']}", 200)
    walk.equal(ids_of(again), ids[:1], "it comes again whatever the cursor")
    acked = walk.expect("they are acknowledged", consumer, "POST outbox/ack", 200, json={"ids": ids})
    walk.equal(acked, {"ackedCount": FEW}, "each counts")
    acked = walk.expect("once more", consumer, "POST outbox/ack", 200, json={"ids": ids})
    walk.equal(acked, {"ackedCount": 0}, "none counts twice")
    later = walk.expect("pulling on", consumer, f"GET outbox/pull?limit=100&visibilitySec=1&cursor={first['nextCursor']}", 200)
    walk.hold(not set(ids) & set(ids_of(later)), "none of them comes back", later["nextCursor"])


def ids_of(pulled: dict[str, Any]) -> list[str]:
    """The ids of the events."""
    return [event["id"] for event in pulled["events"]]
