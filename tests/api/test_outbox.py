"""The pull API: what a consumer gets, in what order, when again, and who is refused."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from api import live
from core.consumers import services as verbs
from core.people.models import User
from outbox.consumers import selectors, services, tokens
from outbox.consumers.models import Consumer, ConsumerToken, Handout
from tests.api.callers import Caller
from tests.outbox.consumers.cast import (
    ack,
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


# ── Waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_wait_ends_when_there_is_something(world, monkeypatch):
    _, caller = make_consumer()
    written: list[str] = []

    def write_instead_of_sleeping(_seconds: float) -> None:
        written.extend(ids_of(write_events(1)))

    monkeypatch.setattr(live.time, "sleep", write_instead_of_sleeping)

    assert pulled(caller, wait=25) == written
    assert len(written) == 1


def test_what_is_there_already_needs_no_wait(world, monkeypatch):
    _, caller = make_consumer()
    ids = ids_of(write_events(1))
    monkeypatch.setattr(live.time, "sleep", lambda _seconds: pytest.fail("it waited"))

    assert pulled(caller, wait=25) == ids


def test_a_wait_of_more_than_25_seconds_is_refused(world):
    _, caller = make_consumer()

    assert pull(caller, wait=26).code == "VALIDATION_ERROR"


def test_a_token_that_dies_during_the_wait_takes_nothing(world, monkeypatch):
    consumer, caller = make_consumer()

    def revoke_instead_of_sleeping(_seconds: float) -> None:
        verbs.revoke_consumer(consumer.name, by=User.objects.system())
        write_events(1)

    monkeypatch.setattr(live.time, "sleep", revoke_instead_of_sleeping)

    assert pull(caller, wait=25).code == "OUTBOX_AUTH_ERROR"
    assert not Handout.objects.filter(consumer=consumer).exists()
