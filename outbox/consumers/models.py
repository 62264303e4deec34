"""Consumers, their tokens, and the events that are in their hands."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

OPEN = ("LEASED", "WAITING")


class Consumer(models.Model):
    """Somebody who pulls events: `position` and everything before it is done with, `reached` and everything before it was given out.

    Whoever moves either of them holds the lock of this row, so the pulls and acknowledgements of one consumer come one by one.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    scopes = ArrayField(models.CharField(max_length=60))  # types of events, with `*` at the end for all that begin so
    position = models.BigIntegerField(db_default=0)
    reached = models.BigIntegerField(db_default=0)
    era = models.PositiveIntegerField(db_default=0)  # rises with a rewind: cursors from before it mean nothing any more
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)  # staff let it wait: it is given nothing, and loses nothing

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=r"^[a-z][a-z0-9-]{1,39}$"), name="consumer_name_is_plain"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="consumer_has_a_scope"),
            models.CheckConstraint(condition=Q(position__gte=0, reached__gte=F("position")), name="consumer_is_done_with_what_it_got"),
        ]

    def __str__(self) -> str:
        return self.name


class ConsumerToken(models.Model):
    """A secret that opens the pull API. The secret itself was shown once; the row holds its SHA-256."""

    id = models.BigAutoField(primary_key=True)
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12, db_default="", blank=True)  # tells people which one it is; none where we did not make it
    is_setting = models.BooleanField(db_default=False)  # comes from OUTBOX_CONSUMER_SECRET
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consumer"], condition=Q(expires_at=None), name="consumer_has_one_lasting_token"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="consumer_token_is_a_digest"),
        ]


class Handout(models.Model):
    """An event in the hands of a consumer: leased, given back, given up, or done with before an earlier one was.

    One that waits and was never given is held: an earlier event of the same aggregate is still in hand.
    """

    class State(models.TextChoices):
        LEASED = "LEASED", _("Given out")
        WAITING = "WAITING", _("Given back")
        DONE = "DONE", _("Done with")
        DEAD = "DEAD", _("Given up")

    class Reason(models.TextChoices):
        ABANDONED = "ABANDONED", _("Never acknowledged")

    id = models.BigAutoField(primary_key=True)
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="handouts", db_index=False)
    event = models.ForeignKey("outbox.Event", on_delete=models.PROTECT, related_name="handouts")
    position = models.BigIntegerField()
    aggregate = models.CharField(max_length=60, db_default="", blank=True)  # the event's own: what is in hand is looked up by it
    state = models.CharField(max_length=8, choices=State)
    free_at = models.DateTimeField(null=True)  # when the lease ends, or when the event comes again
    was_returned = models.BooleanField(db_default=False)  # by the consumer or by staff: it comes again whatever the cursor
    failures = models.PositiveSmallIntegerField(db_default=0)
    times_given = models.PositiveIntegerField(db_default=0)
    error = models.CharField(max_length=500, db_default="", blank=True)  # in the words of the consumer
    died_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=10, choices=Reason, db_default="", blank=True)  # why it is dead; empty: given back too often

    class Meta:
        indexes = [
            models.Index(fields=["consumer", "position"], condition=Q(state__in=OPEN), name="handout_open"),
            models.Index(fields=["consumer", "free_at"], condition=Q(state__in=OPEN), name="handout_free"),
            models.Index(fields=["consumer", "aggregate", "position"], condition=Q(state__in=OPEN), name="handout_lane"),
            models.Index(fields=["consumer", "position"], condition=Q(state__in=OPEN, was_returned=True), name="handout_returned"),
            models.Index(fields=["consumer", "position"], condition=Q(state="DONE"), name="handout_done"),
            models.Index(fields=["consumer", "-id"], condition=Q(state="DEAD"), name="handout_dead"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["consumer", "event"], name="handout_once"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, free_at__isnull=False) | (~Q(state__in=OPEN) & Q(free_at=None)), name="handout_open_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(state="DEAD", died_at__isnull=False) | (~Q(state="DEAD") & Q(died_at=None)), name="handout_died_when_dead"
            ),
            models.CheckConstraint(condition=Q(reason="") | Q(state="DEAD", reason="ABANDONED"), name="handout_reason_when_dead"),
        ]


class Horizon(models.Model):
    """How far back the events go: those up to `pruned_to` are not kept any more. One row."""

    name = models.CharField(primary_key=True, max_length=10, db_default="events")
    pruned_to = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(name="events"), name="horizon_is_one")]
