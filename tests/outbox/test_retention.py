"""What is not kept any more: old enough, and never what a consumer who still comes has not had."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from core.base.errors import Invalid
from core.consumers import services as verbs
from core.people.models import User
from outbox import retention, tasks
from outbox.consumers import selectors, services
from outbox.consumers.models import Consumer, ConsumerToken, Handout
from outbox.models import Attempt, Delivery, Event
from tests.outbox.consumers.cast import ack, ids_of, make_consumer, nack, pulled, write_events

OLD = timedelta(days=retention.EVENT_DAYS + 1)


def age(events: list[Event], by: timedelta = OLD) -> list[int]:
    """The events happened so long ago. Returns their ids."""
    ids = [event.id for event in events]
    Event.objects.filter(id__in=ids).update(occurred_at=timezone.now() - by)
    return ids


def left(ids: list[int]) -> int:
    """How many of them are still there."""
    return Event.objects.filter(id__in=ids).count()


def delivery(state: str, days: int, event: Event | None = None) -> Delivery:
    """A parcel that came to its end so many days ago."""
    row = Delivery.objects.create(
        channel="TELEGRAM",
        recipient_id=uuid.uuid4(),
        letter_id=None if event else uuid.uuid4(),
        event=event,
        type="ESCROW_FUNDED",
        aggregate="job:1",
        state=state,
        copies=1,
        settled_at=Now() - timedelta(days=days),
    )
    Attempt.objects.create(delivery=row, outcome=state[:10])
    return row


def test_events_older_than_400_days_go_and_younger_ones_stay(world):
    old, young = age(write_events(3)), age(write_events(2), timedelta(days=retention.EVENT_DAYS - 1))

    gone = retention.prune()

    assert (left(old), left(young), gone.events) == (0, 2, 3)
    assert selectors.pruned_to() == Event.objects.filter(id__in=young).order_by("position").first().position - 1


def test_what_a_consumer_has_not_had_is_kept_however_old(world):
    _, caller = make_consumer()
    events = write_events(3)
    ids = age(events)
    pulled(caller)
    ack(caller, ids_of(events)[:1])

    retention.prune()
    assert left(ids) == 2

    ack(caller, ids_of(events)[1:])
    retention.prune()
    assert left(ids) == 0


@pytest.mark.parametrize("end", ["revoked", "expired", "away"])
def test_a_consumer_that_will_not_come_holds_nothing_back(world, end):
    consumer, caller = make_consumer()
    ids = age(write_events(2))
    pulled(caller)
    if end == "revoked":
        Consumer.objects.filter(id=consumer.id).update(revoked_at=Now())
    elif end == "expired":
        ConsumerToken.objects.filter(consumer=consumer).update(expires_at=Now() - timedelta(seconds=1))
    else:
        Consumer.objects.filter(id=consumer.id).update(last_seen_at=Now() - timedelta(days=retention.AWAY_DAYS + 1))

    retention.prune()

    assert left(ids) == 0


def test_an_event_that_was_given_up_or_that_a_parcel_carries_stays_until_that_goes(world):
    consumer, caller = make_consumer()
    dead, carried, free = write_events(3)
    age([dead, carried, free])
    pulled(caller)
    Handout.objects.filter(consumer=consumer, event=dead).update(failures=15)
    nack(caller, str(dead.uid))
    ack(caller, ids_of([carried, free]))
    parcel = delivery("DEAD", retention.DEAD_DAYS - 1, carried)

    retention.prune()
    assert left([dead.id, carried.id, free.id]) == 2

    Handout.objects.filter(consumer=consumer, event=dead).update(died_at=Now() - timedelta(days=retention.DEAD_DAYS + 1))
    Delivery.objects.filter(id=parcel.id).update(settled_at=Now() - timedelta(days=retention.DEAD_DAYS + 1))
    retention.prune()
    assert left([dead.id, carried.id, free.id]) == 0


def test_an_event_without_a_place_stays(world):
    ids = age(write_events(1, numbered=False))

    retention.prune()

    assert left(ids) == 1


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        ("SENT", 29, True),
        ("SENT", 31, False),
        ("SKIPPED", 31, False),
        ("UNCERTAIN", 31, False),
        ("DEAD", 31, True),
        ("DEAD", 179, True),
        ("DEAD", 181, False),
    ],
)
def test_parcels_stay_as_long_as_they_are_of_use(world, state, days, stays):
    parcel = delivery(state, days)

    retention.prune()

    assert Delivery.objects.filter(id=parcel.id).exists() is stays
    assert Attempt.objects.filter(delivery_id=parcel.id).exists() is stays


def test_a_parcel_on_its_way_stays(world):
    parcel = Delivery.objects.create(
        channel="EMAIL", recipient_id=uuid.uuid4(), letter_id=uuid.uuid4(), type="X", aggregate="x", created_at=Now() - OLD
    )

    retention.prune()

    assert Delivery.objects.filter(id=parcel.id).exists()


def test_pruning_goes_on_until_a_batch_is_not_full(world, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_MAX", 2)
    ids = age(write_events(5))
    for _ in range(5):
        delivery("SENT", 31)

    tasks.prune.call_local()

    assert left(ids) == 0
    assert not Delivery.objects.filter(state="SENT", settled_at__lt=Now() - timedelta(days=30)).exists()


def test_a_parcel_that_was_tried_for_weeks_goes_by_parts(world, monkeypatch):
    """No statement takes more than so many rows, however many tries there are of each parcel."""
    monkeypatch.setattr(retention, "BATCH_MAX", 10)
    rows = [delivery("SENT", 31) for _ in range(3)]
    Attempt.objects.bulk_create(Attempt(delivery=row, outcome="RETRY") for row in rows for _ in range(14))
    taken = []

    def watch(execute, sql, params, many, context):
        before = Attempt.objects.count() if "WITH old" in sql and "outbox_attempt" in sql else None
        found = execute(sql, params, many, context)
        if before is not None:
            taken.append(before - Attempt.objects.count())
        return found

    with connection.execute_wrapper(watch):
        gone = retention.prune()

    assert gone.deliveries == 3
    assert not Attempt.objects.filter(delivery_id__in=[row.id for row in rows]).exists()
    assert (max(taken), sum(taken)) == (10, 45)


def test_pruning_twice_takes_nothing_more(world):
    age(write_events(2))
    retention.prune()

    assert retention.prune() == retention.Pruned(0, 0, 0, 0)


def let_be(consumer: Consumer, days: float) -> None:
    """The leases of this consumer ran out so many days before it last came."""
    Handout.objects.filter(consumer=consumer, free_at__isnull=False).update(free_at=Now() - timedelta(days=days))
    Consumer.objects.filter(id=consumer.id).update(last_seen_at=Now())


def test_what_a_consumer_let_be_for_two_weeks_is_given_up_and_pins_nothing(world, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_MAX", 2)
    consumer, caller = make_consumer()
    events = write_events(5)
    ids = age(events)
    pulled(caller)
    let_be(consumer, services.ABANDONED_DAYS + 0.1)

    assert retention.prune().abandoned == 5

    consumer.refresh_from_db()
    assert consumer.position == events[-1].position
    (lag,) = (lag for lag in selectors.lags() if lag.name == consumer.name)
    assert (lag.behind, lag.dead, lag.abandoned) == (0, 0, 5)
    assert left(ids) == 5  # until a dead letter is old

    Handout.objects.filter(consumer=consumer).update(died_at=Now() - timedelta(days=retention.DEAD_DAYS + 1))
    retention.prune()
    assert left(ids) == 0


def test_a_consumer_that_was_away_is_not_taken_for_one_that_lets_be(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(2))
    pulled(caller)
    Handout.objects.filter(consumer=consumer).update(free_at=Now() - timedelta(days=60))
    Consumer.objects.filter(id=consumer.id).update(last_seen_at=Now() - timedelta(days=60))

    assert retention.prune().abandoned == 0
    assert pulled(caller) == ids


def test_what_was_let_be_for_less_than_two_weeks_or_was_never_given_is_not_given_up(world):
    consumer, caller = make_consumer()
    first, held = write_events(2, aggregate="job:1")
    pulled(caller, limit=1)
    assert pulled(caller) == []
    let_be(consumer, services.ABANDONED_DAYS - 0.1)
    Handout.objects.filter(consumer=consumer, event=held).update(free_at=Now() - timedelta(days=60))

    assert retention.prune().abandoned == 0
    assert pulled(caller) == ids_of([first, held])


def test_giving_up_for_a_consumer_does_not_count_as_its_coming(world):
    consumer, caller = make_consumer()
    write_events(1)
    pulled(caller)
    let_be(consumer, services.ABANDONED_DAYS + 1)
    seen = Consumer.objects.get(id=consumer.id).last_seen_at

    retention.prune()

    assert Consumer.objects.get(id=consumer.id).last_seen_at == seen


def test_what_was_abandoned_can_be_sent_again_or_still_be_acknowledged(world):
    consumer, caller = make_consumer()
    one, other = ids_of(write_events(2))
    pulled(caller)
    let_be(consumer, services.ABANDONED_DAYS + 1)
    retention.prune()

    verbs.redrive_consumer(consumer.name, by=User.objects.system(), uids=[uuid.UUID(one)])

    assert pulled(caller) == [one]
    assert ack(caller, [one, other]) == 2


def test_whoever_sends_again_what_is_not_kept_any_more_is_told_so_and_nothing_is_sent(world):
    consumer, caller = make_consumer()
    pruned, kept = write_events(2)
    pulled(caller)
    let_be(consumer, services.ABANDONED_DAYS + 1)
    retention.prune()
    age([pruned])
    Handout.objects.filter(event=pruned).update(died_at=Now() - timedelta(days=retention.DEAD_DAYS + 1))
    retention.prune()

    with pytest.raises(Invalid) as refusal:
        verbs.redrive_consumer(consumer.name, by=User.objects.system(), uids=[kept.uid, pruned.uid])

    (text,) = refusal.value.fields["ids"]
    assert (str(pruned.uid) in text, str(kept.uid) in text, "400" in text) == (True, False, True)
    assert pulled(caller) == []
