"""A consumer that staff let wait: it is given nothing, loses nothing, and nobody takes what it holds for abandoned."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.consumers import services
from core.consumers.errors import ConsumerRevoked
from core.people.models import User
from outbox.consumers import selectors
from outbox.consumers.models import Consumer
from tests.outbox.consumers.cast import ack, ids_of, make_consumer, pulled, write_events

REASON = "Their warehouse is being mended."


def fresh(consumer: Consumer) -> Consumer:
    return Consumer.objects.get(pk=consumer.pk)


def paused(consumer: Consumer) -> Consumer:
    services.pause_consumer(consumer.name, by=User.objects.system(), reason=REASON)
    return fresh(consumer)


def test_while_it_is_paused_there_is_nothing_and_afterwards_everything(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(2))

    paused(consumer)
    assert pulled(caller) == []
    assert not selectors.is_something_there(fresh(consumer))

    services.resume_consumer(consumer.name, by=User.objects.system())
    assert selectors.is_something_there(fresh(consumer))
    assert pulled(caller) == ids


def test_what_it_holds_it_may_still_acknowledge(world):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(2))
    assert pulled(caller) == ids

    paused(consumer)

    assert ack(caller, ids) == 2


def test_a_pull_while_it_is_paused_is_no_sign_of_life(world):
    consumer, caller = make_consumer()
    before = paused(consumer).last_seen_at

    pulled(caller)

    assert fresh(consumer).last_seen_at == before


def test_doing_it_twice_leaves_one_trace(world):
    consumer, _caller = make_consumer()
    system = User.objects.system()

    for _ in range(2):
        services.pause_consumer(consumer.name, by=system, reason=REASON)
    for _ in range(2):
        services.resume_consumer(consumer.name, by=system)

    trail = AuditEntry.objects.filter(subject_type="Consumer", subject_id=str(consumer.pk)).order_by("id")
    assert list(trail.values_list("action", flat=True)) == ["CONSUMER_PAUSED", "CONSUMER_RESUMED"]


@pytest.mark.parametrize("role", ["moderator", "finance", "finance_approver", "support"])
def test_nobody_but_engineers_pauses_and_nothing_is_left(world, role):
    consumer, _caller = make_consumer()
    by, before = world.staff(role), AuditEntry.objects.count()

    with pytest.raises(Forbidden):
        services.pause_consumer(consumer.name, by=by, reason=REASON)
    with pytest.raises(Forbidden):
        services.resume_consumer(consumer.name, by=by)

    assert fresh(consumer).paused_at is None
    assert AuditEntry.objects.count() == before


def test_a_pause_has_a_reason_and_a_living_consumer(world):
    consumer, _caller = make_consumer()
    system = User.objects.system()

    with pytest.raises(Invalid):
        services.pause_consumer(consumer.name, by=system, reason=" ")
    with pytest.raises(NotFound):
        services.pause_consumer("nobody", by=system, reason=REASON)
    assert fresh(consumer).paused_at is None

    services.revoke_consumer(consumer.name, by=system)
    with pytest.raises(ConsumerRevoked):
        services.pause_consumer(consumer.name, by=system, reason=REASON)
