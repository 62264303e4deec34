"""The chosen creator gives the deal up."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound, WrongState
from core.chat.models import Message
from core.deals.services import request_changes, resign_deal
from core.jobs.services import duplicate_job
from core.money.errors import DisputeOpen
from core.money.models import Account
from core.notifications.models import Notification
from outbox.models import Event
from tests.core.deals.traces import nothing_happens
from tests.moments import running


def wallet(brand) -> int:
    return Account.objects.get(owner=brand, kind="BRAND", currency="RUB").balance_cents


@pytest.mark.parametrize("delivered", [False, True])
def test_the_brand_has_all_its_money_back(world, delivered):
    job = world.reviewed_deal() if delivered else world.deal()
    before = wallet(job.brand)

    done = resign_deal(job.id, by=job.active_creator, reason="I am ill.")

    job.refresh_from_db()
    assert (job.status, job.escrow.status, job.canceled_by_id) == ("CANCELED", "REFUNDED", job.active_creator_id)
    assert (done.refunded_cents, done.creator_cents) == (450_000, 0)
    assert wallet(job.brand) == before + 450_000
    assert running(job) == []


def test_it_stays_visible(world):
    job = world.reviewed_deal()

    resign_deal(job.id, by=job.active_creator, reason="I am ill.")

    audit = AuditEntry.objects.get(action="CREATOR_RESIGNED", subject_id=str(job.id))
    assert (audit.actor_id, audit.before, audit.after, audit.reason) == (
        job.active_creator_id,
        {"status": "IN_REVIEW"},
        {"delivered": True},
        "I am ill.",
    )
    event = Event.objects.get(type="CREATOR_RESIGNED", aggregate=f"job:{job.id}")
    assert (event.recipient_ids, event.payload["delivered"]) == ([job.brand_id], True)
    assert Event.objects.get(type="JOB_CANCELED", aggregate=f"job:{job.id}").payload["canceledBy"] == "CREATOR"
    notice = Notification.objects.get(type="JOB_CANCELED_BRAND", job=job)
    assert (notice.facts["canceled_by"], notice.facts["reason"]) == ("CREATOR", "I am ill.")
    assert Message.objects.filter(conversation__job=job).latest("number").type == "CREATOR_RESIGNED"


def test_an_unfunded_deal_is_given_up_too(world):
    job = world.deal(funded=False)

    resign_deal(job.id, by=job.active_creator, reason="I am ill.")

    job.refresh_from_db()
    assert (job.status, job.escrow.status) == ("CANCELED", "VOIDED")


def test_it_is_possible_after_changes_were_asked_for(world):
    job = world.reviewed_deal()
    request_changes(job.id, by=job.brand, comment="Brighter.")

    resign_deal(job.id, by=job.active_creator, reason="We do not understand each other.")

    job.refresh_from_db()
    assert job.status == "CANCELED"


def test_the_brand_can_publish_the_same_text_again(world):
    job = world.deal()
    resign_deal(job.id, by=job.active_creator, reason="I am ill.")

    again = duplicate_job(job.id, by=job.brand)

    assert (again.status, again.title, running(again)) == ("DRAFT", job.title, ["PUBLISH_DRAFT"])


@pytest.mark.parametrize("reason", ["", " \n", "a" * 501])
def test_the_creator_says_why(world, reason):
    job = world.deal()

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        resign_deal(job.id, by=job.active_creator, reason=reason)

    assert list(refused.value.fields) == ["reason"]


def test_nobody_else_resigns(world):
    job = world.deal()

    for stranger, refusal in ((job.brand, Forbidden), (world.creator(), NotFound), (world.moderator, Forbidden)):
        with nothing_happens(job), pytest.raises(refusal):
            resign_deal(job.id, by=stranger, reason="Enough.")


@pytest.mark.parametrize("state", ["completed_deal", "canceled_deal"])
def test_what_has_ended_cannot_be_given_up(world, state):
    job = getattr(world, state)()

    with nothing_happens(job), pytest.raises(WrongState):
        resign_deal(job.id, by=job.active_creator, reason="Enough.")


def test_a_dispute_comes_first(world):
    job = world.deal()
    world.dispute(job=job)

    with nothing_happens(job), pytest.raises(DisputeOpen):
        resign_deal(job.id, by=job.active_creator, reason="Enough.")
