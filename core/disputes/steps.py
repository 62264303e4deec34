"""Parts of verbs that concern disputes. Each takes locked rows; none judges who asks."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from core.base import clock
from core.deals.steps import lock_escrow
from core.disputes import policies
from core.disputes.models import Dispute, Role
from core.jobs.models import Job
from core.money.models import Escrow
from core.notifications.steps import Notice
from core.people.selectors import staff_ids
from core.timers import steps as timers

# The clocks of the dispute itself; those of the deal stand still meanwhile.
CLOCKS = ("ANSWER_DISPUTE", "DECIDE_DISPUTE", "ANSWER_REQUEST", "ANSWER_SETTLEMENT")
PLACES = {Role.BRAND: "dashboard/jobs/{job_id}/review", Role.CREATOR: "dashboard/work/{job_id}"}
REASON_MAX = 500  # of a canceled job


@dataclasses.dataclass(frozen=True)
class Case:
    """A dispute with what it is about, all of it locked: the job, its escrow, the dispute."""

    job: Job
    escrow: Escrow
    dispute: Dispute


def lock_case(dispute_id: Any, *, by: Any) -> Case:
    """The dispute that this person sees, locked in the order of all verbs. Raises NotFound."""
    found = policies.visible_disputes(by).only("id", "job_id").find(id=dispute_id)
    return lock_whole(found.id, found.job_id)


def lock_whole(dispute_id: UUID, job_id: UUID) -> Case:
    """The job, then its escrow, then the dispute, locked."""
    job = Job.objects.lock(id=job_id)
    escrow = lock_escrow(job)
    dispute = Dispute.objects.lock(id=dispute_id)
    dispute.job = job
    return Case(job, escrow, dispute)


def lock_dispute(dispute_id: Any, *, by: Any) -> Dispute:
    """The dispute alone, for what moves neither the job nor money. Raises NotFound."""
    return policies.visible_disputes(by).select_related("job").lock(id=dispute_id)


CLOSE_CHILDREN = """
    WITH asked AS (
        UPDATE core_informationrequest SET status = 'CLOSED', updated_at = %(now)s
        WHERE dispute_id = %(dispute)s AND status IN ('OPEN', 'OVERDUE')
    ), proposed AS (
        UPDATE core_settlementproposal SET status = 'EXPIRED', closed_at = %(now)s, updated_at = %(now)s
        WHERE dispute_id = %(dispute)s AND status = 'PENDING'
    )
    UPDATE core_disputedecision SET status = 'DROPPED', updated_at = %(now)s WHERE dispute_id = %(dispute)s AND status = 'PROPOSED'
"""


def close_children(dispute: Dispute) -> None:
    """Nothing waits for an answer in this dispute any more, by one statement: no question, no proposal, no decision for its second person.

    The clocks of all that are stopped with those of the dispute.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_CHILDREN, {"now": clock.now(), "dispute": dispute.id})


def let_the_deal_go_on(job: Job) -> None:
    """Money and work no longer stand still: the clocks of the deal run again, those of the dispute are over.

    The work is due as much later as the deal stood still.
    """
    if job.due_at is not None and job.disputed_at is not None:
        job.due_at += clock.now() - job.disputed_at
    job.disputed_at = None
    job.store("disputed_at", "due_at")
    timers.stop_all_of(job.id, kinds=CLOCKS)
    timers.resume(job.id)


# Whom to tell


def parties(dispute: Dispute, *, but: Any = None) -> list[tuple[str, UUID]]:
    """The two sides, without the one that acts."""
    both = [(Role.BRAND.value, dispute.brand_id), (Role.CREATOR.value, dispute.creator_id)]
    return [(role, person) for role, person in both if but is None or person != but.pk]


def party_notices(
    dispute: Dispute, type: str, facts: Mapping[str, Any] | None = None, *, sides: Iterable[tuple[str, UUID]]
) -> list[Notice]:
    """The notice for these sides, each with the link to its own page of the deal."""
    return [Notice([person], type, dict(facts or {}) | {"place": place_of(dispute, role)}) for role, person in sides]


def place_of(dispute: Dispute, role: str) -> str:
    """The page of the deal of one side."""
    return PLACES[Role(role)].format(job_id=dispute.job_id)


def desk(dispute: Dispute, *, but: Any = None) -> list[UUID]:
    """Whoever of the staff works on it: the assignee, or all moderators while there is none."""
    people = [dispute.assignee_id] if dispute.assignee_id else staff_ids("moderator")
    return [person for person in people if but is None or person != but.pk]


def desk_notice(dispute: Dispute, type: str, facts: Mapping[str, Any] | None = None, *, people: Iterable[UUID]) -> Notice:
    """The notice for members of staff."""
    return Notice(people, type, dict(facts or {}) | {"dispute_id": str(dispute.id)})


def facts_of(dispute: Dispute) -> dict[str, UUID]:
    """The ids that every event about this dispute has."""
    return {"job_id": dispute.job_id, "dispute_id": dispute.id}
