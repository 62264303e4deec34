"""What the database itself does not let happen to a dispute, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.base import clock
from core.disputes.models import Dispute, DisputeMessage, EvidenceLink, InformationRequest
from core.jobs.models import Job
from core.money.faults import ledger_faults


def at_commit(attack: Callable[[], Any]) -> None:
    """The attack, and what the database looks at when it would be committed."""
    with transaction.atomic(), connection.cursor() as cursor:
        attack()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_deal_does_not_stand_still_without_a_dispute(world):
    job = world.reviewed_deal()

    with pytest.raises(DatabaseError, match="stands still exactly"):
        at_commit(lambda: Job.objects.filter(id=job.id).update(disputed_at=clock.now()))


def test_a_deal_does_not_go_on_while_its_dispute_is_open(world):
    dispute = world.dispute()

    with pytest.raises(DatabaseError, match="stands still exactly"):
        at_commit(lambda: Job.objects.filter(id=dispute.job_id).update(disputed_at=None))


def test_a_dispute_does_not_end_without_its_deal_going_on(world):
    dispute = world.dispute()

    with pytest.raises(DatabaseError, match="stands still exactly"):
        at_commit(lambda: Dispute.objects.filter(id=dispute.id).update(status="WITHDRAWN", withdrawn_at=clock.now()))


def test_a_disputed_deal_does_not_end(world):
    dispute = world.dispute()

    for status in ("COMPLETED", "CANCELED"):
        with pytest.raises(IntegrityError, match="job_disputed_in_work"), transaction.atomic():
            Job.objects.filter(id=dispute.job_id).update(status=status)


def born(world: Any, **changes: Any) -> Callable[[], Dispute]:
    """A dispute about a deal, written past the verbs."""
    job = changes.pop("job", None) or world.reviewed_deal()
    terms = {
        "opened_by": job.brand,
        "opener_role": "BRAND",
        "respondent": job.active_creator,
        "reason": "OTHER",
        "amount_cents": 450_000,
        "frozen_cents": 450_000,
        "currency": "RUB",
        "on_silence": "REFUND",
    } | changes

    def create() -> Dispute:
        Job.objects.filter(id=job.id).update(disputed_at=clock.now())
        return Dispute.objects.create(job=job, **terms)

    return create


def test_a_dispute_is_between_the_parties_of_its_deal(world):
    at_commit(born(world))

    for stranger in ({"opened_by": world.brand()}, {"respondent": world.creator()}, {"opener_role": "CREATOR"}):
        with pytest.raises(DatabaseError, match="not between the two parties"):
            at_commit(born(world, **stranger))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"frozen_cents": 1}, "dispute_amounts"),
        ({"amount_cents": 0, "frozen_cents": 0}, "dispute_amounts"),
        ({"on_silence": "SPLIT"}, "dispute_silence_splits_nothing"),
        ({"opener_role": "STAFF"}, "dispute_opened_by_party"),
        ({"status": "UNDER_REVIEW"}, "dispute_review_by_somebody"),
        ({"status": "RESOLVED"}, "dispute_resolved_whole"),
        ({"status": "WITHDRAWN"}, "dispute_withdrawn_when"),
        ({"extended_hours": 721}, "dispute_extension_bounded"),
    ],
)
def test_a_dispute_is_born_in_order(world, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        at_commit(born(world, **changes))


def test_one_dispute_about_a_deal_is_open(world):
    dispute = world.dispute()

    with pytest.raises(IntegrityError, match="dispute_one_open"):
        at_commit(born(world, job=dispute.job))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"status": "OPEN"}, "closed row|does not go"),
        ({"note": "Another reason."}, "closed row"),
        ({"resolution": "RELEASE"}, "closed row"),
        ({"decided_by_id": None}, "closed row"),
        ({"frozen_cents": 0}, "closed row|terms of a row"),
    ],
)
def test_what_is_decided_stays(world, changes, refusal):
    dispute = world.resolved_dispute("REFUND")

    with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
        Dispute.objects.filter(id=dispute.id).update(**changes)


def test_what_was_asked_and_said_keeps_its_terms(world):
    asked = world.information_request()

    for changes in ({"question": "Something else?"}, {"party_id": asked.dispute.brand_id}):
        with pytest.raises(DatabaseError, match="terms of a row"), transaction.atomic():
            InformationRequest.objects.filter(id=asked.id).update(**changes)


def test_only_staff_write_notes_and_links_are_links(world):
    dispute = world.answered_dispute()
    said = {"dispute": dispute, "author": dispute.opened_by, "author_role": "BRAND"}

    with pytest.raises(IntegrityError, match="dispute_notes_by_staff"), transaction.atomic():
        DisputeMessage.objects.create(**said, kind="INTERNAL_NOTE", text="Secret.")
    with pytest.raises(IntegrityError, match="dispute_message_of_its_kind"), transaction.atomic():
        DisputeMessage.objects.create(**said, kind="MESSAGE")
    message = DisputeMessage.objects.create(**said, kind="EVIDENCE_LINK")
    for link, constraint in (
        ({"url": "javascript:alert(1)", "host": "yadi.sk"}, "evidence_link"),
        ({"url": "https://yadi.sk/1", "host": ""}, "evidence_host_known"),
        ({"url": "https://yadi.sk/1", "host": "yadi.sk", "position": 10}, "evidence_at_most_ten"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            EvidenceLink.objects.create(message=message, **({"position": 0} | link))


def test_the_second_look_at_the_books_sees_a_deal_that_stands_still_for_nothing(world):
    dispute = world.dispute()
    assert ledger_faults() == []

    with transaction.atomic():
        Job.objects.filter(id=dispute.job_id).update(disputed_at=None)
        faults = ledger_faults()
        transaction.set_rollback(True)

    assert [(fault.identity, fault.subject) for fault in faults] == [
        ("a deal stands still exactly while its dispute is open", f"job:{dispute.job_id}")
    ]
