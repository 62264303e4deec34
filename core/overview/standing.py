"""One job with what its reader may do with it now: judged as the verbs judge it, but without their locks.

An action stands in the list while there is something to do: what is done already (a funded escrow, a canceled job) is no longer
offered. `allowed` is what the verb would say at this moment; until the click the world may have moved on, and the verb judges again.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.base import clock
from core.base.policy import actions
from core.base.prepared import Prepared, Slot
from core.base.shapes import ObjectJSON
from core.deals import judgements as deals
from core.deals import policies as deal_policies
from core.deals.models import CancellationProposal, Submission
from core.deals.reviews.models import Review
from core.deals.reviews.policies import judge_writing
from core.disputes.judgements import judge_opening
from core.disputes.models import OPEN_STATUSES, Dispute
from core.hiring.invitations.judgements import Sending
from core.jobs import judgements as jobs
from core.jobs import selectors
from core.jobs.models import Job
from core.jobs.policies import is_moderator
from core.money import judgements as money
from core.money.models import Account
from core.people.models import BrandProfile, User
from core.timers.models import Timer

Judges = dict[str, Callable[[], object]]
BRAND_FACTS = ("company_name", "description", "website")


def job_page(job_id: Any, *, by: Any) -> dict[str, Any]:
    """The job as `core.jobs.selectors.job_page` shows it; to its parties and to moderators with `actions`. Raises NotFound."""
    page = selectors.job_page(job_id, by=by)
    if "timers" not in page:  # a guest or a stranger: what everybody sees, and not a statement more
        return page
    job = FACTS.instances(job_id=job_id, viewer_id=by.pk)[0]
    return page | {"actions": actions(**_judges(job, by))}


def _versions(job: OuterRef, **state: str) -> Any:
    return Submission.objects.filter(job_id=job, **state)


def _facts(job_id: Slot, viewer_id: Slot) -> Any:
    this = OuterRef("pk")
    changes = _versions(this, status="CHANGES_REQUESTED").order_by().values("job").annotate(count=Count("id")).values("count")
    proposals = CancellationProposal.objects.filter(job_id=this, status="PENDING")
    wallet = Account.objects.filter(owner_id=viewer_id, kind="BRAND", currency=OuterRef("currency"))
    window = Timer.objects.filter(subject_id=this, kind="WRITE_REVIEWS", ended_at=None)
    return (
        Job.objects.filter(id=job_id)
        .defer("search")
        .annotate(
            escrow_status=F("escrow__status"),
            escrow_cents=F("escrow__amount_cents"),
            wallet_cents=Coalesce(Subquery(wallet.values("balance_cents")[:1]), 0),
            is_delivered=Exists(_versions(this)),
            waits=Exists(_versions(this, status="SUBMITTED")),
            rounds_used=Coalesce(Subquery(changes, output_field=IntegerField()), 0),
            proposal=Subquery(proposals.values(said=ObjectJSON(proposed_by_id="proposed_by_id", other_party_id="other_party_id"))[:1]),
            dispute_opener_id=Subquery(Dispute.objects.filter(job_id=this, status__in=OPEN_STATUSES).values("opened_by_id")[:1]),
            has_written=Exists(Review.objects.filter(job_id=this, author_id=viewer_id)),
            reviews_until=Subquery(window.values("due_at")[:1]),
            **{f"brand_{name}": F(f"brand__brand_profile__{name}") for name in BRAND_FACTS},
        )
    )


# What the judges look at, beside the job itself. Who asks decides the wallet and the review.
FACTS = Prepared(_facts)


def _judges(job: Any, by: User) -> Judges:
    """The actions of this person, each with its judge."""
    if by.pk == job.brand_id:
        return _of_owner(job, by) | _of_deal(job, by)
    if by.pk == job.active_creator_id:
        return _of_creator(job) | _of_deal(job, by)
    return _of_moderator(job, by) if is_moderator(by) else {}


def _of_owner(job: Any, by: User) -> Judges:
    """What the brand does before and beside the deal, and with the work."""
    brand = BrandProfile(**{name: getattr(job, f"brand_{name}") for name in BRAND_FACTS})
    asking = Sending(brand=brand, is_live=job.is_live, is_taken=job.active_creator_id is not None, is_available=True, application=None)
    judges: Judges = {
        "EDIT": lambda: jobs.judge_editing(job),
        "PUBLISH": lambda: jobs.judge_publishing(job, brand=brand),
        "RESUBMIT": lambda: jobs.judge_resubmitting(job),
        "PAUSE": lambda: jobs.judge_pausing(job),
        "UNPAUSE": lambda: jobs.judge_resuming(job, brand=brand),
        "DUPLICATE": lambda: None,
        "INVITE": asking.judge,
        "FUND": lambda: _judge_funding(job),
        "REQUEST_CHANGES": lambda: deals.judge_changes(job, waits=job.waits, rounds_used=job.rounds_used),
        "APPROVE_WORK": lambda: deals.judge_approval(job, escrow_status=job.escrow_status, waits=job.waits),
        "CANCEL": lambda: deals.judge_cancellation(job, by=by, delivered=lambda: job.is_delivered),
    }
    done = {
        "RESUBMIT": job.moderation_status == Job.Moderation.PENDING,
        "FUND": job.escrow_status == "FUNDED",
        "APPROVE_WORK": job.status == Job.Status.COMPLETED,
        "CANCEL": job.status == Job.Status.CANCELED,
    }
    return {name: judge for name, judge in judges.items() if not done.get(name)}


def _judge_funding(job: Any) -> None:
    money.judge_funding(job, escrow_status=job.escrow_status)
    money.judge_means(required_cents=job.escrow_cents, available_cents=job.wallet_cents)


def _of_creator(job: Any) -> Judges:
    """What the chosen creator does."""
    return {
        "SUBMIT_WORK": lambda: deals.judge_submission(job, escrow_status=job.escrow_status),
        "RESIGN": lambda: deal_policies.require_in_work(job),
    }


def _of_deal(job: Any, by: User) -> Judges:
    """What both parties of a deal may do, each for itself."""
    judges: Judges = {
        "PROPOSE_CANCELLATION": lambda: deals.judge_proposing(job, is_pending=lambda: job.proposal is not None),
        **_of_proposal(job, by),
        "OPEN_DISPUTE": lambda: judge_opening(job, opener_id=job.dispute_opener_id, by=by),
        "WRITE_REVIEW": lambda: judge_writing(job, has_written=job.has_written, is_open=lambda: _takes_reviews(job)),
    }
    if job.dispute_opener_id == by.pk:
        del judges["OPEN_DISPUTE"]
    return judges


def _of_proposal(job: Any, by: User) -> Judges:
    """What this party may do with the proposal that waits: take it back, or answer it."""
    if job.proposal is None:
        return {}
    proposal = CancellationProposal(status="PENDING", **{name: UUID(person) for name, person in job.proposal.items()})
    if proposal.proposed_by_id == by.pk:
        return {"WITHDRAW_CANCELLATION": lambda: deals.judge_withdrawing(job, proposal, by=by)}
    return {
        "ACCEPT_CANCELLATION": lambda: deals.judge_accepting(job, proposal, by=by),
        "DECLINE_CANCELLATION": lambda: deals.judge_declining(job, proposal, by=by),
    }


def _takes_reviews(job: Any) -> bool:
    return job.reviews_until is not None and job.reviews_until > clock.now()


def _of_moderator(job: Any, by: User) -> Judges:
    """What moderators do with other people's jobs."""
    judges: Judges = {
        "APPROVE_JOB": lambda: jobs.judge_moderating(job),
        "REJECT_JOB": lambda: jobs.judge_moderating(job),
        "TAKE_DOWN": lambda: jobs.judge_taking_down(job),
        "RESUBMIT": lambda: jobs.judge_resubmitting(job),
        "CANCEL": lambda: deals.judge_cancellation(job, by=by, delivered=lambda: job.is_delivered),
    }
    done = {"RESUBMIT": job.moderation_status == Job.Moderation.PENDING, "CANCEL": job.status == Job.Status.CANCELED}
    return {name: judge for name, judge in judges.items() if not done.get(name)}
