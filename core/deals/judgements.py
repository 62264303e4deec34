"""What the parties may do with a deal in its present state. Verbs ask under the lock of the job, screens without one.

Who asks is no question here, but where two parties have two answers. What costs a statement is given as a function, and asked last.
"""

from collections.abc import Callable
from typing import Any

from core.base.policy import require
from core.deals import errors, policies
from core.deals.models import CancellationProposal
from core.jobs.models import Job
from core.money.errors import DisputeOpen, EscrowUnfunded
from core.money.models import Escrow


def judge_submission(job: Job, *, escrow_status: str | None) -> None:
    """The creator may deliver a version. Raises WrongState, DisputeOpen, EscrowUnfunded."""
    policies.require_in_work(job)
    require(escrow_status == Escrow.Status.FUNDED, EscrowUnfunded())


def judge_changes(job: Job, *, waits: bool, rounds_used: int) -> None:
    """The brand may ask for changes of a version that `waits`. Raises WrongState, DisputeOpen, NothingSubmitted, RevisionsExhausted."""
    policies.require_in_work(job)
    require(waits, errors.NothingSubmitted())
    assert job.agreed_terms is not None, "a deal in work has its terms"
    rounds = job.agreed_terms["revision_rounds"]
    require(rounds_used < rounds, errors.RevisionsExhausted(rounds=rounds))


def judge_approval(job: Job, *, escrow_status: str | None, waits: bool) -> None:
    """The brand may accept the version that `waits`. Raises WrongState, DisputeOpen, EscrowUnfunded, NothingSubmitted."""
    judge_submission(job, escrow_status=escrow_status)
    require(waits, errors.NothingSubmitted())


def judge_cancellation(job: Job, *, by: Any, delivered: Callable[[], bool]) -> None:
    """This person may cancel the job. Raises CompletedForGood, DisputeOpen, OnlyStaffOnReview, OnlyStaffAfterDelivery."""
    require(job.status != Job.Status.COMPLETED, errors.CompletedForGood())
    require(job.disputed_at is None, DisputeOpen())
    if policies.decides_for_both(by):
        return
    require(job.status != Job.Status.IN_REVIEW, errors.OnlyStaffOnReview())
    require(not delivered(), errors.OnlyStaffAfterDelivery())


def judge_proposing(job: Job, *, is_pending: Callable[[], bool]) -> None:
    """A party may propose to cancel the deal. Raises WrongState, DisputeOpen, CancellationPending."""
    policies.require_in_work(job)
    require(not is_pending(), errors.CancellationPending())


def judge_accepting(job: Job, proposal: CancellationProposal, *, by: Any) -> None:
    """This party may accept the proposal. Raises CancellationNotPending, WrongState, DisputeOpen, OwnProposal."""
    _require_pending(proposal)
    policies.require_in_work(job)
    require(proposal.other_party_id == by.pk, errors.OwnProposal())


def judge_declining(job: Job, proposal: CancellationProposal, *, by: Any) -> None:
    """This party may decline the proposal. Raises CancellationNotPending, DisputeOpen, OwnProposal."""
    _require_pending(proposal)
    require(job.disputed_at is None, DisputeOpen())
    require(proposal.other_party_id == by.pk, errors.OwnProposal())


def judge_withdrawing(job: Job, proposal: CancellationProposal, *, by: Any) -> None:
    """This party may take the proposal back. Raises CancellationNotPending, DisputeOpen; Forbidden to the other one."""
    _require_pending(proposal)
    require(job.disputed_at is None, DisputeOpen())
    require(proposal.proposed_by_id == by.pk)


def _require_pending(proposal: CancellationProposal) -> None:
    require(proposal.status == CancellationProposal.Status.PENDING, errors.CancellationNotPending())
