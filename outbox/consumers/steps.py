"""What the verbs of consumers are made of. Judges nobody; `core.consumers` does, and leaves the trail."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Min
from django.db.models.functions import Now

from outbox.consumers.models import Consumer, Handout
from outbox.consumers.selectors import head, pruned_to
from outbox.models import Event


def rewind(consumer: Consumer, *, to: int) -> int:
    """Everything after this position comes again, as if for the first time, to clients with old cursors too. The row is locked.

    Not further back than events are kept, nor forward. Returns the position in force.
    """
    position = min(max(to, pruned_to()), consumer.reached)
    consumer.handouts.filter(position__gt=position).delete()
    Consumer.objects.filter(pk=consumer.pk).update(position=position, reached=position, era=F("era") + 1)
    return position


def position_at(moment: datetime) -> int:
    """The last position before what happened at this moment or later."""
    first = Event.objects.filter(occurred_at__gte=moment).aggregate(position=Min("position"))["position"]
    return head() if first is None else first - 1


def redrive(consumer: Consumer, uids: Sequence[UUID] | None = None) -> int:
    """What this consumer gave up, or those of it with these ids, comes again at once and with all its tries. Returns how many."""
    dead = Handout.objects.filter(consumer=consumer, state=Handout.State.DEAD)
    if uids is not None:
        dead = dead.filter(event__uid__in=uids)
    return dead.update(state=Handout.State.WAITING, free_at=Now(), failures=0, died_at=None, reason="", was_returned=True)


def not_kept(uids: Iterable[UUID]) -> list[UUID]:
    """Those of these events that there are not, or not any more."""
    asked = list(uids)
    kept = set(Event.objects.filter(uid__in=asked).values_list("uid", flat=True))
    return [uid for uid in asked if uid not in kept]
