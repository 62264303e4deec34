"""The process `live` tells how it is, and writes its log as everybody does."""

import json
import time

from outbox import health
from outbox.models import Heartbeat
from tests.live.process import live


def test_the_process_says_how_it_is_and_takes_its_file_along_when_it_goes(committed, tmp_path, settings):
    settings.HEALTH_FOLDER = tmp_path
    with live(HEALTH_FOLDER=str(tmp_path)) as running:
        end = time.monotonic() + 15
        while not (Heartbeat.objects.filter(name="live", process_id=running.pid).exists() and (tmp_path / "live.json").exists()):
            assert time.monotonic() < end, "live does not say how it is"
            time.sleep(0.1)

        facts = health.read("live")
        row = Heartbeat.objects.get(name="live")
        assert facts["pid"] == row.process_id == running.pid
        assert health.faults(facts) == []
        assert row.consecutive_failures == 0
        assert json.dumps(row.counters) in ("{}", '{"streams": 0}')  # before the first look, or after it

        assert running.stop() == 0

    assert health.read("live") is None
