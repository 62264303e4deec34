"""Two people act on one conversation at the same moment, or one person twice. Each race has a control that loses."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core.audit.models import AuditEntry
from core.base.errors import Refusal
from core.chat import steps
from core.chat.models import Conversation, Inbox, Message, Participant
from core.chat.services import archive_conversation, read_messages, send_message
from core.hiring.services import accept_application
from core.hiring.talks import open_talk
from core.notifications.models import Notification
from core.people.models import User
from outbox.models import Event
from tests.core.chat.traces import miscounted
from tests.meeting import meet, without_locks
from tests.world import World

pytestmark = pytest.mark.race

ROUNDS = 4
CROWD = 20
PATIENCE_SECONDS = 1.5


def overtaken(command: Callable[[], Any], *, by: Callable[[], Any], before: str) -> None:
    """The first command runs, and just before its first write to this table the second one does, as far as locks let it."""
    finished = threading.Event()

    def other() -> None:
        try:
            by()
        finally:
            connections.close_all()
            finished.set()

    thread = threading.Thread(target=other)

    def step_aside(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not thread.ident and sql.startswith("UPDATE") and f'"{before}"' in sql:
            thread.start()
            finished.wait(PATIENCE_SECONDS)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(step_aside):
        command()
    thread.join()


def say_naively(conversation: Conversation, body: str, *, by: User, client_id: str | None) -> Message:
    """A message with the number after the one that was read before."""
    message = Message.objects.create(
        conversation=conversation, number=conversation.message_count + 1, kind="USER", sender=by, body=body, client_id=client_id
    )
    Conversation.objects.filter(id=conversation.id).update(message_count=message.number)
    return message


def views_of(talk: Conversation, person: User) -> tuple[Participant, Inbox]:
    return Participant.objects.get(conversation=talk, user=person), Inbox.objects.get(user=person)


@pytest.fixture
def talk(committed: World) -> Conversation:
    return committed.talk()


def send(talk: Conversation, by: User, **extra: Any) -> Message:
    return send_message(talk.id, by=by, body="Hello!", **extra)


def test_messages_sent_at_once_are_numbered_one_after_the_other(talk):
    for number in range(ROUNDS):
        sent = meet(partial(send, talk, talk.brand), partial(send, talk, talk.creator), partial(send, talk, talk.creator))

        assert sorted(message.number for message in sent) == [3 * number + place for place in (1, 2, 3)]
    assert miscounted(talk) == []
    assert Notification.objects.filter(conversation=talk, read_at=None).count() == 2


def test_numbers_that_are_read_before_they_are_given_meet_an_error(talk):
    with without_locks(), patch.object(steps, "send", say_naively):
        answers = meet(*[partial(send, talk, talk.brand)] * 3, before="core_message")

    assert any(isinstance(answer, DatabaseError) for answer in answers)


def test_a_message_that_comes_while_the_other_side_reads_stays_new(talk):
    first = send(talk, talk.creator)

    overtaken(
        partial(read_messages, talk.id, by=talk.brand, up_to_id=first.id),
        by=partial(send, talk, talk.creator),
        before="core_inbox",
    )

    view, inbox = views_of(talk, talk.brand)
    assert (view.last_read_number, view.unread_count) == (1, 1)
    assert view.version == inbox.version
    assert miscounted(talk) == []


def test_without_the_lock_on_the_inbox_the_new_message_counts_as_read(talk):
    first = send(talk, talk.creator)

    with without_locks():
        overtaken(
            partial(read_messages, talk.id, by=talk.brand, up_to_id=first.id),
            by=partial(send, talk, talk.creator),
            before="core_inbox",
        )

    assert miscounted(talk) != []


def test_a_message_that_comes_while_the_other_side_archives_is_a_change_of_its_own(talk):
    _view, before = views_of(talk, talk.brand)

    overtaken(partial(archive_conversation, talk.id, by=talk.brand), by=partial(send, talk, talk.creator), before="core_inbox")

    view, inbox = views_of(talk, talk.brand)
    assert (view.archived_at, view.unread_count) == (None, 1)
    assert inbox.version == before.version + 2


def test_without_the_lock_two_changes_share_one_version(talk):
    _view, before = views_of(talk, talk.brand)

    with without_locks():
        overtaken(partial(archive_conversation, talk.id, by=talk.brand), by=partial(send, talk, talk.creator), before="core_inbox")

    _view, inbox = views_of(talk, talk.brand)
    assert inbox.version < before.version + 2


def test_sending_and_archiving_at_once_end_as_if_one_had_come_first(talk):
    for _ in range(ROUNDS):
        meet(partial(send, talk, talk.creator), partial(archive_conversation, talk.id, by=talk.brand))

        view, inbox = views_of(talk, talk.brand)
        assert view.version == inbox.version
        assert miscounted(talk) == []


def test_twenty_of_the_same_client_id_are_one_message(talk):
    answers = meet(*[partial(send, talk, talk.creator, client_id="a-1")] * CROWD)

    assert {message.id for message in answers} == {Message.objects.get(conversation=talk).id}
    assert sorted(message.was_sent_before for message in answers) == [False] + [True] * (CROWD - 1)
    assert Event.objects.filter(type="MESSAGE_SENT", aggregate=f"conversation:{talk.id}").count() == 1
    assert miscounted(talk) == []


def test_without_the_lock_some_of_the_twenty_meet_an_error(talk):
    with without_locks(), patch.object(steps, "send", say_naively):
        answers = meet(*[partial(send, talk, talk.creator, client_id="a-1")] * CROWD, before="core_message")

    assert any(isinstance(answer, DatabaseError) for answer in answers)


def both_open(world: World, **extra: Any) -> tuple[list[Any], int]:
    """What the two sides got who opened their conversation at once, and how often it was recorded."""
    application = world.application()
    job, brand, creator = application.job, application.job.brand, application.creator
    answers = meet(partial(open_talk, job.id, creator.id, by=brand), partial(open_talk, job.id, brand.id, by=creator), **extra)
    opened = Conversation.objects.filter(job=job)
    assert opened.count() == 1
    return answers, AuditEntry.objects.filter(action="CONVERSATION_OPENED", subject_id=str(opened.get().id)).count()


def test_both_sides_who_open_at_once_have_one_conversation(committed):
    for _ in range(ROUNDS):
        answers, recorded = both_open(committed)

        assert sorted(talk.was_open_before for talk in answers) == [False, True]
        assert recorded == 1


def test_without_the_lock_one_conversation_is_opened_twice(committed):
    def opens_twice() -> bool:
        with without_locks():
            _answers, recorded = both_open(committed, before="core_auditentry")
        return recorded == 2

    assert any(opens_twice() for _ in range(ROUNDS))


def test_opening_and_accepting_at_once_end_in_one_conversation(committed):
    for _ in range(ROUNDS):
        application = committed.application()
        job = application.job

        answers = meet(
            partial(open_talk, job.id, application.creator_id, by=job.brand),
            partial(accept_application, job.id, application.id, by=job.brand),
        )

        talk = Conversation.objects.get(job=job)
        assert not any(isinstance(answer, Exception) for answer in answers)
        assert list(talk.messages.values_list("type", flat=True)) == ["DEAL_STARTED"]
        assert miscounted(talk) == []


def test_people_who_write_to_each_other_in_two_conversations_never_wait_for_ever(committed):
    brand, creator = committed.brand(), committed.creator()
    talks = [committed.talk(job=committed.live_job(brand=brand), creator=creator) for _ in range(2)]

    for _ in range(ROUNDS):
        answers = meet(*(partial(send, talk, side) for talk in talks for side in (brand, creator)))

        assert not any(isinstance(answer, Exception) for answer in answers)
    assert miscounted(*talks) == []


def test_a_refused_message_leaves_its_number_to_the_next(talk):
    def sends_and_changes_its_mind() -> None:
        with transaction.atomic():
            send(talk, talk.brand)
            raise Refusal

    answers = meet(sends_and_changes_its_mind, partial(send, talk, talk.creator))

    assert isinstance(answers[0], Refusal)
    assert (answers[1].number, miscounted(talk)) == (1, [])
