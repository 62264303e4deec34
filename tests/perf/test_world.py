"""The world to measure on: as large as asked for, and with right books."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.hiring.models import Application
from core.jobs.models import Job
from core.money.models import Escrow

SIZE = {"jobs": 300, "applications": 600, "deals": 60, "brands": 5, "creators": 40}


@pytest.fixture
def measured(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small world. Statistics cannot be gathered inside a test's transaction, so that statement alone is left out."""
    monkeypatch.setattr("perf.management.commands.perf_world.refresh_statistics", lambda: None)
    call_command("perf_world", stdout=StringIO(), **SIZE)


def test_the_world_is_as_large_as_asked_for_and_its_books_are_right(measured: None):
    assert Job.objects.count() == SIZE["jobs"]
    assert Escrow.objects.count() == SIZE["deals"]
    assert Application.objects.count() == SIZE["applications"]
    call_command("ledger_verify", stdout=StringIO())


def test_a_world_is_not_made_beside_real_jobs(measured: None):
    with pytest.raises(CommandError, match="already"):
        call_command("perf_world", stdout=StringIO(), **SIZE)
