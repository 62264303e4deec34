"""Who hears of a job that became live, why, and how often: once."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from huey.contrib.djhuey import HUEY

from core.audit.models import AuditEntry
from core.base import clock
from core.deals import services as deals
from core.hiring.services import withdraw_application
from core.jobs import services as jobs
from core.jobs.alerts import fan_out
from core.jobs.alerts.criteria import explained
from core.jobs.alerts.models import AlertHit, AlertRun
from core.jobs.alerts.services import delete_alert, edit_alert, find_alerts, switch_alert
from core.jobs.models import Job
from core.notifications.models import Notification
from core.people.models import ContactBlock, User
from core.reports.services import block_person
from core.rules.services import set_limit
from outbox.models import Event
from tests.core.jobs.traces import events, told

JOB: dict[str, Any] = {
    "platform": "TIKTOK",
    "niche": "FOOD",
    "languages": ["ru", "kk"],
    "content_formats": ["REVIEW", "UNBOXING"],
    "budget_min": 3_000,
    "budget_max": 5_000,
    "currency": "RUB",
}


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(fan_out, "CHUNK", 2)


def heard(job: Job) -> set[Any]:
    """Who has been told of the job, when everything is found."""
    find_alerts()
    return told(job, "JOB_ALERT_MATCHED")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"platform": "TIKTOK"}, ["Platform: TikTok"]),
        ({"niche": "FOOD"}, ["Niche: Food"]),
        ({"language": "kk"}, ["Language: Kazakh"]),
        ({"content_formats": ["SKETCH", "UNBOXING"]}, ["Format: Unboxing"]),
        ({"currency": "RUB"}, ["Currency: Russian rouble"]),
        ({"min_budget_cents": 500_000, "currency": "RUB"}, ["Budget: 3\u202f000.00\u00a0₽ to 5\u202f000.00\u00a0₽"]),
        ({"max_budget_cents": 300_000, "currency": "RUB"}, ["Budget: 3\u202f000.00\u00a0₽ to 5\u202f000.00\u00a0₽"]),
        (
            {"min_budget_cents": 0, "max_budget_cents": 10_000_000_000, "currency": "RUB", "platform": "TIKTOK"},
            ["Platform: TikTok", "Budget"],
        ),
        ({"platform": "TIKTOK", "niche": "FOOD", "language": "ru"}, ["Platform: TikTok", "Niche: Food", "Language: Russian"]),
    ],
)
def test_an_alert_that_fits_is_told_and_says_why(world, content, why):
    alert = world.alert(**content)

    job = world.live_job(**JOB)

    assert heard(job) == {alert.creator_id}
    hit = AlertHit.objects.get(alert=alert, job=job)
    with translation.override("en"):
        said = [explained(reason) for reason in hit.matched_because]
    assert len(said) == len(why)
    assert all(text.startswith(start) for text, start in zip(said, why, strict=True))
    with translation.override("ru"):
        assert all(explained(reason) for reason in hit.matched_because)


@pytest.mark.parametrize(
    "content",
    [
        {"platform": "VK_CLIPS"},
        {"niche": "HOME"},
        {"language": "en"},
        {"content_formats": ["SKETCH"]},
        {"currency": "KZT"},
        {"min_budget_cents": 500_001, "currency": "RUB"},
        {"max_budget_cents": 299_999, "currency": "RUB"},
        {"min_budget_cents": 1, "currency": "USD"},
        {"platform": "TIKTOK", "niche": "HOME"},
        {"platform": "VK_CLIPS", "niche": "FOOD"},
    ],
)
def test_an_alert_that_does_not_fit_in_one_thing_is_silent(world, content):
    world.alert(**content)

    assert heard(world.live_job(**JOB)) == set()
    assert not AlertHit.objects.exists()


def test_a_job_without_a_format_is_not_what_an_alert_for_a_format_looks_for(world):
    world.alert(content_formats=["REVIEW"])

    assert heard(world.live_job(**JOB | {"content_formats": []})) == set()


def test_the_notice_leads_to_the_job_and_names_the_alert(world):
    alert = world.alert(name="Чай", niche="FOOD")

    job = world.live_job()
    find_alerts()

    notice = Notification.objects.get(user=alert.creator, type="JOB_ALERT_MATCHED")
    assert (notice.href, notice.facts["name"], notice.facts["title"]) == (f"/jobs/{job.id}", "Чай", job.title)
    assert (
        events(job, "JOB_ALERT_MATCHED")[0].items()
        >= {
            "jobId": str(job.id),
            "alertId": str(alert.id),
            "creatorUserId": str(alert.creator_id),
            "recipientUserIds": [str(alert.creator_id)],
        }.items()
    )


def test_three_alerts_of_one_creator_are_three_hits_and_one_notice(world, small_chunks):
    creator = world.creator()
    alerts = [world.alert(creator=creator) for _ in range(3)]

    job = world.live_job()

    assert heard(job) == {creator.id}
    assert Notification.objects.filter(type="JOB_ALERT_MATCHED").count() == Event.objects.filter(type="JOB_ALERT_MATCHED").count() == 1
    assert set(AlertHit.objects.values_list("alert_id", "told")) == {(alerts[0].id, True), (alerts[1].id, False), (alerts[2].id, False)}


def test_a_crowd_is_told_chunk_by_chunk(world, small_chunks):
    alerts = [world.alert(**({"niche": "FOOD"} if number % 2 else {"platform": "TIKTOK"})) for number in range(7)]

    job = world.live_job()

    assert find_alerts() == 4
    assert told(job, "JOB_ALERT_MATCHED") == {alert.creator_id for alert in alerts}
    run = AlertRun.objects.get(job=job)
    assert (run.hit_count, run.notice_count, run.finished_at is not None) == (7, 7, True)
    assert AuditEntry.objects.get(action="ALERTS_FOUND", subject_id=str(run.id)).after["noticeCount"] == 7
    assert find_alerts() == 0


def test_an_approval_wakes_those_who_wait(world):
    job = world.job()

    jobs.approve_job(job.id, by=world.moderator, content_version=1)

    assert AlertRun.objects.filter(job=job, finished_at=None).count() == 1


def test_a_refused_or_waiting_job_wakes_nobody(world):
    world.draft_job()
    world.job()
    world.rejected_job()

    assert not AlertRun.objects.exists()


def test_a_job_that_is_resumed_wakes_them_again_and_tells_only_the_new_ones(world):
    first = world.alert()
    job = world.paused_job()
    assert heard(job) == set()

    jobs.unpause_job(job.id, by=job.brand)
    assert heard(job) == {first.creator_id}
    jobs.pause_job(job.id, by=job.brand)
    second = world.alert()
    world.alert(creator=first.creator)
    jobs.unpause_job(job.id, by=job.brand)

    assert heard(job) == {first.creator_id, second.creator_id}
    assert Notification.objects.filter(type="JOB_ALERT_MATCHED").count() == 2
    assert AlertHit.objects.filter(job=job).count() == 3


def test_a_rejected_job_on_hold_wakes_nobody_when_it_is_resumed(world):
    job = world.paused_job()
    jobs.take_down_job(job.id, by=world.moderator, reason="Say what is to be filmed.")
    AlertRun.objects.filter(job=job).update(finished_at=clock.now())

    jobs.unpause_job(job.id, by=job.brand)

    assert not AlertRun.objects.filter(job=job, finished_at=None).exists()


def test_a_job_that_was_taken_down_and_approved_again_is_live_again(world):
    alert = world.alert()
    job = world.live_job()
    jobs.take_down_job(job.id, by=world.moderator, reason="Say what is to be filmed.")
    assert heard(job) == set()

    jobs.resubmit_job(job.id, by=job.brand)
    jobs.approve_job(job.id, by=world.moderator, content_version=1)

    assert heard(job) == {alert.creator_id}


def test_a_change_of_a_live_job_does_not_make_it_live_once_more(world):
    job = world.live_job()
    find_alerts()

    jobs.edit_job(job.id, by=job.brand, content={"title": "Review of our black tea"})
    jobs.approve_job(job.id, by=world.moderator, content_version=2)

    assert AlertRun.objects.filter(job=job).count() == 1


def test_a_job_that_left_the_feed_is_told_no_further(world, small_chunks):
    for _ in range(3):
        world.alert()
    job = world.live_job()
    fan_out.find_chunk()
    assert len(told(job, "JOB_ALERT_MATCHED")) == 2

    jobs.pause_job(job.id, by=job.brand)

    assert len(heard(job)) == 2
    assert AlertRun.objects.get(job=job).finished_at


def blocked(world, alert):
    block_person(alert.creator_id, by=world.moderator, reason="Spam in many chats.")


def closed(world, alert):
    User.objects.filter(id=alert.creator_id).update(is_active=False)


def resting(world, alert):
    switch_alert(alert.id, by=alert.creator, is_active=False)


def deleted(world, alert):
    delete_alert(alert.id, by=alert.creator)


def changed(world, alert):
    edit_alert(alert.id, by=alert.creator, changes={"niche": "HOME"})


@pytest.mark.parametrize("silenced", [blocked, closed, resting, deleted, changed])
def test_some_alerts_are_silent(world, silenced):
    alert = world.alert()
    silenced(world, alert)

    job = world.live_job()

    assert heard(job) == set()
    assert not AlertHit.objects.exists()


def test_whoever_applied_is_not_told_also_after_a_withdrawal(world):
    job = world.live_job()
    find_alerts()
    waiting, withdrawn = world.alert().creator, world.alert().creator
    world.application(job=job, creator=waiting)
    withdraw_application(world.application(job=job, creator=withdrawn).id, by=withdrawn)

    jobs.pause_job(job.id, by=job.brand)
    jobs.unpause_job(job.id, by=job.brand)

    assert heard(job) == set()


@pytest.mark.parametrize("who_blocks", ["creator", "brand"])
def test_two_who_have_blocked_each_other_hear_nothing(world, who_blocks):
    alert, brand, friend = world.alert(), world.brand(), world.alert()
    pair = [alert.creator, brand] if who_blocks == "creator" else [brand, alert.creator]
    ContactBlock.objects.create(blocker=pair[0], blocked=pair[1])

    assert heard(world.live_job(brand=brand)) == {friend.creator_id}


def test_enough_for_one_day_is_found_without_a_notice(world):
    set_limit(by=world.approver, key="ALERTS_PER_DAY", value=2, note="A quiet day.")
    alert = world.alert()
    jobs_today = [world.live_job() for _ in range(3)]
    find_alerts()

    assert [told(job, "JOB_ALERT_MATCHED") for job in jobs_today] == [{alert.creator_id}, {alert.creator_id}, set()]
    assert list(AlertHit.objects.order_by("id").values_list("told", flat=True)) == [True, True, False]


def test_the_next_day_there_is_room_again(world, monkeypatch):
    set_limit(by=world.approver, key="ALERTS_PER_DAY", value=1, note="A quiet day.")
    alert = world.alert()
    world.live_job()
    find_alerts()

    tomorrow = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)

    assert heard(world.live_job()) == {alert.creator_id}


def test_a_chunk_that_breaks_off_leaves_nothing_and_holds_up_no_other(world, monkeypatch, caplog):
    alert = world.alert()
    broken, fine = world.live_job(title="A job that breaks the chunk"), world.live_job()
    emit_all = fan_out.emit_all

    def break_off(facts):
        facts = list(facts)
        if facts[0].job_id == broken.id:
            raise ValueError("broken")
        return emit_all(facts)

    monkeypatch.setattr(fan_out, "emit_all", break_off)
    with caplog.at_level(logging.ERROR):
        find_alerts()

    assert told(broken, "JOB_ALERT_MATCHED") == set()
    assert not AlertHit.objects.filter(job=broken).exists()
    assert told(fine, "JOB_ALERT_MATCHED") == {alert.creator_id}
    run = AlertRun.objects.get(job=broken)
    assert (run.attempts, run.place, run.finished_at) == (1, None, None)

    monkeypatch.undo()
    assert heard(broken) == set()
    AlertRun.objects.filter(job=broken).update(due_at=run.created_at)
    assert heard(broken) == {alert.creator_id}
    assert AlertRun.objects.get(job=broken).attempts == 0


def test_of_two_runs_of_one_job_the_first_is_finished_first(world, small_chunks):
    for _ in range(5):
        world.alert()
    job = world.live_job()
    fan_out.find_chunk()
    jobs.pause_job(job.id, by=job.brand)
    jobs.unpause_job(job.id, by=job.brand)
    first, second = AlertRun.objects.filter(job=job).order_by("id")

    fan_out.find_chunk()

    assert AlertRun.objects.get(id=first.id).hit_count == 4
    assert AlertRun.objects.get(id=second.id).hit_count == 0
    assert len(heard(job)) == 5
    assert (AlertRun.objects.get(id=first.id).hit_count, AlertRun.objects.get(id=second.id).hit_count) == (5, 0)


def test_the_range_of_an_index_is_read_and_not_every_alert(world):
    job = world.live_job(**JOB)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = fan_out.criteria.alerts_for(job, after=None, limit=500).explain()

    assert plan.count("alert_match") == 4
    assert "Seq Scan on core_jobalert" not in plan


def test_after_the_commit_a_worker_is_woken(world, django_capture_on_commit_callbacks, monkeypatch):
    woken = []
    monkeypatch.setattr(HUEY, "enqueue", woken.append)
    job = world.job()

    with django_capture_on_commit_callbacks(execute=True):
        jobs.approve_job(job.id, by=world.moderator, content_version=1)

    assert [task.name for task in woken] == ["find"]


def test_the_database_refuses_a_second_notice_and_a_second_hit(world):
    alert = world.alert()
    job = world.live_job()
    find_alerts()
    second = world.alert(creator=alert.creator)

    for twin in (
        AlertHit(alert=second, job=job, creator=alert.creator, matched_because=[], told=True),
        AlertHit(alert=alert, job=job, creator=alert.creator, matched_because=[], told=False),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()


def test_a_canceled_job_is_told_to_nobody(world):
    world.alert()
    job = world.live_job()
    deals.cancel_job(job.id, by=job.brand)

    assert heard(job) == set()
