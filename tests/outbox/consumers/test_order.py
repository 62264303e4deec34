"""The events of one aggregate come one behind the other, whatever answers are lost and whatever is given back."""

import random

import pytest

from outbox.consumers import selectors, statements
from outbox.consumers.models import Handout
from outbox.sequencer import sequence
from perf.chaos.verdict import overtaken
from tests.api.callers import Caller
from tests.outbox.consumers.cast import ack, ids_of, let_leases_run_out, make_consumer, nack, pull, pulled, write_events

SEEDS = range(6)


def story(*aggregates: str) -> list[str]:
    """The ids of events of these aggregates, in this order."""
    return [ids_of(write_events(1, aggregate=aggregate))[0] for aggregate in aggregates]


def test_after_a_lost_answer_only_other_aggregates_go_on_until_the_lease_ends(world):
    consumer, caller = make_consumer()
    a1, b1, a2, c1, b2, a3 = ids = story("job:a", "job:b", "job:a", "job:c", "job:b", "job:a")
    pulled(caller, limit=2)  # and its answer is lost

    assert pulled(caller) == [c1]
    assert pulled(caller) == []

    ack(caller, [c1])
    let_leases_run_out(consumer)
    assert pulled(caller) == [a1, b1, a2, b2, a3]
    assert ack(caller, ids) == 5
    consumer.refresh_from_db()
    assert consumer.position == selectors.head()


def test_what_was_held_comes_as_soon_as_the_earlier_one_is_done_with(world):
    _, caller = make_consumer()
    a1, a2 = story("job:a", "job:a")
    assert pulled(caller, limit=1) == [a1]
    assert pulled(caller) == []

    ack(caller, [a1])

    (event,) = pull(caller).data["events"]
    assert (event["id"], event["timesGiven"]) == (a2, 1)


def test_a_client_that_goes_on_with_its_cursor_before_it_acknowledges_gets_the_next_page_whole(world):
    _, caller = make_consumer()
    ids = story(*["job:a", "job:b"] * 3)

    first = pull(caller, limit=2).data
    second = pull(caller, limit=2, cursor=first["nextCursor"]).data
    third = pull(caller, limit=2, cursor=second["nextCursor"]).data

    assert [event["id"] for page in (first, second, third) for event in page["events"]] == ids


def test_a_lost_page_beyond_the_cursor_holds_back_and_the_cursor_does_not_pass_it(world):
    consumer, caller = make_consumer()
    _, a2, b1, a3, b2, c1 = story("job:a", "job:a", "job:b", "job:a", "job:b", "job:c")
    cursor = pull(caller, limit=1).data["nextCursor"]
    assert pulled(caller, limit=2, cursor=cursor) == [a2, b1]  # and its answer is lost

    data = pull(caller, cursor=cursor).data

    assert [event["id"] for event in data["events"]] == [c1]
    let_leases_run_out(consumer)
    assert pulled(caller, cursor=data["nextCursor"]) == [a2, b1, a3, b2, c1]


def test_what_was_given_back_holds_the_later_ones_whatever_the_cursor_and_others_go_on(world):
    consumer, caller = make_consumer()
    a1, _ = story("job:a", "job:b")
    cursor = pull(caller).data["nextCursor"]
    nack(caller, a1, retryAfterSec=60)
    a2, b2 = story("job:a", "job:b")

    assert pulled(caller, cursor=cursor) == [b2]

    let_leases_run_out(consumer)
    assert pulled(caller, cursor=cursor) == [a1, a2, b2]


def test_what_was_given_up_holds_nothing_back(world):
    consumer, caller = make_consumer()
    a1, a2 = story("job:a", "job:a")
    pulled(caller, limit=1)
    assert pulled(caller) == []
    Handout.objects.filter(consumer=consumer, event__uid=a1).update(failures=15)

    assert nack(caller, a1)["state"] == "DEAD"

    assert pulled(caller) == [a2]


def test_what_is_held_is_not_in_hand_and_may_be_done_with(world):
    _, caller = make_consumer()
    _, a2 = story("job:a", "job:a")
    pulled(caller, limit=1)
    pulled(caller)

    assert caller.post("/api/outbox/nack", {"id": a2}).code == "NOT_FOUND"
    assert ack(caller, [a2]) == 1


def test_two_consumers_hold_nothing_back_from_each_other(world):
    (_, one), (_, other) = make_consumer(), make_consumer()
    ids = story("job:a", "job:a")
    pulled(one, limit=1)

    assert pulled(other) == ids


def test_a_long_row_of_held_events_is_passed_and_when_too_many_are_held_nothing_new_comes(world, monkeypatch):
    monkeypatch.setattr(statements, "AHEAD_MAX", 2)
    monkeypatch.setattr(statements, "LOOKED_AT_MAX", 6)
    consumer, caller = make_consumer()
    ids = story(*["job:a"] * 6, "job:b", *["job:a"] * 4, "job:c")
    pulled(caller, limit=1)

    assert selectors.is_something_there(consumer) is True
    assert [pulled(caller, limit=1) for _ in range(4)] == [[], [ids[6]], [], []]
    assert Handout.objects.filter(consumer=consumer, times_given=0).count() >= 6
    assert selectors.is_something_there(consumer) is False

    ack(caller, [ids[0], ids[6]])
    seen = []
    while page := pulled(caller):
        seen += page
        ack(caller, page)
    assert seen == [*ids[1:6], *ids[7:]]


class Unlucky:
    """A client that loses answers, gives back and forgets to acknowledge. `seen` is what came into its hands, by first sight."""

    def __init__(self, caller: Caller, seed: int, *, keeps_cursor: bool) -> None:
        self.caller, self.random, self.keeps_cursor = caller, random.Random(seed), keeps_cursor
        self.bad_luck = 0.3
        self.cursor: dict[str, str] = {}
        self.seen: list[str] = []
        self.unacknowledged: list[str] = []

    def strikes(self) -> bool:
        """Whether something goes wrong here."""
        return self.random.random() < self.bad_luck

    def go_on(self) -> bool:
        """One pull, and what the client does with it. Whether it gave something."""
        data = pull(self.caller, limit=self.random.randint(1, 6), **self.cursor).data
        ids = [event["id"] for event in data["events"]]
        if not ids or self.strikes():
            return bool(ids)
        self.seen += [uid for uid in ids if uid not in self.seen]
        self.unacknowledged += ids
        if self.keeps_cursor:
            self.cursor = {"cursor": data["nextCursor"]}
        if self.strikes():
            nack(self.caller, self.unacknowledged.pop(0), retryAfterSec=60)
        if self.unacknowledged and not self.strikes():
            ack(self.caller, self.unacknowledged)
            self.unacknowledged = []
        return True


@pytest.mark.parametrize("keeps_cursor", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_goes_wrong_the_first_sight_of_each_aggregate_is_in_order(world, seed, keeps_cursor):
    consumer, caller = make_consumer()
    client = Unlucky(caller, seed, keeps_cursor=keeps_cursor)
    told = {}
    for _ in range(10):
        events = [write_events(1, aggregate=f"job:{client.random.randrange(3)}", numbered=False)[0] for _ in range(4)]
        sequence()
        told |= {str(event.uid): (event.aggregate, event.id) for event in events}
        client.go_on()
        client.go_on()
        if client.strikes():
            let_leases_run_out(consumer)
    client.bad_luck = 0.0
    for _ in range(3):
        let_leases_run_out(consumer)
        while client.go_on():
            pass

    assert sorted(client.seen) == sorted(told)
    assert overtaken(told[uid] for uid in client.seen) == []
