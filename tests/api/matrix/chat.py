"""A conversation is for its two sides: strangers find nothing, and staff have no business here."""

from typing import Any

from core.chat.models import Conversation, Message
from tests.api.matrix import Stage, line, thing

TWO, MANY = "A talk of two words", "A talk of many words"


@thing
def talk(stage: Stage) -> object:
    """A conversation of the owner and the chosen creator in which the owner has written; the same one for all of a line."""
    found = Conversation.objects.filter(brand=stage.owner, creator=stage.chosen, job__title=TWO).first()
    if found is None:
        found = stage.world.talk(job=stage.world.live_job(brand=stage.owner, title=TWO), creator=stage.chosen)
        stage.world.said(found, by=stage.owner)
    return found.id


@thing
def long_talk(stage: Stage) -> object:
    """A conversation of the two with as many messages as it has been given."""
    found = Conversation.objects.filter(brand=stage.owner, creator=stage.chosen, job__title=MANY).first()
    return found.id if found else stage.world.talk(job=stage.world.live_job(brand=stage.owner, title=MANY), creator=stage.chosen).id


@thing
def finished_talk(stage: Stage) -> object:
    """The conversation of a deal of the two that is over."""
    job = stage.world.canceled_deal(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen)
    return Conversation.objects.get(job=job).id


def words_to_begin(stage: Stage) -> dict[str, Any]:
    """What the owner sends to talk with the chosen creator, who has applied; sent by that creator it names oneself."""
    application = stage.world.application(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen)
    return {"jobId": str(application.job_id), "participantId": str(stage.chosen.id)}


def last_of_the_talk(stage: Stage) -> dict[str, Any]:
    """The last message of the `talk` of the same line."""
    return {"upToId": str(Message.objects.filter(conversation_id=talk(stage)).latest("number").id)}


SIDES = {"owner": 200, "brand": 404, "chosen": 200, "creator": 404, "staff": 403}
WRITERS = SIDES | {"owner": 201, "chosen": 201}

LINES = [
    line("GET /api/inbox/unread", brands=200, creators=200, staff=403),
    line("GET /api/conversations", brands=200, creators=200, staff=403),
    line("POST /api/conversations", body=words_to_begin, owner=201, brand=404, creators=404, staff=403),
    line("POST /api/conversations/clear", brands=200, creators=200, staff=403),
    line("GET /api/conversations/{talk}", **SIDES),
    line("GET /api/conversations/{long_talk}/messages", **SIDES),
    line("POST /api/conversations/{talk}/messages", body={"body": "Hello!", "clientId": "m-1"}, **WRITERS),
    line("POST /api/conversations/{talk}/read", body=last_of_the_talk, **SIDES),
    line("POST /api/conversations/{talk}/archive", **SIDES),
    line("POST /api/conversations/{talk}/unarchive", **SIDES),
    line("POST /api/conversations/{finished_talk}/delete", **SIDES),
]
