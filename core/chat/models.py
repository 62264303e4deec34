"""Conversations between a brand and a creator about one job."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.models import QuerySet, Row
from core.base.triggers import append_only, frozen, no_delete, no_truncate
from core.chat.triggers import rises


class Conversation(Row):
    """The one thread of a brand and a creator about a job. `message_count` is the number of the newest message."""

    # Set by whoever opens it, for the one who called.
    was_open_before: bool

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="conversations")
    brand = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_message_at = models.DateTimeField(default=clock.now)
    message_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "brand", "creator"], name="conversation_once")]
        triggers = [
            no_delete("conversation"),
            no_truncate("conversation"),
            frozen("conversation", "job_id", "brand_id", "creator_id"),
            rises("conversation", "message_count"),
        ]


class Inbox(models.Model):
    """The one counter of a person's conversations: it rises with every change of any of them, in the order of the commits.

    Whoever changes a conversation raises the counters of both participants, in the order of their ids, last of all locks, and
    holds them to the end. So a cursor on `version` never has anything appear behind it.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="inbox")
    version = models.BigIntegerField(default=0)

    objects = QuerySet.as_manager()

    class Meta:
        triggers = [no_delete("inbox"), no_truncate("inbox"), rises("inbox", "version")]


class Participant(Row):
    """A person's own view of a conversation: what was read, how much was not, and whether it is archived.

    It changes under the lock of the person's Inbox, whose next `version` it takes. `last_message_at` repeats that of the
    conversation, because the list of a person's conversations is ordered by it.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="participants", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    last_message_at = models.DateTimeField(default=clock.now)
    last_read_at = models.DateTimeField(null=True, blank=True)
    last_read_number = models.PositiveIntegerField(default=0)
    unread_count = models.PositiveIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-last_message_at", "-id"], condition=Q(archived_at=None), name="participant_open"),
            models.Index(fields=["user", "-last_message_at", "-id"], condition=~Q(archived_at=None), name="participant_archived"),
            models.Index(fields=["user", "version"], name="participant_version"),
            models.Index(fields=["user"], condition=Q(unread_count__gt=0), name="participant_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="participant_once")]
        triggers = [
            no_delete("participant"),
            no_truncate("participant"),
            frozen("participant", "conversation_id", "user_id"),
            rises("participant", "last_read_number", "version"),
        ]


class Message(Row):
    """Something said in a conversation: by a person, or by the marketplace about the deal. `number` counts within the conversation.

    The conversation's row is locked while the number is given, so numbers are committed in their order.
    """

    class Kind(models.TextChoices):
        USER = "USER", _("Message")
        SYSTEM = "SYSTEM", _("What happened")

    # Set by whoever sends it, for the one who called.
    was_sent_before: bool

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    body = models.CharField(max_length=4_000, blank=True, default="")
    type = models.CharField(max_length=40, blank=True, default="")
    facts = models.JSONField(default=dict)
    client_id = models.CharField(max_length=64, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="message_number_once"),
            models.UniqueConstraint(
                fields=["conversation", "sender", "client_id"], condition=Q(client_id__isnull=False), name="message_client_id_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="USER", sender__isnull=False, type="") & ~Q(body="") | Q(kind="SYSTEM", body="") & ~Q(type=""),
                name="message_of_its_kind",
            ),
        ]
        triggers = append_only("message")
