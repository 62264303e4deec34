"""A brand wants a version to be different."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound, WrongState
from core.deals.errors import NothingSubmitted, RevisionsExhausted
from core.deals.services import request_changes
from core.jobs.models import Job
from core.notifications.models import Notification
from core.notifications.registry import render
from outbox.models import Event
from tests.core.deals.traces import nothing_happens


def test_the_creator_works_on_and_keeps_the_own_note(world):
    first = world.submission(note="My best take.")

    answer = request_changes(first.job_id, by=first.job.brand, comment="  Show the package.  ")

    first.refresh_from_db()
    assert answer == first
    assert (first.status, first.note, first.review_comment) == ("CHANGES_REQUESTED", "My best take.", "Show the package.")
    assert first.reviewed_by_id == first.job.brand_id
    assert first.reviewed_at is not None
    assert Job.objects.get(id=first.job_id).status == "IN_PROGRESS"


def test_a_request_is_recorded_and_told_to_the_creator(world):
    first = world.submission()

    request_changes(first.job_id, by=first.job.brand, comment="Show the package.")

    audit = AuditEntry.objects.get(action="CHANGES_REQUESTED", subject_id=str(first.id))
    assert (audit.actor_id, audit.reason) == (first.job.brand_id, "Show the package.")
    assert audit.after["roundsLeft"] == 1
    notice = Notification.objects.get(type="CHANGES_REQUESTED", job=first.job)
    assert notice.user_id == first.creator_id
    assert "Show the package." in render(notice.type, notice.facts)[1]
    event = Event.objects.get(type="CHANGES_REQUESTED", aggregate=f"job:{first.job_id}")
    assert event.recipient_ids == [first.creator_id]
    assert event.payload["roundsLeft"] == 1
    assert "Show the package." not in str(event.payload)


def test_rounds_are_counted_and_end(world):
    job = world.deal(job=world.live_job(revision_rounds=2))
    for _ in range(2):
        world.submission(job=job)
        request_changes(job.id, by=job.brand, comment="Once more.")
    world.submission(job=job)

    with nothing_happens(job), pytest.raises(RevisionsExhausted) as refused:
        request_changes(job.id, by=job.brand, comment="And again.")

    assert refused.value.details == {"rounds": 2}


def test_a_job_without_rounds_takes_no_request(world):
    job = world.reviewed_deal(job=world.live_job(revision_rounds=0, revision_rounds_included=0))

    with nothing_happens(job), pytest.raises(RevisionsExhausted):
        request_changes(job.id, by=job.brand, comment="Brighter.")


def test_a_version_that_was_replaced_uses_up_no_round(world):
    job = world.deal(job=world.live_job(revision_rounds=1))
    for _ in range(3):
        world.submission(job=job)

    submission = request_changes(job.id, by=job.brand, comment="Brighter.")

    assert submission.version == 3


def test_there_has_to_be_a_version_to_review(world):
    job = world.deal()

    with nothing_happens(job), pytest.raises(NothingSubmitted):
        request_changes(job.id, by=job.brand, comment="Where is it?")


def test_the_same_version_is_not_sent_back_twice(world):
    first = world.submission()
    request_changes(first.job_id, by=first.job.brand, comment="Brighter.")

    with nothing_happens(first.job), pytest.raises(NothingSubmitted):
        request_changes(first.job_id, by=first.job.brand, comment="Brighter!")


@pytest.mark.parametrize("comment", ["", "   ", "a" * 1_001])
def test_a_request_says_what_should_be_different_in_bounds(world, comment):
    job = world.reviewed_deal()

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        request_changes(job.id, by=job.brand, comment=comment)

    assert list(refused.value.fields) == ["comment"]


def test_only_the_owner_asks_for_changes(world):
    job = world.reviewed_deal()

    for stranger, refusal in (
        (world.brand(), NotFound),
        (job.active_creator, Forbidden),
        (world.staff("moderator", "finance"), Forbidden),
    ):
        with nothing_happens(job), pytest.raises(refusal):
            request_changes(job.id, by=stranger, comment="Brighter.")


def test_a_completed_deal_takes_no_request(world):
    job = world.completed_deal()

    with nothing_happens(job), pytest.raises(WrongState):
        request_changes(job.id, by=job.brand, comment="One more thing.")
