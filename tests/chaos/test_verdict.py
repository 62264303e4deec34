"""The judge of a chaos run can say no."""

import pytest

from bot.loopback import LoopbackServer
from core.telegram.models import TelegramAccount
from outbox.models import Delivery, Event
from outbox.sequencer import sequence
from perf.chaos import verdict
from perf.chaos.work import Client, Pair, bind
from tests.core.mailbox.rows import parcel
from tests.outbox.consumers.cast import ids_of, write_events


@pytest.fixture
def quiet(committed):
    """What others have committed has its place."""
    sequence()
    return [str(uid) for uid in Event.objects.order_by("position").values_list("uid", flat=True)]


def pulled(*pages: list[str]) -> list[str]:
    return list(verdict.facts_pulled(list(pages)))


def test_a_consumer_that_misses_one_or_sees_them_in_another_order_is_seen(committed, quiet):
    committed.live_job()
    sequence()
    seen = [str(uid) for uid in Event.objects.order_by("position").values_list("uid", flat=True)]

    assert pulled(seen) == []
    assert pulled(seen, [seen[0]]) == []  # again is allowed: it is at least once
    assert "never saw 1 of" in pulled(seen[:-1])[0]
    assert "another order" in pulled([*seen[:-2], seen[-1], seen[-2]])[-1]
    assert "that there are not" in pulled([*seen, "0199f0c0-0000-7000-8000-000000000001"])[0]


def test_only_facts_of_different_aggregates_may_change_places_from_page_to_page(quiet):
    one, other, third = ids_of([*write_events(2, aggregate="job:told"), *write_events(1, aggregate="job:other")])

    assert pulled(quiet, [third], [one, other]) == []
    assert pulled(quiet, [one], [one, other], [one], [third]) == []
    assert "behind later ones of the same aggregate, the first of them of job:told" in pulled(quiet, [other], [one], [third])[0]


def test_a_deal_that_left_something_else_is_seen(committed):
    whole, half = committed.completed_deal(), committed.deal()
    sequence()
    nobody = Client("", "")

    assert list(verdict.facts_left([Pair(nobody, nobody, nobody, [str(whole.id)])], str(whole.id))) == []
    assert list(verdict.facts_left([Pair(nobody, nobody, nobody, [str(half.id)])], str(whole.id))) != []


def test_a_message_that_never_came_and_one_too_many_are_seen(committed):
    person = committed.creator()
    bind(person, 900_000_000 + Delivery.objects.count())
    account = TelegramAccount.objects.get(user=person)
    sent = parcel("SENT", recipient_id=person.id, external_id="1")
    with LoopbackServer() as telegram:

        def faults() -> str:
            return "; ".join(verdict.messages_of(account, telegram, verdict.Numbers()))

        assert "never got them" in faults()
        telegram.deliver(account.chat_id, {"text": "once"})
        assert faults() == ""
        telegram.deliver(account.chat_id, {"text": "twice"})
        assert "no row explains" in faults()
        Delivery.objects.filter(id=sent.id).update(copies=2)
        assert faults() == ""
