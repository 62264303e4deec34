"""The proof of `manage.py chaos`, for a minute: the command that proves it for as long as one likes is the one that runs here."""

import json
import subprocess
import sys

import pytest

from core.launch.venv import ROOT

KILLS = 9


@pytest.mark.race
def test_nothing_is_lost_doubled_or_reordered_whatever_is_killed():
    command = [
        sys.executable,
        "manage.py",
        "chaos",
        "--kills",
        str(KILLS),
        "--pairs",
        "3",
        "--pause",
        "1.5",
        "--rest",
        "2",
        "--crashes",
        "1",
        "--cuts",
        "1",
    ]

    done = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)

    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout.strip().splitlines()[-1])
    assert report["faults"] == []
    assert sum(report["kills"].values()) == KILLS
    assert report["acts"] == {"crash": 1, "cut": 1, "empty_queue": 1}
    assert report["repeats"] > 0  # calls were lost and asked again, or nothing was broken
    assert report["numbers"]["deals"] >= 2
    assert report["numbers"]["messages"] >= report["numbers"]["states"]["SENT"] > 0
