"""Reading and archiving: one's own affair, told to nobody, and never undone by somebody else's act."""

import pytest

from core.base.errors import NotFound
from core.chat.errors import OnlyCompleted
from core.chat.models import Inbox, Message, Participant
from core.chat.selectors import unread
from core.chat.services import (
    archive_conversation,
    archive_ended_conversation,
    archive_ended_conversations,
    read_messages,
    unarchive_conversation,
)
from core.notifications.models import Notification
from tests.core.chat.traces import miscounted, nothing_happens


def view_of(conversation, person) -> Participant:
    return Participant.objects.get(conversation=conversation, user=person)


def version_of(person) -> int:
    return Inbox.objects.get(user=person).version


def test_reading_up_to_a_message_leaves_later_ones_new(world):
    talk = world.talk()
    said = [world.said(talk, by=talk.creator) for _ in range(3)]

    view = read_messages(talk.id, by=talk.brand, up_to_id=said[1].id)

    assert (view.last_read_number, view.unread_count) == (2, 1)
    assert view.last_read_at is not None
    assert Notification.objects.get(conversation=talk).read_at is None
    assert miscounted(talk) == []


def test_reading_the_last_one_reads_the_notice_too(world):
    talk = world.talk()
    said = [world.said(talk, by=talk.creator) for _ in range(2)]

    view = read_messages(talk.id, by=talk.brand, up_to_id=said[-1].id)

    assert view.unread_count == 0
    assert Notification.objects.get(conversation=talk).read_at is not None


def test_reading_never_goes_back(world):
    talk = world.talk()
    said = [world.said(talk, by=talk.creator) for _ in range(3)]
    read_messages(talk.id, by=talk.brand, up_to_id=said[2].id)

    with nothing_happens():
        view = read_messages(talk.id, by=talk.brand, up_to_id=said[0].id)

    assert view.last_read_number == 3


def test_my_own_words_and_my_own_deeds_are_never_unread_to_me(world):
    job = world.deal()
    talk = job.conversations.get()
    first = Message.objects.get(conversation=talk, number=1)
    world.said(talk, by=job.brand)

    read_messages(talk.id, by=job.brand, up_to_id=first.id)

    # The brand accepted, funded and wrote: all of it is news to the creator alone.
    assert (view_of(talk, job.brand).unread_count, view_of(talk, job.active_creator).unread_count) == (0, 3)
    assert miscounted(talk) == []


def test_reading_moves_only_the_inbox_of_the_reader(world):
    talk = world.talk()
    said = world.said(talk, by=talk.creator)
    before = version_of(talk.brand), version_of(talk.creator)

    view = read_messages(talk.id, by=talk.brand, up_to_id=said.id)

    assert (version_of(talk.brand), version_of(talk.creator)) == (before[0] + 1, before[1])
    assert view.version == version_of(talk.brand)


def test_a_message_of_another_conversation_is_not_there(world):
    brand = world.brand()
    talk, other = (world.talk(job=world.live_job(brand=brand)) for _ in range(2))
    world.said(talk, by=talk.creator)
    foreign = world.said(other, by=other.creator)

    with nothing_happens(), pytest.raises(NotFound):
        read_messages(talk.id, by=brand, up_to_id=foreign.id)


def read_first(conversation_id, *, by) -> Participant:
    return read_messages(conversation_id, by=by, up_to_id=Message.objects.get(conversation_id=conversation_id, number=1).id)


@pytest.mark.parametrize("verb", [archive_conversation, unarchive_conversation, archive_ended_conversation, read_first])
def test_strangers_and_staff_find_no_such_conversation(world, verb):
    talk, elsewhere = world.talk(), world.talk()
    world.said(talk, by=talk.creator)

    for stranger in (elsewhere.brand, elsewhere.creator, world.bare_creator(), world.moderator):
        with nothing_happens(), pytest.raises(NotFound):
            verb(talk.id, by=stranger)


def test_an_archived_conversation_is_out_of_ones_own_list_alone(world):
    talk = world.talk()
    world.said(talk, by=talk.creator)

    archive_conversation(talk.id, by=talk.brand)

    assert view_of(talk, talk.brand).archived_at is not None
    assert view_of(talk, talk.creator).archived_at is None
    assert view_of(talk, talk.brand).version == version_of(talk.brand)
    assert (unread(talk.brand).messages, unread(talk.brand).conversations) == (0, 0)
    assert miscounted(talk) == []


def test_archiving_twice_and_taking_back_twice_change_nothing_more(world):
    talk = world.talk()
    archive_conversation(talk.id, by=talk.brand)
    with nothing_happens():
        archive_conversation(talk.id, by=talk.brand)

    unarchive_conversation(talk.id, by=talk.brand)
    with nothing_happens():
        view = unarchive_conversation(talk.id, by=talk.brand)

    assert view.archived_at is None


def test_only_the_conversation_of_a_finished_job_is_deleted_and_for_oneself_alone(world):
    job = world.deal()
    talk = job.conversations.get()
    with nothing_happens(), pytest.raises(OnlyCompleted):
        archive_ended_conversation(talk.id, by=job.brand)
    world.submission(job=job)
    world.approve(job)
    said = Message.objects.filter(conversation=talk).count()

    archive_ended_conversation(talk.id, by=job.brand)

    assert view_of(talk, job.brand).archived_at is not None
    assert view_of(talk, job.active_creator).archived_at is None
    assert Message.objects.filter(conversation=talk).count() == said


def test_clearing_puts_all_finished_ones_away_each_as_a_change_of_its_own(world):
    brand = world.brand()
    jobs = [world.canceled_deal(job=world.live_job(brand=brand)) for _ in range(2)]
    goes_on = world.talk(job=world.live_job(brand=brand))
    before = version_of(brand)

    count = archive_ended_conversations(by=brand)

    views = Participant.objects.filter(user=brand, archived_at__isnull=False)
    assert count == 2
    assert {view.conversation.job_id for view in views} == {job.id for job in jobs}
    assert sorted(view.version for view in views) == [before + 1, before + 2]
    assert version_of(brand) == before + 2
    assert view_of(goes_on, brand).archived_at is None
    with nothing_happens():
        assert archive_ended_conversations(by=brand) == 0


def test_somebody_without_conversations_clears_nothing(world):
    brand = world.brand()

    with nothing_happens():
        assert archive_ended_conversations(by=brand) == 0
