"""Moderators approve, reject and take down what they have read; a brand asks them to read again."""

from datetime import timedelta

import pytest
import time_machine

from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.deals.services import cancel_job
from core.hiring.services import apply_to_job, withdraw_application
from core.jobs.errors import (
    AlreadyApproved,
    ContentChanged,
    DeadlinePassed,
    HasCreator,
    JobClosed,
    NotApproved,
    NothingPending,
    NotSubmitted,
)
from core.jobs.models import Job, JobRevision
from core.jobs.services import approve_job, edit_job, pause_job, reject_job, resubmit_job, take_down_job
from tests.core.jobs.traces import audited, events, nothing_happens, told

REASON = "Say in the title what is to be filmed."
TITLE = "Review of our black tea"


def test_an_approved_job_is_in_the_feed_and_its_brand_knows(world):
    job, moderator = world.job(), world.moderator

    approve_job(job.id, by=moderator, content_version=1)

    job.refresh_from_db()
    assert (job.moderation_status, job.is_live, job.moderated_by_id, job.awaits_moderation) == ("APPROVED", True, moderator.id, False)
    assert job.live_at == job.moderated_at
    assert audited(job)[-1] == "JOB_APPROVED"
    assert told(job, "MODERATION_APPROVED") == {job.brand_id}
    (fact,) = events(job, "JOB_MODERATION_APPROVED")
    assert (fact["moderatedBy"], fact["recipientUserIds"]) == (str(moderator.id), [str(job.brand_id)])


def test_a_rejected_job_stays_out_and_its_brand_knows_why(world):
    job = world.job()

    reject_job(job.id, by=world.moderator, content_version=1, reason=f"  {REASON} ")

    job.refresh_from_db()
    assert (job.status, job.moderation_status, job.moderation_reason, job.is_live) == ("PUBLISHED", "REJECTED", REASON, False)
    assert audited(job)[-1] == "JOB_REJECTED"
    assert told(job, "MODERATION_REJECTED") == {job.brand_id}
    (fact,) = events(job, "JOB_MODERATION_REJECTED")
    assert REASON not in str(fact)


def test_an_approved_change_replaces_the_text_and_applicants_know(world):
    job, waiting, gone = world.live_job(), world.creator(), world.creator()
    apply_to_job(job.id, by=waiting, message="Me!")
    withdraw_application(apply_to_job(job.id, by=gone, message="Me too!").id, by=gone)
    edit_job(job.id, by=job.brand, content={"title": TITLE, "budget_max": 9_000})
    live_at = job.live_at

    approve_job(job.id, by=world.moderator, content_version=2)

    job.refresh_from_db()
    assert (job.title, job.budget_max, job.content_version, job.is_live, job.live_at) == (TITLE, 9_000, 2, True, live_at)
    assert not job.has_pending_revision
    assert JobRevision.objects.get(job=job).status == "APPROVED"
    assert told(job, "JOB_TERMS_CHANGED") == {waiting.id}
    (fact,) = events(job, "JOB_TERMS_CHANGED")
    assert fact["recipientUserIds"] == [str(waiting.id)]


def test_a_rejected_change_leaves_the_approved_text_public(world):
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    reject_job(job.id, by=world.moderator, content_version=2, reason=REASON)

    title = job.title
    job.refresh_from_db()
    assert (job.title, job.is_live, job.has_pending_revision) == (title, True, False)
    revision = JobRevision.objects.get(job=job)
    assert (revision.status, revision.reason, revision.decided_by_id) == ("REJECTED", REASON, world.moderator.id)
    assert told(job, "MODERATION_REJECTED") == {job.brand_id}


def test_the_change_of_a_job_on_hold_is_decided_too(world):
    job = world.paused_job()
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    approve_job(job.id, by=world.moderator, content_version=2)

    job.refresh_from_db()
    assert (job.title, job.status, job.is_live) == (TITLE, "PAUSED", False)


DECISIONS = {
    "approve": lambda job, moderator, version: approve_job(job.id, by=moderator, content_version=version),
    "reject": lambda job, moderator, version: reject_job(job.id, by=moderator, content_version=version, reason=REASON),
}


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_a_decision_about_another_text_is_refused(world, decide):
    job = world.job()
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    with nothing_happens(), pytest.raises(ContentChanged) as refused:
        decide(job, world.moderator, 1)

    assert refused.value.details == {"content_version": 2}


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_a_decision_about_another_change_is_refused(world, decide):
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": TITLE})
    edit_job(job.id, by=job.brand, content={"title": TITLE + "!"})

    with nothing_happens(), pytest.raises(ContentChanged):
        decide(job, world.moderator, 2)


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
@pytest.mark.parametrize("state", ["draft_job", "live_job", "paused_job", "rejected_job", "accepted_job", "completed_deal"])
def test_what_does_not_wait_is_not_decided(world, decide, state):
    job, moderator = getattr(world, state)(), world.moderator

    with nothing_happens(), pytest.raises(NothingPending):
        decide(job, moderator, job.content_version)


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_a_job_on_hold_and_a_canceled_one_have_left_the_queue(world, decide):
    held, canceled, moderator = world.job(), world.job(), world.moderator
    pause_job(held.id, by=held.brand)
    cancel_job(canceled.id, by=canceled.brand)

    for job in (held, canceled):
        with nothing_happens(), pytest.raises(NothingPending):
            decide(job, moderator, 1)


@pytest.mark.parametrize("reason", ["", "Too short", " " * 30, "x" * 1_001])
def test_a_rejection_says_why(world, reason):
    job, moderator = world.job(), world.moderator

    with nothing_happens(), pytest.raises(Invalid) as refused:
        reject_job(job.id, by=moderator, content_version=1, reason=reason)

    assert list(refused.value.fields) == ["reason"]


def test_a_takedown_empties_the_place_in_the_feed_and_drops_the_change(world):
    job, moderator = world.live_job(), world.moderator
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    take_down_job(job.id, by=moderator, reason=REASON)

    job.refresh_from_db()
    assert (job.status, job.moderation_status, job.is_live, job.awaits_moderation) == ("PUBLISHED", "REJECTED", False, False)
    assert JobRevision.objects.get(job=job).status == "REJECTED"
    assert audited(job)[-1] == "JOB_TAKEN_DOWN"
    assert told(job, "MODERATION_REJECTED") == {job.brand_id}


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ("draft_job", NotApproved),
        ("job", NotApproved),
        ("rejected_job", NotApproved),
        ("accepted_job", HasCreator),
        ("reviewed_deal", HasCreator),
        ("completed_deal", JobClosed),
        ("canceled_deal", JobClosed),
    ],
)
def test_only_an_approved_job_without_a_creator_is_taken_down(world, state, refusal):
    job, moderator = getattr(world, state)(), world.moderator

    with nothing_happens(), pytest.raises(refusal):
        take_down_job(job.id, by=moderator, reason=REASON)


def test_a_job_that_was_taken_down_comes_back_to_its_applicants(world):
    job, creator = world.live_job(), world.creator()
    apply_to_job(job.id, by=creator, message="Me!")
    live_at = job.live_at
    take_down_job(job.id, by=world.moderator, reason=REASON)
    edit_job(job.id, by=job.brand, content={"title": TITLE})
    resubmit_job(job.id, by=job.brand)

    approve_job(job.id, by=world.moderator, content_version=2)

    job.refresh_from_db()
    assert (job.is_live, job.live_at, job.title) == (True, live_at, TITLE)
    assert told(job, "JOB_TERMS_CHANGED") == {creator.id}


@pytest.mark.parametrize("who", ["brand", "moderator"])
def test_a_rejected_job_is_read_again_when_its_brand_or_a_moderator_asks(world, who):
    job = world.rejected_job()
    asker = job.brand if who == "brand" else world.moderator

    resubmit_job(job.id, by=asker)

    job.refresh_from_db()
    assert (job.moderation_status, job.moderated_by_id, job.awaits_moderation) == ("PENDING", None, True)
    assert audited(job)[-1] == "JOB_RESUBMITTED"
    assert world.moderator.id in told(job, "MODERATION_RESUBMITTED")
    (fact,) = events(job, "JOB_MODERATION_RESUBMITTED")
    assert fact["byUserId"] == str(asker.id)


def test_asking_twice_is_asking_once(world):
    job = world.rejected_job()
    resubmit_job(job.id, by=job.brand)

    with nothing_happens():
        assert resubmit_job(job.id, by=job.brand).moderation_status == "PENDING"


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ("draft_job", NotSubmitted),
        ("live_job", AlreadyApproved),
        ("paused_job", AlreadyApproved),
        ("accepted_job", AlreadyApproved),
        ("completed_deal", JobClosed),
        ("canceled_deal", JobClosed),
    ],
)
def test_what_was_not_rejected_is_not_resubmitted(world, state, refusal):
    job = getattr(world, state)()

    with nothing_happens(), pytest.raises(refusal):
        resubmit_job(job.id, by=job.brand)


def test_a_job_whose_date_has_passed_is_not_resubmitted(world):
    job = world.rejected_job(deadline_type="DATE", deadline_date=clock.now() + timedelta(days=2))

    with time_machine.travel(clock.now() + timedelta(days=3)), nothing_happens(), pytest.raises(DeadlinePassed):
        resubmit_job(job.id, by=job.brand)


def test_only_moderators_decide(world):
    job, live = world.job(), world.live_job()
    people = [job.brand, world.creator(), world.staff("finance"), world.staff("support")]

    with nothing_happens():
        for person in people:
            for decide in DECISIONS.values():
                with pytest.raises(Forbidden):
                    decide(job, person, 1)
            with pytest.raises(Forbidden):
                take_down_job(live.id, by=person, reason=REASON)
        with pytest.raises(Forbidden):
            resubmit_job(job.id, by=people[1])
        with pytest.raises(NotFound):
            resubmit_job(job.id, by=live.brand)


def test_the_queue_holds_jobs_and_changes_that_wait_and_nothing_else(world):
    waiting, changed = world.job(), world.live_job()
    edit_job(changed.id, by=changed.brand, content={"title": TITLE})
    for state in ("draft_job", "live_job", "paused_job", "rejected_job", "accepted_job", "completed_deal", "canceled_deal"):
        getattr(world, state)()

    queue = Job.objects.filter(awaits_moderation=True).order_by("submitted_at", "id")

    assert list(queue.values_list("id", flat=True)) == [waiting.id, changed.id]
