"""The demonstration: every state is there, the books are right, and it is never made where money is real."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.chat.models import Message
from core.deals.models import CancellationProposal
from core.deals.reviews.models import Review
from core.disputes.models import Dispute
from core.hiring.models import Invitation
from core.jobs.alerts.models import JobAlert
from core.jobs.models import Job
from core.money.models import Escrow, Payout
from core.people.models import User

PASSWORD = "a-demonstration-of-9-words"


@pytest.fixture
def demo_password(db: None, monkeypatch: pytest.MonkeyPatch, settings) -> str:
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    settings.DEBUG = True
    return PASSWORD


def test_the_demonstration_has_deals_in_every_state(demo_password: str):
    call_command("seed_demo", stdout=StringIO())

    assert set(Job.objects.values_list("status", flat=True)) == {"DRAFT", "PUBLISHED", "IN_PROGRESS", "IN_REVIEW", "COMPLETED"}
    assert set(Escrow.objects.values_list("status", flat=True)) == {"UNFUNDED", "FUNDED", "RELEASED"}
    assert Payout.objects.get().needs_second
    for what in (Invitation, Message, Review, JobAlert, CancellationProposal, Dispute):
        assert what.objects.exists()
    call_command("ledger_verify", stdout=StringIO())


def test_seeding_again_changes_nothing_but_the_password(demo_password: str, monkeypatch: pytest.MonkeyPatch):
    call_command("seed_demo", stdout=StringIO())
    before = (Job.objects.count(), User.objects.count())
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD + "-renewed")

    call_command("seed_demo", stdout=StringIO())

    assert (Job.objects.count(), User.objects.count()) == before
    assert User.objects.get(email="finance-2@example.com").check_password(PASSWORD + "-renewed")


def test_production_refuses_the_demonstration(demo_password: str, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo", stdout=StringIO())

    assert not User.objects.filter(email__endswith="@example.com").exists()
