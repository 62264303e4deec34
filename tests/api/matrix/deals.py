"""Who delivers, who judges the work, and who calls a deal off."""

from core.jobs.models import Job
from tests.api.callers import MISSING
from tests.api.matrix import Stage, line, thing
from tests.world import FILES

LONG = "A deal with many versions"
CHANGES = {"comment": "Show the package in the first three seconds."}


def deal_of(stage: Stage, **content: str) -> Job:
    """A funded deal of the owner and the chosen creator."""
    return stage.world.deal(job=stage.world.live_job(brand=stage.owner, **content), creator=stage.chosen)


@thing
def deal(stage: Stage) -> object:
    """A funded deal in progress."""
    return deal_of(stage).id


@thing
def reviewed_deal(stage: Stage) -> object:
    """A deal whose first version waits for the owner."""
    stage.last_submission = stage.world.submission(job=deal_of(stage))
    return stage.last_submission.job_id


@thing
def its_version(stage: Stage) -> object:
    """The version of the `reviewed_deal` of the same line."""
    return stage.last_submission.id


@thing
def long_deal(stage: Stage) -> object:
    """A deal with as many versions as it has been given, one at least."""
    job = Job.objects.filter(brand=stage.owner, title=LONG).first()
    if job is None:
        job = deal_of(stage, title=LONG)
        stage.world.submission(job=job)
    return job.id


@thing
def asked_deal(stage: Stage) -> object:
    """A deal that the owner wants to cancel; the chosen creator is asked."""
    stage.proposal = stage.world.proposal(job=deal_of(stage), share=100_000)
    return stage.proposal.job_id


@thing
def asking_deal(stage: Stage) -> object:
    """A deal that the chosen creator wants to cancel; the owner is asked."""
    stage.proposal = stage.world.proposal(job=deal_of(stage), by=stage.chosen)
    return stage.proposal.job_id


def its_proposal(stage: Stage) -> dict[str, str]:
    """An answer to the proposal of the same line, if it has one."""
    proposal = getattr(stage, "proposal", None)
    return {"proposalId": str(proposal.id) if proposal else MISSING}


OWNER_ONLY = {"owner": 200, "brand": 404, "creators": 403, "staff": 403}
# Staff who decide for both, the owner, and nobody else: for the chosen creator, too, there is no such job.
CANCELERS = {"owner": 200, "brand": 404, "creators": 404, "staff": 404, "moderator": 200, "finance": 200}
PARTIES = {"owner": 200, "chosen": 200, "brand": 404, "creator": 404, "staff": 404, "moderator": 200}
BOTH = {"brand": 404, "creator": 404, "staff": 403}
PROPOSAL = {"creatorShareCents": 100_000, "reason": "Our plans have changed."}

LINES = [
    line("POST /api/jobs/{deal}/submissions", body={"items": list(FILES)}, chosen=201, creator=404, brands=403, staff=403),
    line("GET /api/jobs/{long_deal}/submissions", **PARTIES),
    line("GET /api/jobs/{reviewed_deal}/submissions/{its_version}", **PARTIES),
    line("POST /api/jobs/{reviewed_deal}/review/request-changes", body=CHANGES, **OWNER_ONLY),
    line("POST /api/jobs/{reviewed_deal}/review/approve", **OWNER_ONLY),
    line("POST /api/jobs/{deal}/cancel", **CANCELERS),
    line("GET /api/jobs/{asked_deal}/cancellation", **PARTIES),
    line("POST /api/jobs/{deal}/cancellation", body=PROPOSAL, **BOTH, owner=201, chosen=201),
    line("POST /api/jobs/{asked_deal}/cancellation/accept", body=its_proposal, **BOTH, owner=409, chosen=200),
    line("POST /api/jobs/{asking_deal}/cancellation/decline", body=its_proposal, **BOTH, owner=200, chosen=409),
    line("POST /api/jobs/{asked_deal}/cancellation/withdraw", body=its_proposal, **BOTH, owner=200, chosen=403),
    line("POST /api/jobs/{deal}/resign", body={"reason": "I have fallen ill."}, chosen=200, creator=404, brands=403, staff=403),
]
