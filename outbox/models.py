"""Facts that left the business, and the pulse of those who carry them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

OPEN_STATES = ("PENDING", "LEASED", "SENDING")  # what is on its way: later parcels of the recipient wait for it


class Event(models.Model):
    """One fact, written in the transaction that made it true. `position` is given after commit, in commit order."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, editable=False)
    position = models.BigIntegerField(unique=True, null=True, editable=False)
    type = models.CharField(max_length=60)
    aggregate = models.CharField(max_length=60)
    payload = models.JSONField()
    recipient_ids = ArrayField(models.UUIDField(), default=list)
    actor_id = models.UUIDField()
    request_id = models.CharField(max_length=64, blank=True, default="")
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(position=None), name="event_unsequenced"),
            models.Index(fields=["aggregate", "id"], name="event_aggregate"),
            models.Index(fields=["type", "-id"], name="event_type"),
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="event_request"),
        ]


class Heartbeat(models.Model):
    """When a background process was last seen alive, and how its work goes. One row per name: `worker`, `bot`, `live`, `ledger`."""

    name = models.CharField(primary_key=True, max_length=40)
    beat_at = models.DateTimeField()
    process_id = models.IntegerField(db_default=0)
    version = models.CharField(max_length=40, db_default="", blank=True)
    started_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    consecutive_failures = models.PositiveIntegerField(db_default=0)
    counters = models.JSONField(db_default=Value({}, output_field=models.JSONField()))  # whole numbers by name, since it started


class Delivery(models.Model):
    """One parcel for one recipient by one channel: a letter (a notice, a link by e-mail), or an event for a webhook.

    Written in the transaction of its cause. The carrier (outbox.carrier) alone moves it on, by its token; staff may retry or skip.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", _("Waiting")
        LEASED = "LEASED", _("Taken by a worker")
        SENDING = "SENDING", _("Being sent")
        HELD = "HELD", _("Held until quiet hours end")
        SENT = "SENT", _("Sent")
        UNCERTAIN = "UNCERTAIN", _("Outcome unknown, not repeated")
        SKIPPED = "SKIPPED", _("Not sent")
        DEAD = "DEAD", _("Dead letter")

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=10)
    recipient_id = models.UUIDField()  # a person, or an endpoint
    letter_id = models.UUIDField(null=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="deliveries", db_index=False)
    type = models.CharField(max_length=60)
    aggregate = models.CharField(max_length=60)
    is_critical = models.BooleanField(db_default=False)  # about money or security: insisted on, and repeated once when in doubt
    state = models.CharField(max_length=10, choices=State, db_default="PENDING")
    failures = models.PositiveSmallIntegerField(db_default=0)
    defects = models.PositiveSmallIntegerField(db_default=0)  # of our own code, one after the other: any other outcome ends the row
    waits = models.PositiveSmallIntegerField(db_default=0)  # how often the receiver asked us to come later
    claims = models.PositiveSmallIntegerField(db_default=0)  # without an outcome since: a parcel that kills its workers is poison
    copies = models.PositiveSmallIntegerField(db_default=0)  # how many may have reached the recipient
    next_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    first_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=64, db_default="", blank=True)
    reason = models.CharField(max_length=60, db_default="", blank=True)  # why it is where it is: a code, never a text
    request_id = models.CharField(max_length=64, db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["channel", "next_at", "id"], condition=Q(state__in=OPEN_STATES), name="delivery_due"),
            models.Index(fields=["channel", "recipient_id", "id"], condition=Q(state__in=OPEN_STATES), name="delivery_lane"),
            models.Index(fields=["channel", "recipient_id", "aggregate", "id"], condition=Q(state="DEAD"), name="delivery_dead"),
            models.Index(fields=["channel", "next_at"], condition=Q(state="HELD"), name="delivery_held"),
            models.Index(fields=["lease_until"], condition=Q(state="SENDING"), name="delivery_sending"),
            models.Index(fields=["channel", "recipient_id", "-id"], name="delivery_recipient"),
            models.Index(fields=["settled_at"], condition=Q(state__in=("SENT", "SKIPPED", "UNCERTAIN", "DEAD")), name="delivery_settled"),
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="delivery_request"),
            # What staff look through, the newest first: each of these is short, or the list is left by searching.
            models.Index(fields=["-id"], condition=Q(state__in=("PENDING", "HELD")), name="delivery_staff_waiting"),
            models.Index(fields=["-id"], condition=Q(state__in=("LEASED", "SENDING")), name="delivery_staff_taken"),
            models.Index(fields=["-id"], condition=Q(state="PENDING", failures__gt=0), name="delivery_staff_failing"),
            models.Index(fields=["-id"], condition=Q(state="DEAD"), name="delivery_staff_dead"),
            models.Index(fields=["aggregate", "-id"], name="delivery_aggregate"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["letter_id", "channel", "recipient_id"], condition=Q(letter_id__isnull=False), name="delivery_letter_once"
            ),
            models.UniqueConstraint(
                fields=["event", "channel", "recipient_id"], condition=Q(event__isnull=False), name="delivery_event_once"
            ),
            models.UniqueConstraint(
                fields=["channel", "recipient_id"], condition=Q(state__in=("LEASED", "SENDING")), name="delivery_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(letter_id__isnull=False, event=None) | Q(letter_id=None, event__isnull=False), name="delivery_carries_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("LEASED", "SENDING"), lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state__in=("LEASED", "SENDING")) & Q(lease_token=None, lease_until=None)),
                name="delivery_lease_while_taken",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("SENT", "UNCERTAIN", "SKIPPED", "DEAD"), settled_at__isnull=False)
                | (~Q(state__in=("SENT", "UNCERTAIN", "SKIPPED", "DEAD")) & Q(settled_at=None)),
                name="delivery_settled_in_the_end",
            ),
            models.CheckConstraint(condition=~Q(state="SENT") | Q(copies__gte=1), name="delivery_sent_has_a_copy"),
        ]


class Attempt(models.Model):
    """One try to hand a parcel over, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    outcome = models.CharField(max_length=10)  # SENT, RETRY, UNKNOWN, WAIT, DEAD, SKIPPED, HELD
    code = models.CharField(max_length=60, blank=True, default="")
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP
    milliseconds = models.PositiveIntegerField(db_default=0)
    at = models.DateTimeField(db_default=Now())


class Channel(models.Model):
    """What holds for a whole channel: staff may pause it, and it pauses itself when the fault is ours."""

    name = models.CharField(primary_key=True, max_length=10)
    is_paused = models.BooleanField(db_default=False)
    rests_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, db_default="", blank=True)
    wakes_at = models.DateTimeField(null=True)  # when somebody has asked to be woken for it


class Pace(models.Model):
    """When the next call may be made: `TELEGRAM` for the whole channel, `TELEGRAM:<recipient>` for one recipient."""

    name = models.CharField(primary_key=True, max_length=60)
    next_free_at = models.DateTimeField()


import outbox.consumers.models  # noqa: E402  a room of the mailbox with models of its own
import outbox.live.models  # noqa: E402, F401  a room of the mailbox with a model of its own
