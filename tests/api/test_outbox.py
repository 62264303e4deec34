"""The pull API: what a consumer gets, in what order, when again, and who is refused."""

import base64
import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from core.consumers import services as verbs
from core.people.models import User
from outbox.consumers import selectors, services, tokens
from outbox.consumers.models import Consumer, ConsumerToken, Handout, Horizon
from outbox.models import Event
from tests.api.callers import Caller
from tests.outbox.consumers.cast import (
    Crash,
    OldClient,
    ack,
    by_caller,
    ids_of,
    let_leases_run_out,
    make_consumer,
    nack,
    pull,
    pulled,
    write_events,
)


def test_events_come_in_the_order_of_their_positions_and_in_the_shape_of_the_original(world):
    _, caller = make_consumer()
    events = write_events(3)

    data = pull(caller).data

    assert list(data) == ["events", "nextCursor"]
    assert [event["id"] for event in data["events"]] == ids_of(events)
    first = data["events"][0]
    assert (first["type"], first["payload"]) == ("ESCROW_FUNDED", {"number": 0})
    assert first["createdAt"] == events[0].occurred_at.isoformat()
    assert isinstance(data["nextCursor"], str)


def test_an_event_without_a_position_is_not_there_yet(world):
    _, caller = make_consumer()
    (event,) = write_events(1, numbered=False)

    assert pulled(caller) == []
    assert ack(caller, [str(event.uid)]) == 0


def test_fifty_come_unless_told_otherwise_and_never_more_than_a_hundred(world):
    _, caller = make_consumer()
    write_events(120)

    assert len(pulled(caller)) == 50
    assert len(pulled(caller, limit=20)) == 20
    assert pull(caller, limit=101).code == "VALIDATION_ERROR"
    assert pull(caller, limit=0).code == "VALIDATION_ERROR"
    assert len(pulled(caller, limit=100)) == 50


def test_nothing_to_pull_has_no_next_cursor(world):
    _, caller = make_consumer()

    assert pull(caller).data == {"events": [], "nextCursor": None}


def test_what_was_acknowledged_never_comes_again(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(5))
    pulled(caller)

    assert ack(caller, ids[:3]) == 3

    let_leases_run_out(consumer)
    assert pulled(caller) == ids[3:]


def test_unknown_repeated_and_foreign_ids_count_as_nothing(world):
    _, caller = make_consumer("ESCROW_*")
    (mine,), (foreign,) = ids_of(write_events(1)), ids_of(write_events(1, type="MESSAGE_SENT"))

    assert ack(caller, [mine, mine, foreign, str(uuid.uuid4())]) == 1
    assert ack(caller, [mine]) == 0


def test_an_event_may_be_acknowledged_without_having_been_pulled(world):
    _, caller = make_consumer()
    ids = ids_of(write_events(3))

    assert ack(caller, ids[1:2]) == 1

    assert pulled(caller) == [ids[0], ids[2]]


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["no-id"]}, {"ids": [str(uuid.uuid4())] * 501}, {"ids": [], "all": True}])
def test_an_acknowledgement_that_cannot_be_read_is_refused(world, body):
    _, caller = make_consumer()

    assert caller.post("/api/outbox/ack", body).code == "VALIDATION_ERROR"


def test_two_consumers_do_not_eat_each_others_events(world):
    (_, one), (_, other) = make_consumer(), make_consumer()
    ids = ids_of(write_events(4))

    ack(one, pulled(one))

    assert pulled(other) == ids


def test_two_pulls_of_one_consumer_give_different_events(world):
    _, caller = make_consumer()
    ids = ids_of(write_events(6))

    assert (pulled(caller, limit=3), pulled(caller, limit=3), pulled(caller)) == (ids[:3], ids[3:], [])


def test_a_lease_that_ran_out_gives_its_events_back(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(2))
    pulled(caller)
    assert pulled(caller) == []

    let_leases_run_out(consumer)

    again = pull(caller).data["events"]
    assert [event["id"] for event in again] == ids
    assert {event["timesGiven"] for event in again} == {2}


def test_a_lease_lasts_as_long_as_was_asked_for(world):
    _, caller = make_consumer()
    write_events(1)

    (event,) = pull(caller, visibilitySec=600).data["events"]

    seconds = Handout.objects.annotate(left=F("free_at") - Now()).get(event__uid=event["id"]).left.total_seconds()
    assert 595 < seconds <= 601
    assert pull(caller, visibilitySec=601).code == "VALIDATION_ERROR"


def test_what_was_given_back_comes_again_after_its_time_whatever_the_cursor(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(3))
    cursor = pull(caller).data["nextCursor"]

    said = nack(caller, ids[0], error="Our stock system is down.", retryAfterSec=30)
    ack(caller, ids[1:])

    assert (said["state"], said["failures"]) == ("WAITING", 1)
    assert pulled(caller, cursor=cursor) == []
    let_leases_run_out(consumer)
    assert pulled(caller, cursor=cursor) == ids[:1]


def test_giving_back_twice_counts_once(world):
    _, caller = make_consumer()
    (uid,) = ids_of(write_events(1))
    pulled(caller)

    first, second = nack(caller, uid, retryAfterSec=60), nack(caller, uid, retryAfterSec=60)

    assert first == second


def test_an_event_that_fails_sixteen_times_is_given_up_and_holds_nobody_up(world):
    consumer, caller = make_consumer()
    poison, *others = ids_of(write_events(3))
    for failures in range(1, services.FAILURES_MAX + 1):
        assert poison in pulled(caller)
        said = nack(caller, poison, error="It does not parse.", retryAfterSec=0)
        assert said["failures"] == failures
    ack(caller, others)

    assert (said["state"], said["retryAt"]) == ("DEAD", None)
    assert pulled(caller) == []
    assert [(str(dead.event.uid), dead.error) for dead in selectors.given_up(consumer)] == [(poison, "It does not parse.")]
    consumer.refresh_from_db()
    assert consumer.position == selectors.head()
    assert caller.post("/api/outbox/nack", {"id": poison}).code == "NOT_FOUND"


def test_what_was_given_up_can_be_sent_again_and_has_all_its_tries(world):
    consumer, caller = make_consumer()
    (uid,) = ids_of(write_events(1))
    cursor = pull(caller).data["nextCursor"]
    Handout.objects.filter(consumer=consumer).update(failures=15)
    nack(caller, uid)

    verbs.redrive_consumer(consumer.name, by=User.objects.system())

    (event,) = pull(caller, cursor=cursor).data["events"]
    assert (event["id"], event["failures"]) == (uid, 0)
    assert ack(caller, [uid]) == 1
    assert not Handout.objects.filter(consumer=consumer).exclude(state="DONE").exists()


def test_only_what_is_in_hand_can_be_given_back(world):
    (_, caller), (_, other) = make_consumer(), make_consumer()
    (uid,) = ids_of(write_events(1))
    pulled(other)

    refused = caller.post("/api/outbox/nack", {"id": uid})

    assert (refused.status, refused.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [
        (["*"], ["ESCROW_FUNDED", "ESCROW_RELEASED", "ESCROWS", "MESSAGE_SENT"]),
        (["ESCROW_*"], ["ESCROW_FUNDED", "ESCROW_RELEASED"]),
        (["ESCROW_FUNDED", "MESSAGE_*"], ["ESCROW_FUNDED", "MESSAGE_SENT"]),
        (["PAYOUT_*"], []),
    ],
)
def test_a_consumer_sees_what_is_in_its_scopes_and_nothing_else(world, scopes, seen):
    consumer, caller = make_consumer(*scopes)
    for kind in ("ESCROW_FUNDED", "ESCROW_RELEASED", "ESCROWS", "MESSAGE_SENT"):
        write_events(1, type=kind)

    events = pull(caller).data["events"]

    assert [event["type"] for event in events] == seen
    if events:
        ack(caller, [event["id"] for event in events])
    consumer.refresh_from_db()
    assert consumer.position == selectors.head()


def test_the_position_is_that_of_the_last_event_before_which_nothing_is_left(world):
    consumer, caller = make_consumer()
    events = write_events(4)
    pulled(caller)

    ack(caller, ids_of(events)[1:3])
    consumer.refresh_from_db()
    assert consumer.position == events[0].position - 1
    ack(caller, ids_of(events)[:1])

    consumer.refresh_from_db()
    assert consumer.position == events[2].position
    assert Handout.objects.filter(consumer=consumer).count() == 1


# ── Cursors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── Who may ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer wrong", "Bearer " + "x" * 201, "bearer ñ"])
@pytest.mark.parametrize("call", ["GET /api/outbox/pull", "POST /api/outbox/ack", "POST /api/outbox/nack"])
def test_whoever_has_no_token_of_a_consumer_is_refused(world, header, call):
    refused = Caller().call(*call.split(), **({"authorization": header} if header else {}))

    assert (refused.status, refused.code) == (401, "OUTBOX_AUTH_ERROR")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_the_tokens_of_people_open_nothing_here_and_those_of_consumers_nothing_else(world):
    _, caller = make_consumer()

    assert Caller(world.staff("engineer")).get("/api/outbox/pull").code == "OUTBOX_AUTH_ERROR"
    assert caller.get("/api/me").code == "SESSION_INVALID"
    assert caller.get("/api/jobs").code == "SESSION_INVALID"


def test_a_token_that_expired_or_was_revoked_opens_nothing(world):
    (consumer, caller), (other, revoked) = make_consumer(), make_consumer()
    ConsumerToken.objects.filter(consumer=consumer).update(expires_at=Now() - timedelta(seconds=1))
    verbs.revoke_consumer(other.name, by=User.objects.system())

    assert pull(caller).code == "OUTBOX_AUTH_ERROR"
    assert pull(revoked).code == "OUTBOX_AUTH_ERROR"


def test_a_secret_is_kept_as_a_digest_and_its_use_is_seen(world):
    consumer, caller = make_consumer()
    pull(caller)

    (token,) = consumer.tokens.all()
    assert token.digest == tokens.digest(caller.token)
    assert caller.token.startswith(token.prefix)
    assert len(token.prefix) < 15
    assert token.last_used_at is not None
    assert caller.token not in str(list(ConsumerToken.objects.values()) + list(Consumer.objects.values()))


def test_a_head_takes_nothing(world):
    _, caller = make_consumer()
    ids = ids_of(write_events(1))

    assert caller.client.head("/api/outbox/pull", headers={"authorization": f"Bearer {caller.token}"}).status_code == 405
    assert pulled(caller) == ids


def test_each_consumer_has_a_count_of_its_own(world, settings):
    settings.THROTTLE_MULTIPLIER = 1
    (_, one), (_, other) = make_consumer(), make_consumer()
    answers = [pull(one).status for _ in range(121)]

    assert answers == [200] * 120 + [429]
    assert pull(other).status == 200


def test_a_pull_costs_the_same_however_much_is_behind_it(world):
    _, caller = make_consumer()
    write_events(3)
    with CaptureQueriesContext(connection) as few:
        pull(caller, limit=100)
    write_events(90)
    with CaptureQueriesContext(connection) as many:
        pull(caller, limit=100)

    assert len(many) <= len(few)


# ── A client that was written for the original ───────────────────────────────────────────────────────────────────────


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
