"""What machines read of a deal: every fact has its type, and each says what its reader needs without asking back."""

import dataclasses
import re
from typing import Any

import pytest

from core.deals.services import cancel_job, request_changes
from core.hiring.services import withdraw_application
from outbox.events import REGISTRY
from outbox.models import Event
from tests.world import World

# What the original left out, by type.
SAID = {
    "JOB_CANCELED": {"job_id", "brand_id", "creator_id", "refunded_cents", "currency"},
    "CHANGES_REQUESTED": {"job_id", "brand_id", "creator_id", "version"},
    "ESCROW_FUNDED": {"creator_id", "amount_cents", "currency"},
    "ESCROW_RELEASED": {"creator_id", "amount_cents", "currency"},
    "JOB_COMPLETED": {"job_id", "brand_id", "creator_id"},
    "APPLICATION_REJECTED": {"job_id", "creator_id", "automatic"},
    "APPLICATION_WITHDRAWN": {"job_id", "creator_id"},
    "INVITATION_CANCELED": {"job_id", "creator_id"},
    "INVITATION_EXPIRED": {"job_id", "creator_id"},
    "JOB_PAUSED": {"job_id", "brand_id"},
    "JOB_RESUMED": {"job_id", "brand_id"},
    "REVIEW_CREATED": {"job_id", "author_id", "subject_id"},
    "USER_REGISTERED": {"user_id", "role"},
}
ALWAYS = {"schemaVersion", "occurredAt", "actorUserId", "recipientUserIds"}
# One of a few words of ours.
CODES = {("DISPUTE_OPENED", "reason")}
TEXTS = re.compile(r"(reason$|comment|message$|note$|text$|title|name$|email|body)")


@pytest.fixture
def told(world: World) -> list[Event]:
    """Everything that a few deals have left in the outbox."""
    world.published_review(job=world.completed_deal())
    job = world.reviewed_deal()
    request_changes(job.id, by=job.brand, comment="Brighter.")
    canceled = world.deal()
    cancel_job(canceled.id, by=canceled.brand)
    withdrawn = world.application()
    withdraw_application(withdrawn.id, by=withdrawn.creator)
    world.expired_invitation()
    world.withdrawn_invitation()
    world.paid_payout()
    return list(Event.objects.all())


def test_every_event_says_what_a_reader_needs(told: list[Event]) -> None:
    for event in told:
        assert event.payload.keys() >= ALWAYS, event.type
        assert event.payload["schemaVersion"] == REGISTRY[event.type].schema_version
        assert event.payload["actorUserId"]
    recipients = {event.type: event.payload["recipientUserIds"] for event in told}
    for kind in ("JOB_CANCELED", "CHANGES_REQUESTED", "ESCROW_FUNDED", "ESCROW_RELEASED", "JOB_COMPLETED", "APPLICATION_WITHDRAWN"):
        assert recipients[kind], kind


@pytest.mark.parametrize("kind", SAID)
def test_no_fact_is_missing_that_the_original_left_out(kind: str) -> None:
    assert {field.name for field in dataclasses.fields(REGISTRY[kind])} >= SAID[kind]


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_no_event_can_hold_what_people_wrote(kind: str) -> None:
    fields: list[Any] = list(dataclasses.fields(REGISTRY[kind]))

    assert [field.name for field in fields if TEXTS.search(field.name) and (kind, field.name) not in CODES] == []
