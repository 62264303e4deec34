"""People report what they see, and moderators decide."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound, WrongState
from core.chat.models import Conversation, Message
from core.deals.reviews.models import Review
from core.notifications.models import Notification
from core.people.errors import NotYourself
from core.people.models import BrandProfile, CreatorProfile
from core.reports.models import Report
from core.reports.services import dismiss_report, open_report, uphold_report
from outbox.models import Event

MISSING = "0199f0c0-0000-7000-8000-00000000dead"
NOTE = "It names a private address."


def picture() -> list[object]:
    """Everything that a report may touch."""
    models = (Report, Review, BrandProfile, CreatorProfile, AuditEntry, Notification, Event)
    return [list(model.objects.order_by("pk").values()) for model in models]


@contextmanager
def nothing_happens() -> Iterator[None]:
    before = picture()
    yield
    assert picture() == before


def things(world) -> dict[str, tuple[object, object, object]]:
    """Of each kind of subject: a thing, somebody who sees it, and who stands behind it."""
    creator, live, review, job = world.verified_creator(), world.live_job(), world.published_review(), world.deal()
    message = world.said(Conversation.objects.get(job=job), by=job.active_creator)
    return {
        "PERSON": (creator, world.brand(), creator.id),
        "JOB": (live, world.creator(), live.brand_id),
        "MESSAGE": (message, job.brand, job.active_creator_id),
        "REVIEW": (review, world.creator(), review.author_id),
    }


@pytest.mark.parametrize("kind", Report.Subject.values)
def test_moderators_are_asked_to_look(world, kind):
    moderator = world.moderator
    thing, reporter, behind = things(world)[kind]

    report = open_report(by=reporter, subject_type=kind, subject_id=thing.id, reason="ABUSE", text=" Look at this. ")

    assert (report.status, report.reported_id, report.text, report.is_new) == ("OPEN", behind, "Look at this.", True)
    assert Notification.objects.filter(type="REPORT_OPENED", user=moderator, facts__name__isnull=False).exists()
    assert not Notification.objects.filter(type="REPORT_OPENED", user_id=behind).exists()
    event = Event.objects.get(type="REPORT_OPENED", aggregate=f"report:{report.id}")
    assert moderator.id in event.recipient_ids
    assert "text" not in event.payload
    assert AuditEntry.objects.get(action="REPORT_OPENED", subject_id=str(report.id)).actor_id == reporter.id


def unseen(world) -> dict[str, tuple[object, str]]:
    """What this brand does not see, by kind."""
    job = world.completed_deal()
    said = world.said(Conversation.objects.get(job=job), by=job.brand)
    return {
        "an unlisted creator": (world.creator(), "PERSON"),
        "a moderator": (world.moderator, "PERSON"),
        "a draft": (world.draft_job(), "JOB"),
        "a message of others": (said, "MESSAGE"),
        "a blind review": (world.review(job=job), "REVIEW"),
        "a hidden review": (world.hidden_review(), "REVIEW"),
    }


UNSEEN = ["an unlisted creator", "a moderator", "a draft", "a message of others", "a blind review", "a hidden review"]


@pytest.mark.parametrize("case", UNSEEN)
def test_what_one_does_not_see_cannot_be_reported(world, case):
    brand = world.brand()
    thing, kind = unseen(world)[case]

    with nothing_happens(), pytest.raises(NotFound):
        open_report(by=brand, subject_type=kind, subject_id=thing.id, reason="ABUSE")


def test_a_message_of_the_marketplace_cannot_be_reported(world):
    job = world.deal()
    said = Message.objects.filter(conversation__job=job, kind="SYSTEM").first()

    with nothing_happens(), pytest.raises(NotFound):
        open_report(by=job.brand, subject_type="MESSAGE", subject_id=said.id, reason="SPAM")


def test_an_applicant_who_is_not_listed_can_be_reported_by_the_brand_that_knows_them(world):
    application = world.application()

    report = open_report(by=application.job.brand, subject_type="PERSON", subject_id=application.creator_id, reason="FRAUD")

    assert report.reported_id == application.creator_id


def test_asked_again_the_same_report_stands(world):
    report = world.report()

    with nothing_happens():
        again = open_report(by=report.reporter, subject_type="REVIEW", subject_id=report.subject_id, reason="SPAM", text="Again.")

    assert (again.id, again.is_new, again.reason) == (report.id, False, "ABUSE")


def test_after_a_decision_one_may_report_again(world):
    report = world.report()
    dismiss_report(report.id, by=world.moderator, note=NOTE)

    again = open_report(by=report.reporter, subject_type="REVIEW", subject_id=report.subject_id, reason="SPAM")

    assert again.is_new


def test_nobody_reports_themselves(world):
    job = world.live_job()

    for kind, thing in (("JOB", job.id), ("PERSON", job.brand_id)):
        with nothing_happens(), pytest.raises(NotYourself):
            open_report(by=job.brand, subject_type=kind, subject_id=thing, reason="SPAM")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "BORING"}, "reason"),
        ({"subject_type": "PLANET"}, "subjectType"),
        ({"reason": "OTHER", "text": " "}, "text"),
        ({"text": "x" * 1_001}, "text"),
    ],
)
def test_a_report_says_what_is_wrong(world, given, field):
    brand, job = world.brand(), world.live_job()
    asked = {"subject_type": "JOB", "subject_id": job.id, "reason": "SPAM", "text": ""} | given

    with nothing_happens(), pytest.raises(Invalid) as refused:
        open_report(by=brand, **asked)

    assert list(refused.value.fields) == [field]


def test_staff_report_nothing(world):
    job = world.live_job()

    with nothing_happens(), pytest.raises(Forbidden):
        open_report(by=world.moderator, subject_type="JOB", subject_id=job.id, reason="SPAM")


@pytest.mark.parametrize(
    ("decide", "status", "told"), [(uphold_report, "UPHELD", "REPORT_UPHELD"), (dismiss_report, "DISMISSED", "REPORT_DISMISSED")]
)
def test_a_decision_is_kept_and_told_to_who_reported(world, decide, status, told):
    report = world.report()

    decide(report.id, by=world.moderator, note=f" {NOTE} ")

    report.refresh_from_db()
    assert (report.status, report.note, report.decided_by_id) == (status, NOTE, world.moderator.id)
    notice = Notification.objects.get(type=told)
    assert (notice.user_id, notice.facts) == (report.reporter_id, {})
    assert Event.objects.get(type=told, aggregate=f"report:{report.id}").recipient_ids == [report.reporter_id]
    assert AuditEntry.objects.get(action=told, subject_id=str(report.id)).reason == NOTE


def test_an_upheld_report_takes_the_review_out_of_sight_when_asked(world):
    report = world.report()
    author = Review.objects.get(id=report.subject_id).author

    uphold_report(report.id, by=world.moderator, note=NOTE, hide_review=True)

    review = Review.objects.get(id=report.subject_id)
    assert (review.is_shown, review.hidden_reason) == (False, NOTE)
    assert CreatorProfile.objects.get(user=review.subject).rating_count == 0
    assert Notification.objects.get(type="REVIEW_HIDDEN").user_id == author.id


def test_a_review_that_is_hidden_already_stays_hidden(world):
    review = world.published_review()
    first, second = world.report(subject=review), world.report(subject=review, by=world.creator())
    uphold_report(first.id, by=world.moderator, note=NOTE, hide_review=True)

    uphold_report(second.id, by=world.moderator, note="The same again.", hide_review=True)

    review.refresh_from_db()
    assert review.hidden_reason == NOTE


def test_only_a_review_is_hidden(world):
    report = world.report(subject=world.live_job())

    with nothing_happens(), pytest.raises(Invalid):
        uphold_report(report.id, by=world.moderator, note=NOTE, hide_review=True)


@pytest.mark.parametrize("decide", [uphold_report, dismiss_report])
def test_a_report_is_decided_once_with_a_note_by_a_moderator(world, decide):
    report = world.report()

    with nothing_happens(), pytest.raises(Invalid):
        decide(report.id, by=world.moderator, note=" ")
    for person in (report.reporter, report.reported, world.staff("support", "finance")):
        with nothing_happens(), pytest.raises(Forbidden):
            decide(report.id, by=person, note=NOTE)
    with nothing_happens(), pytest.raises(NotFound):
        decide(MISSING, by=world.moderator, note=NOTE)
    decide(report.id, by=world.moderator, note=NOTE)
    for again in (uphold_report, dismiss_report):
        with nothing_happens(), pytest.raises(WrongState):
            again(report.id, by=world.moderator, note=NOTE)


@pytest.mark.parametrize("change", [{"text": "Changed."}, {"reason": "SPAM"}, {"status": "UPHELD"}, {"note": "Early."}])
def test_the_database_keeps_a_report_as_it_was_made(world, change):
    report = world.report()

    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(id=report.id).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        report.delete()


def test_the_database_never_opens_a_decided_report_again(world):
    report = dismiss_report(world.report().id, by=world.moderator, note=NOTE)

    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(id=report.id).update(status="OPEN", decided_at=None, decided_by=None, note="")
