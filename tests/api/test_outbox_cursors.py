"""Where a consumer goes on from: cursors, and clients that were written for the original."""

import base64
import json
import uuid

import pytest

from core.consumers import services as verbs
from core.people.models import User
from outbox.consumers import selectors
from outbox.consumers.models import Horizon
from outbox.models import Event
from tests.outbox.consumers.cast import (
    Crash,
    OldClient,
    ack,
    by_caller,
    ids_of,
    let_leases_run_out,
    make_consumer,
    pull,
    pulled,
    write_events,
)


def test_a_cursor_goes_on_behind_what_was_shown(world):
    _, caller = make_consumer()
    ids = ids_of(write_events(5))

    first = pull(caller, limit=2).data
    second = pull(caller, limit=2, cursor=first["nextCursor"]).data

    assert [event["id"] for event in second["events"]] == ids[2:4]


def test_a_reader_who_never_acknowledges_sees_everything_once(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(7))
    seen, cursor = [], {}
    for _ in range(4):
        data = pull(caller, limit=2, **cursor).data
        seen += [event["id"] for event in data["events"]]
        cursor = {"cursor": data["nextCursor"]}
        let_leases_run_out(consumer)

    assert seen == ids


def test_a_cursor_never_passes_what_somebody_else_has_in_hand(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(4))
    lost = pulled(caller, limit=2)  # and then its reader died

    data = pull(caller, limit=2).data
    ack(caller, [event["id"] for event in data["events"]])

    assert (lost, [event["id"] for event in data["events"]]) == (ids[:2], ids[2:])
    let_leases_run_out(consumer)
    assert pulled(caller, cursor=data["nextCursor"]) == lost


def original_cursor() -> str:
    """A cursor as the original wrote it."""
    return base64.b64encode(json.dumps({"id": str(uuid.uuid4()), "createdAt": "2025-01-01T00:00:00.000Z"}).encode()).decode()


@pytest.mark.parametrize("cursor", ["17", "0", "-1", "garbage", original_cursor().replace("+", "-").replace("=", "%3D"), "A" * 1001])
def test_a_cursor_that_is_not_ours_is_refused(world, cursor):
    _, caller = make_consumer()

    refused = pull(caller, cursor=cursor)

    assert (refused.status, refused.code) == (400, "VALIDATION_ERROR")
    assert "cursor" in refused.details["fieldErrors"]


def test_a_cursor_of_another_consumer_is_refused(world):
    (_, one), (_, other) = make_consumer(), make_consumer()
    write_events(1)
    cursor = pull(one).data["nextCursor"]

    assert pull(other, cursor=cursor).code == "VALIDATION_ERROR"


def test_a_cursor_from_before_what_is_kept_is_gone_and_the_oldest_good_one_is_told(world):
    _, caller = make_consumer()
    first, *later = write_events(3)
    old = pull(caller, limit=1).data["nextCursor"]
    Horizon.objects.update_or_create(name="events", defaults={"pruned_to": first.position + 1})

    gone = pull(caller, cursor=old)

    assert (gone.status, gone.code, gone.reason) == (410, "GONE", "CURSOR_TOO_OLD")
    assert pulled(caller, cursor=gone.details["oldestCursor"]) == ids_of(later)


def test_after_a_rewind_an_old_cursor_begins_where_the_consumer_was_put(world):
    consumer, caller = make_consumer()
    events = write_events(4)
    cursor = pull(caller).data["nextCursor"]
    ack(caller, ids_of(events))

    verbs.rewind_consumer(consumer.name, by=User.objects.system(), to=events[1].position)

    assert pulled(caller, cursor=cursor) == ids_of(events)[2:]


def test_a_client_of_the_original_works_unchanged(world, tmp_path):
    _, caller = make_consumer()
    ids = ids_of(write_events(130))
    client = OldClient(by_caller(caller), tmp_path / ".outbox-cursor.json")

    client.drain()

    assert client.handled == ids
    more = ids_of(write_events(3))
    client.drain()
    assert client.handled == ids + more


def test_a_client_of_the_original_that_keeps_no_cursor_works_unchanged(world):
    _, caller = make_consumer()
    ids = ids_of(write_events(130))
    client = OldClient(by_caller(caller), None)

    client.drain()

    assert client.handled == ids


@pytest.mark.parametrize("death", ["ack", "save"])
def test_a_client_that_dies_sees_again_only_what_it_did_not_acknowledge(world, tmp_path, death):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(30))
    file = tmp_path / ".outbox-cursor.json"
    client = OldClient(by_caller(caller), file, limit=10)
    client.cycle()
    client.die_before = death
    with pytest.raises(Crash):
        client.cycle()

    restarted = OldClient(by_caller(caller), file, limit=10)
    restarted.drain()
    let_leases_run_out(consumer)
    restarted.drain()

    expected = ids[20:] + ids[10:20] if death == "ack" else ids[20:]
    assert restarted.handled == expected
    assert Event.objects.filter(uid__in=client.handled + restarted.handled).count() == 30
    consumer.refresh_from_db()
    assert consumer.position == selectors.head()
