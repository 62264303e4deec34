"""Parts of verbs that concern conversations."""

from core.chat.models import Conversation, Participant


def open_conversation(*, job_id, brand_id, creator_id) -> Conversation:
    """The one conversation of these two about this job exists, with both as participants."""
    conversation, created = Conversation.objects.get_or_create(job_id=job_id, brand_id=brand_id, creator_id=creator_id)
    if created:
        Participant.objects.bulk_create(Participant(conversation=conversation, user_id=person) for person in (brand_id, creator_id))
    return conversation
