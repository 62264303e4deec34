"""Conversations."""

from core.chat import services as chat
from core.chat.models import Conversation
from tests.core.notifications.scenarios import Scene, scenario


@scenario("MESSAGE_SENT")
def somebody_writes(world):
    job = world.deal()
    talk = Conversation.objects.get(job=job)
    return Scene(lambda: chat.send_message(talk.id, by=job.brand, body="Hello."), job=job, by=job.brand)
