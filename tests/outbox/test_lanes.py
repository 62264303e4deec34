"""A lane is the queue of one recipient: however long it is, it costs the others nothing, and only one of its parcels is under way."""

import json
import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from outbox import carrier, statements
from outbox.channels import CHANNELS, Failed, Skip
from outbox.models import Delivery
from tests.meeting import meet
from tests.outbox.parcels import NAME, again, due_now, forget_parcels, offer_once, parcel, way_out

ONE = uuid.uuid4()
FILL = """
    INSERT INTO outbox_delivery (channel, recipient_id, letter_id, type, aggregate, next_at)
    SELECT %s, %s, gen_random_uuid(), 'A_LETTER', 'job:' || number, clock_timestamp() - interval '1 hour'
    FROM generate_series(1, %s) AS number
"""

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def sender():
    with way_out() as made:
        yield made
        forget_parcels(channel=NAME)


def fill(recipient: uuid.UUID, depth: int) -> None:
    """So many parcels wait for this recipient, each due for longer than any other test's."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [NAME, recipient, depth])
        cursor.execute("ANALYZE outbox_delivery")


def values(room: int = 8) -> dict:
    return {"channel": NAME, "token": uuid.uuid4(), "lease": 30, "room": room, "window": carrier.WINDOW, "after": carrier.NOBODY}


def pages(statement: str, given: dict) -> int:
    """How many pages the statement looks at."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", given)
        said = cursor.fetchone()[0]
        transaction.set_rollback(True)
    plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def test_a_claim_costs_the_same_however_deep_a_lane_is_that_stands_before_the_others(sender):
    """The first of the deep lane waits for a repeat, so that everything behind it is due and may not go."""
    parcel(ONE, next_at="2100-01-01T00:00:00Z")
    others = [parcel() for _ in range(6)]
    counted = []
    for depth in (1_000, 19_000):
        fill(ONE, depth)
        counted.append((pages(statements.CLAIM, values()), pages(statements.NEXT, {"channel": NAME})))

    (claim, following), (claim_deep, following_deep) = counted
    assert claim_deep < claim * 1.5 + 50
    assert following_deep < following * 1.5 + 50
    with connection.cursor() as cursor:
        cursor.execute(statements.CLAIM, values())
        assert {row[0] for row in cursor.fetchall()} == {row.id for row in others}


def test_lanes_behind_a_long_queue_have_their_turns_in_a_ring(sender, monkeypatch):
    """What has been due for longest stands behind each other, and hides the others; whoever had a turn is last to have one again."""
    monkeypatch.setattr(carrier, "WINDOW", 4)
    monkeypatch.setattr(carrier, "LAST", {})
    first = parcel(ONE, next_at="2100-01-01T00:00:00Z")
    fill(ONE, 100)
    lanes = sorted(uuid.uuid4() for _ in range(5))
    for lane in lanes:
        parcel(lane)
    taken = []

    for _ in range(7):
        taken += [each.recipient_id for each in carrier.Carriage(CHANNELS[NAME], sender)._claim(1)]
        Delivery.objects.filter(channel=NAME, state="LEASED").update(state="PENDING", lease_token=None, lease_until=None)

    assert taken == [*lanes, *lanes[:2]]
    assert again(first).state == "PENDING"


def test_a_second_parcel_of_a_recipient_cannot_be_taken_whoever_tries(sender):
    later, earlier = parcel(ONE), parcel(ONE)
    with connection.cursor() as cursor:
        cursor.execute(statements.CLAIM, values())

    with pytest.raises(IntegrityError, match="delivery_one_at_a_time"), transaction.atomic():
        Delivery.objects.filter(id=earlier.id).update(state="LEASED", lease_token=uuid.uuid4(), lease_until="2100-01-01T00:00:00Z")

    assert (again(later).state, again(earlier).state) == ("LEASED", "PENDING")


@pytest.mark.parametrize("is_kept", [True, False])
def test_two_claims_that_meet_over_one_lane_take_one_parcel(sender, is_kept):
    """While one worker takes a parcel, an earlier one wakes up, and another worker does not see yet that the first is taken."""
    asleep, awake = parcel(ONE, state="HELD"), parcel(ONE)
    has_taken, may_commit = threading.Event(), threading.Event()

    def slow() -> int:
        with transaction.atomic():
            taken = carrier.Carriage(CHANNELS[NAME], sender)._claim(1)
            has_taken.set()
            may_commit.wait(5)
        return len(taken)

    def quick() -> int:
        has_taken.wait(5)
        Delivery.objects.filter(id=asleep.id).update(state="PENDING")
        threading.Timer(0.3, may_commit.set).start()
        return len(carrier.Carriage(CHANNELS[NAME], sender)._claim(1))

    if is_kept:
        found = meet(slow, quick)
    else:
        with without_the_index():
            found = meet(slow, quick)
            states = {again(asleep).state, again(awake).state}
            forget_parcels(channel=NAME)
        assert (found, states) == ([1, 1], {"LEASED"})
        return
    assert (found, again(asleep).state, again(awake).state) == ([1, 0], "PENDING", "LEASED")


class without_the_index:  # noqa: N801 - read as a phrase
    """The database allows two parcels of a recipient at a time."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX delivery_one_at_a_time")

    def __exit__(self, *error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX delivery_one_at_a_time ON outbox_delivery (channel, recipient_id) WHERE state IN ('LEASED', 'SENDING')"
            )


def test_what_a_lost_worker_held_stops_its_lane_only_until_somebody_looks(sender):
    """An earlier parcel woke up meanwhile: it goes first, and the other is free again."""
    asleep, taken = parcel(ONE, state="HELD", next_at="2100-01-01T00:00:00Z"), parcel(ONE)
    with connection.cursor() as cursor:
        cursor.execute(statements.CLAIM, values())
    Delivery.objects.filter(id=taken.id).update(lease_until="2000-01-01T00:00:00Z")
    due_now(asleep)

    assert carrier.drain(NAME) is None

    assert [number for _, number, _ in sender.sent] == [asleep.id, taken.id]


def test_everything_that_waits_for_a_recipient_whom_nothing_reaches_is_put_away_with_the_first(sender, monkeypatch):
    monkeypatch.setattr(carrier, "AWAY_MAX", 10)
    fill(ONE, 35)
    other = parcel()
    asleep = parcel(ONE, state="HELD", next_at="2100-01-01T00:00:00Z")
    first = Delivery.objects.filter(recipient_id=ONE).earliest("id")
    sender.unready[first.id] = Skip(code="ENDPOINT_OFF", whole_lane=True)

    offer_once(sender)

    waiting = Delivery.objects.filter(recipient_id=ONE).exclude(id=asleep.id)
    assert set(waiting.values_list("state", "reason")) == {("SKIPPED", "ENDPOINT_OFF")}
    assert (again(other).state, again(asleep).state) == ("SENT", "HELD")


def test_what_was_written_after_the_parcel_was_taken_is_not_put_away_with_it(sender):
    """The recipient may be back by then."""
    first, waiting = parcel(ONE), parcel(ONE)
    late = []
    said = Skip(code="ENDPOINT_OFF", whole_lane=True)
    sender.prepare = lambda parcels: (late.append(parcel(ONE)), {each.id: said for each in parcels})[1]

    offer_once(sender)

    assert [again(row).state for row in (first, waiting, late[0])] == ["SKIPPED", "SKIPPED", "PENDING"]


def test_a_parcel_alone_is_put_away_alone(sender):
    first, second = parcel(ONE), parcel(ONE)
    sender.unready[first.id] = Skip(code="READ")

    offer_once(sender)

    assert [again(row).state for row in (first, second)] == ["SKIPPED", "PENDING"]


def test_only_defects_in_a_row_are_given_up_early(sender):
    """Four failures of the network and four defects are not yet five defects."""
    row = parcel()
    sender.script[row.recipient_id] = [Failed(code="REFUSED")] * 4
    for _ in range(4):
        due_now(row)
        offer_once(sender)
    broken = parcel()
    sender.unready[row.id] = sender.unready[broken.id] = ValueError("a defect")
    for _ in range(4):
        due_now(row, broken)
        offer_once(sender)

    assert [(again(each).state, again(each).failures, again(each).defects) for each in (row, broken)] == [
        ("PENDING", 8, 4),
        ("PENDING", 4, 4),
    ]
    del sender.unready[row.id]
    sender.script[row.recipient_id] = [Failed(code="REFUSED")]
    due_now(row, broken)
    offer_once(sender)

    assert [(again(each).state, again(each).defects) for each in (row, broken)] == [("PENDING", 0), ("DEAD", 5)]


def test_who_asks_to_wait_again_and_again_has_failed():
    with way_out(waits_max=3) as sender:
        row = parcel()
        sender.script[row.recipient_id] = [carrier.Wait(code="HTTP_429", seconds=30)] * 19
        for _ in range(3 + 16):
            due_now(row)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM outbox_pace WHERE name LIKE 'TEST%'")
            offer_once(sender)
            if again(row).waits == 3:
                assert again(row).failures == 0

        assert (again(row).state, again(row).failures, again(row).reason) == ("DEAD", 16, "HTTP_429")
