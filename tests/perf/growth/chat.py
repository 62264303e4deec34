"""People who talk a lot, and with many."""

from typing import Any

from core.chat.models import Conversation, Message, Participant
from core.jobs.models import Job
from tests.api.matrix.chat import long_talk
from tests.perf.growth import grows


@grows("GET /api/conversations")
def conversations_of_the_owner(stage: Any, count: int) -> None:
    jobs = Job.objects.bulk_create(Job(brand=stage.owner, title="Talked about") for _ in range(count))
    talks = Conversation.objects.bulk_create(
        Conversation(job=job, brand=stage.owner, creator=stage.chosen, message_count=1) for job in jobs
    )
    views = [Participant(conversation=talk, user=side, unread_count=1) for talk in talks for side in (stage.owner, stage.chosen)]
    Participant.objects.bulk_create(views)
    Message.objects.bulk_create(Message(conversation=talk, number=1, kind="USER", sender=stage.chosen, body="Hello!") for talk in talks)


@grows("GET /api/conversations/{pk}/messages")
def messages_of_a_long_talk(stage: Any, count: int) -> None:
    talk = Conversation.objects.get(id=long_talk(stage))
    Message.objects.bulk_create(
        Message(conversation=talk, number=talk.message_count + number, kind="USER", sender=stage.chosen, body="Hello!")
        for number in range(1, count + 1)
    )
    talk.message_count += count
    talk.store("message_count")
