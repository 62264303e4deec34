"""Conversations and what is said in them."""

from typing import Any

from core.chat import services as chat
from core.chat.models import Conversation, Message
from core.hiring.talks import open_talk
from core.jobs.models import Job
from core.people.models import User
from tests.world.deals import DealsWorld, unique


class ChatWorld(DealsWorld):
    """Talks, before and after a creator is chosen."""

    def talk(self, *, job: Job | None = None, creator: User | None = None) -> Conversation:
        """An empty conversation of a brand and a creator who has applied."""
        application = self.application(job=job, creator=creator)
        return open_talk(application.job_id, application.creator_id, by=application.job.brand)

    def said(self, conversation: Conversation, *, by: User, body: str | None = None, **extra: Any) -> Message:
        """A message of one of the two."""
        return chat.send_message(conversation.id, by=by, body=body or unique("Hello"), **extra)
