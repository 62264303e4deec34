"""What may be done with a dispute in its present state. Verbs ask under its lock, screens without one. Who asks is a policy's word."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from core.base import clock
from core.base.policy import require
from core.disputes import errors
from core.disputes.models import Dispute, Resolution
from core.disputes.verdicts.models import Appeal, DisputeDecision
from core.jobs.models import Job
from core.money.errors import DisputeOpen, SecondPersonRequired
from core.rules.limits import APPEAL_WITHIN, limit

FINISHED = (Job.Status.COMPLETED, Job.Status.CANCELED)
APPEALABLE = (Dispute.Through.STAFF, Dispute.Through.SILENCE)


def judge_opening(job: Job, *, opener_id: Any, by: Any) -> None:
    """A party may open a dispute about the deal, or has: `opener_id` is who opened the one that is open.

    Raises JobAlreadyFinished, NoActiveCreator, DisputeOpen.
    """
    require(job.status not in FINISHED, errors.JobAlreadyFinished(status=job.status))
    require(job.active_creator_id is not None, errors.NoActiveCreator())
    require(job.disputed_at is None or opener_id == by.pk, DisputeOpen())


def judge_open(dispute: Dispute) -> None:
    """Something can be said, or taken back, while the dispute is open. Raises DisputeClosed."""
    require(dispute.is_open, errors.DisputeClosed(status=dispute.status))


def judge_asking(dispute: Dispute, *, is_waiting: Callable[[], bool]) -> None:
    """A side is asked one question at a time. Raises DisputeClosed, RequestWaiting."""
    judge_open(dispute)
    require(not is_waiting(), errors.RequestWaiting())


def judge_extending(dispute: Dispute, *, hours: int) -> None:
    """All extensions of a dispute together have an end. Raises DisputeClosed, ExtensionTooLong."""
    judge_open(dispute)
    left = Dispute.EXTENSION_HOURS_MAX - dispute.extended_hours
    require(hours <= left, errors.ExtensionTooLong(left_hours=left))


def judge_proposing(dispute: Dispute, *, is_waiting: Callable[[], bool]) -> None:
    """Each side proposes one settlement at a time. Raises DisputeClosed, SettlementWaiting."""
    judge_open(dispute)
    require(not is_waiting(), errors.SettlementWaiting())


def judge_deciding(dispute: Dispute, decision: DisputeDecision | None, *, is_repeated: bool = False) -> None:
    """An open dispute is decided unless a decision waits for its second person; whoever repeats what is decided or waits is let pass.

    Raises DisputeAlreadyResolved, DisputeClosed, DecisionWaiting.
    """
    if is_repeated:
        return
    require(dispute.status != Dispute.Status.RESOLVED, errors.DisputeAlreadyResolved(resolution=dispute.resolution))
    judge_open(dispute)
    require(decision is None, errors.DecisionWaiting())


def judge_signing(dispute: Dispute, decision: DisputeDecision | None, *, by: Any) -> None:
    """A decision that waits is signed, or sent back, by somebody else. Raises DisputeClosed, NoDecisionWaiting, SecondPersonRequired."""
    judge_open(dispute)
    if decision is None:
        raise errors.NoDecisionWaiting
    require(decision.decided_by_id != by.pk, SecondPersonRequired())


def judge_appealing(dispute: Dispute, *, has_appeal: Callable[[], bool]) -> None:
    """A decision that moved money is appealed once, in time. A settlement binds both; a deal that goes on takes a new dispute.

    Raises NotAppealable, AppealExists, AppealTooLate.
    """
    decided = dispute.status == Dispute.Status.RESOLVED and dispute.resolved_through in APPEALABLE
    moved = decided and dispute.resolution != Resolution.NO_ACTION and dispute.frozen_cents > 0
    require(moved, errors.NotAppealable())
    require(not has_appeal(), errors.AppealExists())
    until = appeal_until(dispute)
    require(clock.now() <= until, errors.AppealTooLate(until=until.isoformat()))


def judge_judging(appeal: Appeal | None, *, by: Any) -> None:
    """An appeal that waits is judged by somebody who had no part in the decision. Raises NoAppeal, AppealDecided, OwnDecision."""
    if appeal is None:
        raise errors.NoAppeal
    require(appeal.status == Appeal.Status.OPEN, errors.AppealDecided(status=appeal.status))
    require(by.pk not in (appeal.decided_by_id, appeal.confirmed_by_id), errors.OwnDecision())


def appeal_until(dispute: Dispute) -> datetime:
    """Until when a party may appeal against this decision."""
    return cast("datetime", dispute.resolved_at) + timedelta(hours=limit(APPEAL_WITHIN, ""))
