"""A creator delivers a version of the work."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound, WrongState
from core.deals.models import Submission
from core.deals.services import request_changes, submit_work
from core.jobs.models import Job
from core.money.errors import EscrowUnfunded
from core.notifications.models import Notification
from outbox.models import Event
from tests.core.deals.traces import nothing_happens
from tests.world import FILES

RAW = {"type": "RAW_FILES", "url": "https://example.com/raw.zip"}
PROJECT = {"type": "PROJECT_FILE", "url": "https://example.com/project.zip"}


def test_the_first_version_waits_for_the_brand(world):
    job = world.deal()

    submission = submit_work(job.id, by=job.active_creator, items=[*FILES, RAW], note="  Enjoy.  ")

    job.refresh_from_db()
    assert (submission.version, submission.status, submission.note) == (1, "SUBMITTED", "Enjoy.")
    assert job.status == "IN_REVIEW"
    assert list(submission.items.values_list("type", "url", "position")) == [
        ("FINAL_VIDEO", "https://example.com/video.mp4", 0),
        ("RAW_FILES", "https://example.com/raw.zip", 1),
    ]


def test_a_delivery_is_recorded_and_told_to_the_brand(world):
    job = world.deal()

    submission = submit_work(job.id, by=job.active_creator, items=FILES)

    audit = AuditEntry.objects.get(action="SUBMISSION_SUBMITTED", subject_id=str(submission.id))
    assert audit.actor_id == job.active_creator_id
    assert audit.after == {"jobStatus": "IN_REVIEW", "jobId": str(job.id), "version": 1, "items": 1}
    notice = Notification.objects.get(type="SUBMISSION_SUBMITTED", job=job)
    assert notice.user_id == job.brand_id
    assert notice.href == f"/dashboard/jobs/{job.id}/review"
    event = Event.objects.get(type="SUBMISSION_SUBMITTED", aggregate=f"job:{job.id}")
    assert event.recipient_ids == [job.brand_id]
    assert event.payload["submissionId"] == str(submission.id)
    assert event.payload["version"] == 1


def test_a_new_version_replaces_the_one_that_waited(world):
    first = world.submission()

    second = submit_work(first.job_id, by=first.creator, items=FILES)

    first.refresh_from_db()
    assert first.status == "SUPERSEDED"
    assert (second.version, second.status) == (2, "SUBMITTED")
    assert Job.objects.get(id=first.job_id).status == "IN_REVIEW"


def test_the_version_after_a_request_for_changes_goes_to_review_again(world):
    first = world.submission()
    request_changes(first.job_id, by=first.job.brand, comment="Brighter, please.")

    second = submit_work(first.job_id, by=first.creator, items=FILES)

    first.refresh_from_db()
    assert first.status == "CHANGES_REQUESTED"
    assert second.version == 2
    assert Job.objects.get(id=first.job_id).status == "IN_REVIEW"


@pytest.mark.parametrize(
    ("terms", "files"),
    [
        ({"deliverables_include_raw": True}, [*FILES, RAW]),
        ({"deliverables_include_project_file": True}, [*FILES, PROJECT]),
        ({"deliverables_include_raw": True, "deliverables_include_project_file": True}, [*FILES, RAW, PROJECT]),
    ],
)
def test_what_was_agreed_has_to_be_delivered(world, terms, files):
    job = world.deal(job=world.live_job(**terms))

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        submit_work(job.id, by=job.active_creator, items=files[:1])
    submission = submit_work(job.id, by=job.active_creator, items=files)

    assert len(refused.value.fields["items"]) == len(terms)
    assert submission.version == 1


@pytest.mark.parametrize(
    ("items", "path"),
    [
        ([], "items"),
        ([*FILES] * 21, "items"),
        ([RAW], "items"),
        ([{"type": "FILM", "url": "https://example.com/a"}], "items.0.type"),
        ([*FILES, {"type": "OTHER", "url": "javascript:alert(1)"}], "items.1.url"),
        ([*FILES, {"type": "OTHER", "url": "data:text/html,hello"}], "items.1.url"),
        ([*FILES, {"type": "OTHER", "url": "ftp://example.com/a"}], "items.1.url"),
        ([*FILES, {"type": "OTHER", "url": "https://somebody:secret@example.com/a"}], "items.1.url"),
        ([*FILES, {"type": "OTHER", "url": "https://example.com/" + "a" * 2_000}], "items.1.url"),
    ],
)
def test_files_that_cannot_be_are_named_and_refused(world, items, path):
    job = world.deal()

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        submit_work(job.id, by=job.active_creator, items=items)

    assert path in refused.value.fields


def test_twenty_files_are_the_most(world):
    job = world.deal()

    submission = submit_work(job.id, by=job.active_creator, items=[*FILES] * 20)

    assert submission.items.count() == 20


def test_a_note_that_is_too_long_is_refused(world):
    job = world.deal()

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        submit_work(job.id, by=job.active_creator, items=FILES, note="a" * 1_001)

    assert list(refused.value.fields) == ["note"]


def test_nobody_delivers_into_an_unfunded_escrow(world):
    job = world.deal(funded=False)

    with nothing_happens(job), pytest.raises(EscrowUnfunded):
        submit_work(job.id, by=job.active_creator, items=FILES)


def test_only_the_chosen_creator_delivers(world):
    job = world.deal()

    for stranger, refusal in (
        (world.creator(), NotFound),
        (job.brand, Forbidden),
        (world.brand(), Forbidden),
        (world.staff("moderator", "finance"), Forbidden),
    ):
        with nothing_happens(job), pytest.raises(refusal):
            submit_work(job.id, by=stranger, items=FILES)


def test_a_rejected_applicant_is_a_stranger(world):
    job = world.live_job()
    loser = world.application(job=job).creator
    deal = world.deal(job=job)

    with nothing_happens(deal), pytest.raises(NotFound):
        submit_work(deal.id, by=loser, items=FILES)


def test_nothing_is_delivered_after_the_end(world):
    completed = world.completed_deal()

    with nothing_happens(completed), pytest.raises(WrongState) as refused:
        submit_work(completed.id, by=completed.active_creator, items=FILES)

    assert refused.value.details["status"] == "COMPLETED"
    assert Submission.objects.filter(job=completed).count() == 1
