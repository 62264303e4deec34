"""Workers that are killed, and workers that meet: nobody is forgotten, nobody is told twice."""

import os
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
from django.db import connection, transaction

from core.catalogues import ROOT
from core.jobs.alerts import fan_out
from core.jobs.alerts.models import AlertHit, AlertRun
from core.jobs.models import Job
from core.notifications.models import Notification
from tests.core.jobs.traces import events
from tests.meeting import meet, without_locks
from tests.world import World

pytestmark = pytest.mark.race

CHUNK = 3
PATIENCE_SECONDS = 20
# In the middle of a chunk at each of its writes, and between two chunks.
PLACES = (
    "INSERT INTO core_alerthit",
    "COMMIT",
    "WITH told AS",  # the notices, and their parcels
    "INSERT INTO outbox_event",
    "UPDATE core_alertrun",
)


def database_url() -> str:
    """The test database, as the environment of another process names it."""
    settings = connection.settings_dict
    options = {name: str(settings[name.upper()]) for name in ("host", "port", "user", "password") if settings[name.upper()]}
    return f"postgresql:///{quote(str(settings['NAME']))}?{urlencode(options)}"


def kill_at(place: str, job: Job) -> None:
    """A worker has been killed with `kill -9` right there, and the server has noticed."""
    environment = os.environ | {"DATABASE_URL": database_url()}
    command = [sys.executable, "-m", "tests.core.jobs.alerts.worker", str(CHUNK), place]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "here\n"
        worker.kill()
    patience = time.monotonic() + PATIENCE_SECONDS
    while not is_free(job):
        assert time.monotonic() < patience
        time.sleep(0.05)


def is_free(job: Job) -> bool:
    """Whether nobody holds the job's run any more."""
    with transaction.atomic():
        return AlertRun.objects.filter(job=job).select_for_update(skip_locked=True).first() is not None


def waiting_job(world: World, count: int) -> tuple[Job, set]:
    """A live job that so many creators wait for, half of them with two alerts; and the creators."""
    creators = [world.bare_creator() for _ in range(count)]
    for number, creator in enumerate(creators):
        for _ in range(1 + number % 2):
            world.alert(creator=creator, language="hy", currency="EUR")
    job = world.live_job(languages=["hy"], currency="EUR")
    return job, {creator.id for creator in creators}


def finish(job: Job) -> None:
    """What is left has been found."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while AlertRun.objects.filter(job=job, finished_at=None).exists():
        assert time.monotonic() < patience
        fan_out.find_alerts()


def judge(job: Job, creators: set) -> None:
    """Everybody who waited was told once, in every way."""
    notices = Counter(Notification.objects.filter(job=job, type="JOB_ALERT_MATCHED").values_list("user_id", flat=True))
    facts = Counter(event["creatorUserId"] for event in events(job, "JOB_ALERT_MATCHED"))
    assert creators <= notices.keys()
    assert set(notices.values()) == {1}
    assert facts == {str(creator): 1 for creator in notices}
    assert AlertHit.objects.filter(job=job, creator__in=creators).count() == len(creators) + len(creators) // 2
    assert AlertHit.objects.filter(job=job, told=True).count() == len(notices)
    run = AlertRun.objects.get(job=job)
    assert (run.hit_count, run.notice_count) == (AlertHit.objects.filter(job=job).count(), len(notices))


def test_a_worker_killed_anywhere_loses_nothing_and_repeats_nothing(committed):
    fan_out.find_alerts()  # what other tests left
    job, creators = waiting_job(committed, 14)

    for place in PLACES:
        kill_at(place, job)
    before = AlertRun.objects.get(job=job)
    finish(job)

    assert 0 < before.hit_count < AlertHit.objects.filter(job=job).count()
    judge(job, creators)


def test_two_workers_at_once_tell_everybody_once(committed, monkeypatch):
    monkeypatch.setattr(fan_out, "CHUNK", CHUNK)
    job, creators = waiting_job(committed, 10)

    meet(fan_out.find_alerts, fan_out.find_alerts, fan_out.find_alerts)
    finish(job)

    judge(job, creators)


def test_without_the_lock_the_database_alone_keeps_the_second_notice_away(committed):
    fan_out.find_alerts()
    job, creators = waiting_job(committed, 4)

    with without_locks():
        meet(fan_out.find_chunk, fan_out.find_chunk, before="core_alerthit")

    run = AlertRun.objects.get(job=job)
    assert run.attempts == 1  # the one that came second broke off at the unique hit, and noted its failure over the other's success
    AlertRun.objects.filter(job=job).update(due_at=run.created_at)
    finish(job)
    notices = Notification.objects.filter(job=job, type="JOB_ALERT_MATCHED", user_id__in=creators)
    assert notices.count() == len(creators)
