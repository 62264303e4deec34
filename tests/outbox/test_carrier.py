"""What becomes of a parcel: every outcome, order, leases, poison, rests. The database is real, and so are the commits."""

import threading
import time
import uuid
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from outbox import carrier, fates, statements
from outbox.channels import Broken, Dead, Failed, Hold, Sent, Skip, Unknown, Wait
from outbox.models import Attempt, Channel, Delivery
from tests.meeting import meet
from tests.outbox.parcels import NAME, again, due_now, offer_once, parcel, way_out

ONE, OTHER = uuid.uuid4(), uuid.uuid4()

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def sender():
    with way_out() as made:
        yield made


def outcomes_of(row: Delivery) -> list[tuple[str, str]]:
    return list(Attempt.objects.filter(delivery=row).order_by("id").values_list("outcome", "code"))


def test_what_arrives_is_sent_once_and_says_how_it_is_called_over_there(sender):
    row = parcel()

    assert carrier.drain(NAME) is None
    assert carrier.drain(NAME) is None

    row = again(row)
    assert (row.state, row.copies, row.failures, row.external_id) == ("SENT", 1, 0, f"over-there-{row.id}")
    assert (row.lease_token, row.lease_until, row.settled_at is not None) == (None, None, True)
    assert outcomes_of(row) == [("SENT", "")]
    assert sender.followed == [(row.id, "Sent")]
    assert len(sender.sent) == 1


@pytest.mark.parametrize(
    ("outcome", "is_critical", "fate", "seconds"),
    [
        (Failed(code="REFUSED"), False, ("PENDING", 0, 1), (0.5, 1.5)),
        (Unknown(code="NO_ANSWER"), False, ("UNCERTAIN", 1, 1), None),
        (Unknown(code="NO_ANSWER"), True, ("PENDING", 1, 1), (58, 61)),
        (Wait(code="TOO_FAST", seconds=7), False, ("PENDING", 0, 0), (6, 7.1)),
        (Hold(code="QUIET", seconds=3600), False, ("HELD", 0, 0), (3590, 3601)),
        (Skip(code="BLOCKED"), True, ("SKIPPED", 0, 0), None),
        (Dead(code="NO_SUCH_PLACE"), True, ("DEAD", 0, 0), None),
    ],
)
def test_each_outcome_has_its_fate(sender, outcome, is_critical, fate, seconds):
    row = parcel(is_critical=is_critical)
    sender.script[row.recipient_id] = [outcome]

    offer_once(sender)

    row = again(row)
    assert ((row.state, row.copies, row.failures), row.reason) == (fate, outcome.code)
    assert (row.settled_at is None) == (row.state in ("PENDING", "HELD"))
    assert outcomes_of(row) == [(type(outcome).__name__.upper(), outcome.code)]
    if seconds:
        assert seconds[0] <= seconds_until(row) <= seconds[1]


def seconds_until(row: Delivery) -> float:
    """How long the parcel has to wait, by the clock of the database."""
    return Delivery.objects.filter(id=row.id).values_list(F("next_at") - Now(), flat=True).get().total_seconds()


def test_what_is_critical_is_repeated_once_when_in_doubt_and_never_a_third_time(sender):
    row = parcel(is_critical=True)
    sender.script[row.recipient_id] = [Unknown(code="NO_ANSWER")] * 3

    for _ in range(3):
        due_now(row)
        offer_once(sender)

    row = again(row)
    assert (row.state, row.copies, len(sender.sent)) == ("UNCERTAIN", 2, 2)


def test_after_sixteen_failures_it_is_a_dead_letter_and_what_is_critical_is_insisted_on_for_three_days(sender):
    plain, critical, old = parcel(), parcel(is_critical=True), parcel(is_critical=True)
    Delivery.objects.filter(id=old.id).update(created_at=Now() - timedelta(days=4))
    for row in (plain, critical, old):
        sender.script[row.recipient_id] = [Failed(code="REFUSED")] * 16

    for _ in range(16):
        due_now(plain, critical, old)
        offer_once(sender)

    assert [(again(row).state, again(row).failures) for row in (plain, critical, old)] == [("DEAD", 16), ("PENDING", 16), ("DEAD", 16)]
    assert 3_500 <= seconds_until(critical) <= 3 * 3_600


def test_the_parcels_of_one_recipient_arrive_in_order_and_one_at_a_time(sender):
    rows = [parcel(recipient, aggregate=f"job:{number % 3}") for number in range(6) for recipient in (ONE, OTHER)]

    carrier.drain(NAME)

    for recipient in (ONE, OTHER):
        assert [number for to, number, _ in sender.sent if to == recipient] == [row.id for row in rows if row.recipient_id == recipient]


def test_who_waits_holds_up_what_comes_later_for_the_same_recipient_alone(sender):
    first, second, other = parcel(ONE), parcel(ONE, aggregate="job:2"), parcel(OTHER)
    sender.script[ONE] = [Failed(code="REFUSED")]

    offer_once(sender)
    offer_once(sender)

    assert [again(row).state for row in (first, second, other)] == ["PENDING", "PENDING", "SENT"]
    due_now(first)
    carrier.drain(NAME)
    assert [number for to, number, _ in sender.sent if to == ONE] == [first.id, second.id]


def test_a_dead_letter_stops_only_what_follows_it_about_the_same_thing(sender):
    dead, blocked, free = parcel(ONE, aggregate="job:1"), parcel(ONE, aggregate="job:1"), parcel(ONE, aggregate="job:2")
    sender.unready[dead.id] = Dead(code="NO_SUCH_PLACE")

    assert carrier.drain(NAME) is None

    assert [again(row).state for row in (dead, blocked, free)] == ["DEAD", "PENDING", "SENT"]


def test_who_sleeps_is_overtaken_and_gets_it_in_the_morning(sender):
    asleep, later = parcel(ONE), parcel(ONE)
    sender.unready[asleep.id] = Hold(code="QUIET", seconds=30)

    assert 25 < carrier.drain(NAME) <= 30
    assert [again(row).state for row in (asleep, later)] == ["HELD", "SENT"]

    del sender.unready[asleep.id]
    due_now(asleep)
    carrier.drain(NAME)
    assert again(asleep).state == "SENT"


def test_a_parcel_that_cannot_be_prepared_is_given_up_and_stops_nobody(sender):
    poison = parcel()
    others = [parcel() for _ in range(20)]
    sender.unready[poison.id] = ValueError("a defect")

    for _ in range(fates.DEFECTS_MAX):
        due_now(poison)
        offer_once(sender)
    carrier.drain(NAME)

    assert (again(poison).state, again(poison).reason, again(poison).copies) == ("DEAD", "DEFECT", 0)
    assert {again(row).state for row in others} == {"SENT"}


def test_a_parcel_that_kills_every_worker_is_poison(sender):
    row = parcel()
    for _ in range(carrier.CLAIMS_MAX):
        assert len(claim()) == 1  # and nothing follows: the worker is dead
        Delivery.objects.filter(id=row.id).update(lease_until="2000-01-01T00:00:00Z")

    carrier.drain(NAME)

    assert (again(row).state, again(row).reason, sender.sent) == ("DEAD", "POISON", [])


def claim(room: int = 10) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statements.CLAIM, claiming(room))
        return cursor.fetchall()


def claiming(room: int = 10) -> dict:
    return {"channel": NAME, "token": uuid.uuid4(), "lease": 30, "room": room, "window": carrier.WINDOW, "after": carrier.NOBODY}


def test_what_was_only_leased_goes_out_when_the_lease_is_over(sender):
    row = parcel()
    claim()
    assert carrier.drain(NAME) > 25

    Delivery.objects.filter(id=row.id).update(lease_until="2000-01-01T00:00:00Z")
    carrier.drain(NAME)

    assert (again(row).state, again(row).copies, len(sender.sent)) == ("SENT", 1, 1)


@pytest.mark.parametrize(("is_critical", "state"), [(True, "PENDING"), (False, "UNCERTAIN")])
def test_what_a_dead_worker_was_sending_is_in_doubt(sender, is_critical, state):
    row = parcel(is_critical=is_critical)
    claim()
    Delivery.objects.filter(id=row.id).update(state="SENDING", copies=1, lease_until="2000-01-01T00:00:00Z")

    offer_once(sender)

    row = again(row)
    assert (row.state, row.reason, row.copies) == (state, "WORKER_LOST", 1)
    assert outcomes_of(row) == [("UNKNOWN", "WORKER_LOST")]
    if is_critical:
        assert 58 <= seconds_until(row) <= 61


def test_a_worker_that_comes_back_after_its_lease_sends_and_settles_nothing(sender):
    row = parcel()
    zombie = carrier.Carriage(carrier.CHANNELS[NAME], sender)
    sender.prepare = asleep_for_longer_than_the_lease(row)

    zombie.load()

    assert (zombie.in_flight, sender.sent, again(row).copies) == ({}, [], 0)


def asleep_for_longer_than_the_lease(row: Delivery):
    def prepare(parcels):
        Delivery.objects.filter(id=row.id).update(lease_until="2000-01-01T00:00:00Z")
        return {parcel.id: "late" for parcel in parcels}

    return prepare


def test_an_answer_that_comes_after_another_worker_took_over_changes_nothing(sender):
    row = parcel()
    late = carrier.Carriage(carrier.CHANNELS[NAME], sender)
    late.load()
    Delivery.objects.filter(id=row.id).update(lease_token=uuid.uuid4())

    while late.in_flight:
        late.collect()

    assert (again(row).state, late.settled, outcomes_of(row), sender.followed) == ("SENDING", 0, [], [])


@pytest.mark.parametrize("takes_care", [True, False])
def test_slow_workers_send_each_parcel_once_because_they_look_at_their_lease_again(sender, monkeypatch, takes_care):
    """The control marks whatever it once leased: the same workers then send many parcels twice."""
    monkeypatch.setattr(carrier, "LEASE_SECONDS", 0.15)
    if not takes_care:
        monkeypatch.setattr(statements, "MARK", CARELESS_MARK)
    rows = [parcel() for _ in range(60)]
    prepare = sender.prepare
    sender.prepare = lambda parcels: (time.sleep(0.3 if parcels[0].id % 3 == 0 else 0.01), prepare(parcels))[1]

    meet(*[lambda: carrier.drain(NAME)] * 4)

    sent = [number for _, number, _ in sender.sent]
    copies = len(sent) - len(set(sent))
    assert set(sent) <= {row.id for row in rows}
    assert (copies == 0) == takes_care


CARELESS_MARK = """
    UPDATE outbox_delivery SET state = 'SENDING', copies = copies + 1, lease_token = %(token)s, settled_at = NULL,
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE id = ANY(%(ids)s) RETURNING id
"""


def test_a_paused_channel_carries_nothing(sender):
    row = parcel()
    Channel.objects.create(name=NAME, is_paused=True)

    assert carrier.drain(NAME) is None
    assert NAME not in carrier.waiting()
    Channel.objects.filter(name=NAME).update(is_paused=False)
    assert NAME in carrier.waiting()
    carrier.drain(NAME)
    assert again(row).state == "SENT"


def test_a_channel_that_does_not_work_rests_and_nobody_is_blamed(sender):
    rows = [parcel() for _ in range(3)]
    sender.script[rows[0].recipient_id] = [Broken(code="BAD_TOKEN", seconds=40)]
    offer_once(sender)

    later = parcel()
    assert 30 < carrier.drain(NAME) <= 40
    assert (again(rows[0]).state, again(rows[0]).failures, again(later).state) == ("PENDING", 0, "PENDING")
    assert Channel.objects.get(name=NAME).reason == "BAD_TOKEN"


def test_who_was_too_fast_waits_alone_and_with_a_whole_channel_everybody():
    with way_out() as sender:
        parcel(ONE), parcel(ONE), parcel(OTHER)
        sender.script[ONE] = [Wait(code="TOO_FAST", seconds=20)]

        assert 15 < carrier.drain(NAME) <= 20
        assert [to for to, _, _ in sender.sent] == [OTHER]

        parcel(OTHER)
        sender.script[OTHER] = [Wait(code="TOO_FAST", seconds=20, whole_channel=True)]
        offer_once(sender)
        parcel(uuid.uuid4())
        assert 15 < carrier.drain(NAME) <= 20
        assert len(sender.sent) == 1


def test_the_pace_holds_for_the_channel_and_for_each_recipient_over_all_workers():
    with way_out(per_second=20, recipient_rest=0.3) as sender:
        for _ in range(4):
            parcel(ONE)
        for _ in range(26):
            parcel()

        meet(*[lambda: carrier.drain(NAME)] * 3)

        moments = sorted(moment for _, _, moment in sender.sent)
        to_one = [moment for to, _, moment in sender.sent if to == ONE]
        assert len(moments) == 30
        assert moments[-1] - moments[0] >= 29 / 20 * 0.9
        assert all(later - earlier >= 0.25 for earlier, later in pairwise(to_one))


def test_workers_who_meet_carry_each_parcel_once(sender):
    rows = [parcel() for _ in range(80)]

    meet(*[lambda: carrier.drain(NAME)] * 4)

    assert sorted(number for _, number, _ in sender.sent) == sorted(row.id for row in rows)
    assert {again(row).copies for row in rows} == {1}


def test_a_stopped_worker_holds_up_its_own_parcels_for_the_lease_and_no_others(sender):
    held, free = parcel(), parcel()
    is_let_go = threading.Event()
    sender.script[held.recipient_id] = [lambda: (is_let_go.wait(10), Sent())[1]]
    stuck = threading.Thread(target=drain_and_close)
    stuck.start()
    while again(held).state != "SENDING":
        time.sleep(0.02)

    carrier.drain(NAME)
    assert (again(held).state, again(free).state) == ("SENDING", "SENT")

    is_let_go.set()
    stuck.join()
    assert (again(held).state, len(sender.sent)) == ("SENT", 2)


def drain_and_close() -> None:
    try:
        carrier.drain(NAME)
    finally:
        connection.close()
