"""Jobs, their moderation, and those who wait for them."""

from datetime import timedelta

import time_machine

from core.base import clock
from core.desk.rulings.steps import HOLD_SECONDS
from core.jobs import services as jobs
from core.jobs.alerts.fan_out import find_alerts
from core.jobs.models import Job
from core.jobs.moderation.carrying import carry_out_job_ruling
from core.jobs.moderation.cases import rule_on_job
from tests.core.notifications.scenarios import Scene, scenario

REASON = "Say what is to be filmed."


def a_minute_later(job_id) -> None:
    with time_machine.travel(clock.now() + timedelta(seconds=HOLD_SECONDS)):
        carry_out_job_ruling(job_id)


def fresh(job: Job) -> Job:
    return Job.objects.get(id=job.id)


@scenario("JOB_PUBLISHED")
def a_brand_publishes(world):
    assert world.moderator
    draft = world.draft_job()
    return Scene(lambda: jobs.publish_job(draft.id, by=draft.brand))


@scenario("MODERATION_RESUBMITTED")
def a_rejected_job_is_sent_in_again(world):
    job = world.rejected_job()
    return Scene(lambda: jobs.resubmit_job(job.id, by=job.brand))


@scenario("MODERATION_RESUBMITTED")
def an_approved_job_is_edited(world):
    job = world.live_job()
    return Scene(lambda: jobs.edit_job(job.id, by=job.brand, content={"title": "Another title of the job"}))


@scenario("MODERATION_APPROVED")
def a_moderator_approves(world):
    job = world.job()
    return Scene(lambda: jobs.approve_job(job.id, by=world.moderator, content_version=job.content_version), job=job)


@scenario("MODERATION_REJECTED")
def a_moderator_rejects(world):
    job = world.job()
    return Scene(lambda: jobs.reject_job(job.id, by=world.moderator, content_version=job.content_version, reason=REASON), job=job)


@scenario("MODERATION_REJECTED")
def a_moderator_takes_a_job_down(world):
    job = world.live_job()
    return Scene(lambda: jobs.take_down_job(job.id, by=world.moderator, reason=REASON), job=job)


@scenario("MODERATION_CHANGES_REQUESTED")
def a_moderator_asks_for_changes(world):
    job = world.job()
    rule_on_job(job.id, by=world.moderator, kind="REQUEST_CHANGES", content_version=1, reason=REASON)
    return Scene(lambda: a_minute_later(job.id), job=job)


@scenario("JOB_TERMS_CHANGED")
def new_terms_are_approved(world):
    job = world.live_job()
    applicant, invited = world.application(job=job).creator, world.invitation(job=job).creator
    jobs.edit_job(job.id, by=job.brand, content={"budget_max": 9_000})
    version = job.content_version + 1
    return Scene(
        lambda: jobs.approve_job(job.id, by=world.moderator, content_version=version),
        people={"APPLICANTS": [applicant.id], "INVITEES": [invited.id]},
    )


@scenario("JOB_ALERT_MATCHED")
def a_job_is_found_by_two_alerts_of_one_creator(world):
    creator = world.creator()
    world.alert(creator=creator)
    world.alert(creator=creator, platform="TIKTOK")
    world.live_job()
    return Scene(find_alerts, people={"CREATOR": [creator.id]})
