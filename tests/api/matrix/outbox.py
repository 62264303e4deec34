"""Who pulls events: the tokens of consumers, and no person whatever their rights."""

from datetime import timedelta

from django.db.models import F, Max
from django.db.models.functions import Coalesce, Now

from outbox.consumers.models import Consumer, Handout
from outbox.models import Event
from tests.api.matrix import Stage, line
from tests.outbox.consumers.cast import write_events


def events_wait(stage: Stage) -> None:
    """Events have their places, as the sequencer would give them: it works in no transaction but its own."""
    last = Event.objects.aggregate(last=Coalesce(Max("position"), 0))["last"]
    for place, event in enumerate(write_events(3, numbered=False), last + 1):
        Event.objects.filter(id=event.id).update(position=place)


def one_of_them(stage: Stage) -> dict[str, list[str]]:
    """An event that waits."""
    events_wait(stage)
    return {"ids": [str(Event.objects.exclude(position=None).latest("position").uid)]}


def one_in_hand(stage: Stage) -> dict[str, str]:
    """An event that the consumer has in hand."""
    events_wait(stage)
    event = Event.objects.exclude(position=None).latest("position")
    free_at = Now() + timedelta(minutes=1)
    consumer = Consumer.objects.get(name="stage")
    Handout.objects.create(consumer=consumer, event=event, position=event.position, state="LEASED", free_at=free_at, times_given=1)
    Consumer.objects.filter(id=consumer.id).update(reached=F("position") + event.position)
    return {"id": str(event.uid)}


NOBODY = {"people": 401, "consumer": 200}

LINES = [
    line("GET /api/outbox/pull", body=events_wait, **NOBODY),
    line("POST /api/outbox/ack", body=one_of_them, **NOBODY),
    line("POST /api/outbox/nack", body=one_in_hand, **NOBODY),
]
