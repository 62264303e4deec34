"""Who may do what with applications."""

from core.hiring.models import Application
from core.people.models import User
from tests.api.matrix import Stage, line, thing

CROWD = "crowd-"
BUSY = "A job that everybody wants"


@thing
def application(stage: Stage) -> object:
    """An application of `chosen` to a job of the owner."""
    return stage.world.application(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen).id


@thing
def busy_job(stage: Stage) -> object:
    """A job of the owner for which the whole crowd has applied, be there one or none."""
    job = stage.world.live_job(brand=stage.owner, title=BUSY)
    crowd = User.objects.filter(email__startswith=CROWD)
    Application.objects.bulk_create(Application(job=job, creator=person, message="Me!") for person in crowd)
    return job.id


@thing
def wanted_job(stage: Stage) -> object:
    """A job of the owner for which `chosen` has applied."""
    stage.last_application = stage.world.application(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen)
    return stage.last_application.job_id


@thing
def its_application(stage: Stage) -> object:
    """The application to the `wanted_job` of the same line."""
    return stage.last_application.id


LINES = [
    line("POST /api/jobs/{live_job}/apply", body={"priceQuote": 4500}, brands=403, creators=201, staff=403),
    line("GET /api/jobs/{busy_job}/applications", owner=200, brand=404, creators=403, staff=403),
    line("POST /api/jobs/{wanted_job}/applications/{its_application}/reject", owner=200, brand=404, creators=403, staff=403),
    line("POST /api/jobs/{wanted_job}/applications/{its_application}/accept", owner=200, brand=404, creators=403, staff=403),
    line("GET /api/applications", brands=403, creators=200, staff=403),
    line("GET /api/applications/{application}", owner=200, brand=404, chosen=200, creator=404, staff=403),
    line("POST /api/applications/{application}/withdraw", brands=403, chosen=200, creator=404, staff=403),
]
