"""Conversations between a brand and a creator about one job."""

from django.conf import settings
from django.db import models

from core.base import clock
from core.base.models import Row


class Conversation(Row):
    """The one thread of a brand and a creator about a job."""

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="conversations")
    brand = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_message_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "brand", "creator"], name="conversation_once")]


class Participant(Row):
    """A person's own view of a conversation: what was read, and whether it is archived."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_read_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="participant_once")]
