"""What is said in a dispute."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.disputes.errors import DisputeClosed
from core.disputes.evidence import listed
from core.disputes.models import DisputeMessage, EvidenceLink
from core.disputes.selectors import message_list
from core.disputes.services import add_message, lapse_request_by_timer
from core.money.steps import system
from core.notifications.models import Notification
from core.timers.models import Timer
from outbox.models import Event
from tests.core.disputes.traces import clocks, nothing_happens
from tests.moments import later

LINKS = ["https://disk.yandex.ru/i/1", "HTTP://WWW.Dropbox.com/s/2?dl=0"]


def say(dispute, by, text="Here is what happened.", kind="MESSAGE"):
    return add_message(dispute.id, by=by, kind=kind, text=text)


def test_the_first_word_of_the_other_side_is_its_answer(world):
    dispute = world.dispute()

    message = say(dispute, dispute.respondent, "  The sound is there.  ")

    dispute.refresh_from_db()
    assert (message.text, message.author_role, message.kind) == ("The sound is there.", "CREATOR", "MESSAGE")
    assert dispute.answered_at is not None
    assert clocks(dispute.job) == {"REVIEW_WORK": True, "DECIDE_DISPUTE": False}


def test_the_answer_keeps_its_moment(world):
    dispute = world.answered_dispute()

    say(dispute, dispute.respondent)

    first = dispute.answered_at
    dispute.refresh_from_db()
    assert dispute.answered_at == first


def test_a_word_of_the_opener_is_no_answer(world):
    dispute = world.dispute()

    say(dispute, dispute.opened_by)

    dispute.refresh_from_db()
    assert dispute.answered_at is None
    assert "ANSWER_DISPUTE" in clocks(dispute.job)


def test_evidence_stands_with_its_hosts(world):
    dispute = world.dispute()

    message = add_message(dispute.id, by=dispute.respondent, kind="EVIDENCE_LINK", links=LINKS)

    assert list(message.links.values_list("url", "host")) == [
        ("https://disk.yandex.ru/i/1", "disk.yandex.ru"),
        ("HTTP://WWW.Dropbox.com/s/2?dl=0", "www.dropbox.com"),
    ]
    dispute.refresh_from_db()
    assert dispute.answered_at is not None


@pytest.mark.parametrize(
    ("link", "field"),
    [
        ("javascript:alert(1)", "links.0"),
        ("data:text/html,hello", "links.0"),
        ("ftp://disk.yandex.ru/i/1", "links.0"),
        ("//disk.yandex.ru/i/1", "links.0"),
        ("https://me:secret@disk.yandex.ru/i/1", "links.0"),
        ("https://elsewhere.example/i/1", "links.0"),
        ("https://disk.yandex.ru.elsewhere.example/i/1", "links.0"),
        ("https://notdisk.yandex.ru.example/", "links.0"),
        ("https://elsewhere.example\\.disk.yandex.ru/i/1", "links.0"),
        ("https://elsewhere.example#.disk.yandex.ru", "links.0"),
        ("https://disk.yandex.ru/" + "a" * 2_000, "links.0"),
        ("", "links.0"),
    ],
)
def test_a_link_that_staff_should_not_follow_is_named_and_refused(world, link, field):
    dispute = world.dispute()

    with nothing_happens(dispute.job), pytest.raises(Invalid) as refused:
        add_message(dispute.id, by=dispute.respondent, kind="EVIDENCE_LINK", links=[link])

    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("disk.yandex.ru", True),
        ("my.disk.yandex.ru", True),
        ("xdisk.yandex.ru", False),
        ("yandex.ru", False),
        ("a\\.disk.yandex.ru", False),
        ("", False),
    ],
)
def test_a_host_is_listed_with_what_belongs_to_it(host, known):
    assert listed(host) is known


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "SHOUT", "text": "Hello there."}, "kind"),
        ({"kind": "MESSAGE", "text": "Hi"}, "text"),
        ({"kind": "MESSAGE", "text": "   "}, "text"),
        ({"kind": "MESSAGE", "text": "a" * 2_001}, "text"),
        ({"kind": "MESSAGE", "text": "Hello.", "links": LINKS}, "links"),
        ({"kind": "EVIDENCE_LINK", "links": []}, "links"),
        ({"kind": "EVIDENCE_LINK", "links": LINKS * 6}, "links"),
        ({"kind": "EVIDENCE_LINK", "links": LINKS, "text": "Look."}, "text"),
    ],
)
def test_what_cannot_be_said_is_named_and_refused(world, said, field):
    dispute = world.dispute()

    with nothing_happens(dispute.job), pytest.raises(Invalid) as refused:
        add_message(dispute.id, by=dispute.respondent, **said)

    assert list(refused.value.fields) == [field]


def test_the_other_side_and_all_moderators_are_told_of_a_word(world):
    moderator = world.moderator
    dispute = world.dispute()

    say(dispute, dispute.opened_by, "Nobody shall read this elsewhere.")

    told = Notification.objects.filter(job=dispute.job, type="DISPUTE_MESSAGE_ADDED")
    assert list(told.values_list("user_id", flat=True)) == [dispute.respondent_id]
    staff = Notification.objects.filter(job=dispute.job, type="DISPUTE_MESSAGE_ADDED_STAFF")
    assert moderator.id in staff.values_list("user_id", flat=True)
    event = Event.objects.get(type="DISPUTE_MESSAGE_ADDED", aggregate=f"job:{dispute.job_id}")
    assert (event.payload["kind"], event.payload["authorRole"]) == ("MESSAGE", "BRAND")
    assert dispute.opened_by_id not in event.recipient_ids
    assert "Nobody shall" not in str(event.payload)
    assert AuditEntry.objects.filter(action="DISPUTE_MESSAGE_ADDED", subject_id=str(dispute.id)).count() == 1


def test_once_somebody_has_taken_the_dispute_no_other_moderator_is_told(world):
    world.staff("moderator")
    dispute = world.reviewed_dispute()
    before = Notification.objects.count()

    say(dispute, dispute.opened_by)

    new = Notification.objects.order_by("-created_at")[: Notification.objects.count() - before]
    assert {(notice.type, notice.user_id) for notice in new} == {
        ("DISPUTE_MESSAGE_ADDED", dispute.respondent_id),
        ("DISPUTE_MESSAGE_ADDED_STAFF", world.moderator.id),
    }


def test_a_comment_of_staff_is_for_both_sides(world):
    dispute = world.dispute()

    say(dispute, world.moderator, kind="ADMIN_NOTE")

    told = Notification.objects.filter(job=dispute.job, type="DISPUTE_MESSAGE_ADDED")
    assert set(told.values_list("user_id", flat=True)) == {dispute.opened_by_id, dispute.respondent_id}
    for reader in (dispute.opened_by, dispute.respondent, world.moderator):
        assert message_list(dispute.id, by=reader).get().author_role == "STAFF"


def test_an_internal_note_is_for_staff_alone(world):
    dispute = world.dispute()
    told, events = Notification.objects.count(), Event.objects.count()

    say(dispute, world.moderator, "He has done this before.", kind="INTERNAL_NOTE")

    assert (Notification.objects.count(), Event.objects.count()) == (told, events)
    for party in (dispute.opened_by, dispute.respondent):
        assert not message_list(dispute.id, by=party).exists()
    for reader in (world.moderator, world.staff("finance_approver")):
        assert message_list(dispute.id, by=reader).get().kind == "INTERNAL_NOTE"
    audit = AuditEntry.objects.get(action="DISPUTE_NOTE_ADDED", subject_id=str(dispute.id))
    assert "before" not in str(audit.after)


@pytest.mark.parametrize("kind", ["ADMIN_NOTE", "INTERNAL_NOTE"])
def test_parties_write_no_notes_of_staff(world, kind):
    dispute = world.dispute()

    for party in (dispute.opened_by, dispute.respondent, world.brand()):
        with nothing_happens(dispute.job), pytest.raises(Forbidden):
            say(dispute, party, kind=kind)


def test_who_may_not_speak_does_not(world):
    dispute = world.dispute()

    for stranger, refusal in (
        (world.brand(), NotFound),
        (world.creator(), NotFound),
        (world.staff("engineer"), NotFound),
        (world.staff("finance"), Forbidden),
        (world.staff("support"), Forbidden),
        (world.staff("finance_approver"), Forbidden),
    ):
        with nothing_happens(dispute.job), pytest.raises(refusal):
            say(dispute, stranger)


def test_who_sees_the_case_and_not_the_thread_is_refused(world):
    dispute = world.dispute()

    for reader in (world.staff("finance"), world.staff("support")):
        with pytest.raises(Forbidden):
            message_list(dispute.id, by=reader)


@pytest.mark.parametrize("state", ["resolved_dispute", "withdrawn_dispute"])
def test_a_closed_thread_is_read_only(world, state):
    dispute = getattr(world, state)()

    for by, kind in (
        (dispute.opened_by, "MESSAGE"),
        (dispute.respondent, "MESSAGE"),
        (world.moderator, "ADMIN_NOTE"),
        (world.moderator, "INTERNAL_NOTE"),
    ):
        with nothing_happens(dispute.job), pytest.raises(DisputeClosed):
            say(dispute, by, kind=kind)


def test_message_fifty_one_is_read_too(world):
    dispute = world.dispute()
    for number in range(51):
        say(dispute, dispute.opened_by, f"Number {number}.")

    said = message_list(dispute.id, by=dispute.respondent).order_by("created_at", "id")

    assert [message.text for message in said] == [f"Number {number}." for number in range(51)]


def test_a_question_is_answered_by_what_it_asks_for(world):
    asked = world.information_request(party="CREATOR", wants="EVIDENCE")
    dispute = asked.dispute
    creator = dispute.respondent

    said = say(dispute, creator)
    shown = add_message(dispute.id, by=creator, kind="EVIDENCE_LINK", links=LINKS)

    asked.refresh_from_db()
    assert (said.answers_id, shown.answers_id, shown.is_late) == (None, asked.id, False)
    assert asked.status == "ANSWERED"
    assert asked.answered_at is not None
    assert not Timer.objects.filter(subject_id=asked.id, ended_at=None).exists()


def test_only_the_side_that_was_asked_answers(world):
    asked = world.information_request(party="CREATOR")

    message = say(asked.dispute, asked.dispute.opened_by)

    asked.refresh_from_db()
    assert (message.answers_id, asked.status) == (None, "OPEN")


def test_a_late_answer_is_marked_and_counts(world):
    asked = world.information_request(party="CREATOR")
    with later(hours=49):
        lapse_request_by_timer(asked.id, by=system())
        asked.refresh_from_db()
        assert asked.status == "OVERDUE"

        message = say(asked.dispute, asked.dispute.respondent)

    asked.refresh_from_db()
    assert (message.answers_id, message.is_late, asked.status) == (asked.id, True, "ANSWERED_LATE")


def test_an_answer_after_the_hour_is_late_though_the_clock_has_not_come_round(world):
    asked = world.information_request(party="CREATOR")

    with later(hours=49):
        message = say(asked.dispute, asked.dispute.respondent)

    asked.refresh_from_db()
    assert (message.is_late, asked.status) == (True, "ANSWERED_LATE")
    assert not Timer.objects.filter(subject_id=asked.id, ended_at=None).exists()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE core_disputemessage SET text = 'otherwise'",
        "DELETE FROM core_disputemessage",
        "UPDATE core_evidencelink SET url = 'https://elsewhere.example'",
        "UPDATE core_dispute SET statement = 'otherwise'",
        "DELETE FROM core_dispute",
    ],
)
def test_nothing_that_was_said_ever_changes(world, attack):
    dispute = world.dispute(statement="As it was.")
    add_message(dispute.id, by=dispute.respondent, kind="EVIDENCE_LINK", links=LINKS)
    say(dispute, dispute.respondent)

    with pytest.raises(DatabaseError, match=r"append-only|never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)

    assert EvidenceLink.objects.filter(message__dispute=dispute).count() == 2
    assert DisputeMessage.objects.filter(dispute=dispute).count() == 2
