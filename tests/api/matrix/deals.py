"""Who delivers, who judges the work, and who calls a deal off."""

from core.jobs.models import Job
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


OWNER_ONLY = {"owner": 200, "brand": 404, "creators": 403, "staff": 403}
# Staff who decide for both, the owner, and nobody else: for the chosen creator, too, there is no such job.
CANCELERS = {"owner": 200, "brand": 404, "creators": 404, "staff": 404, "moderator": 200, "finance": 200}
PARTIES = {"owner": 200, "chosen": 200, "brand": 404, "creator": 404, "staff": 404, "moderator": 200}

LINES = [
    line("POST /api/jobs/{deal}/submissions", body={"items": list(FILES)}, chosen=201, creator=404, brands=403, staff=403),
    line("GET /api/jobs/{long_deal}/submissions", **PARTIES),
    line("GET /api/jobs/{reviewed_deal}/submissions/{its_version}", **PARTIES),
    line("POST /api/jobs/{reviewed_deal}/review/request-changes", body=CHANGES, **OWNER_ONLY),
    line("POST /api/jobs/{reviewed_deal}/review/approve", **OWNER_ONLY),
    line("POST /api/jobs/{deal}/cancel", **CANCELERS),
]
