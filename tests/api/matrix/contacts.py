"""Who keeps others away, who reports, and who decides."""

from tests.api.matrix import Stage, line, thing

NOTE = {"note": "It names a private address."}


def the_creator(stage: Stage) -> dict[str, str]:
    """A creator whom everybody may meet."""
    return {"personId": str(stage.world.verified_creator().id)}


def a_live_job(stage: Stage) -> dict[str, str]:
    """Something that everybody sees."""
    return {"subjectType": "JOB", "subjectId": str(stage.world.live_job().id), "reason": "SPAM"}


@thing
def contact_block(stage: Stage) -> object:
    """The owner keeps the chosen creator away."""
    return stage.world.contact_block(by=stage.owner, person=stage.chosen).id


@thing
def open_report(stage: Stage) -> object:
    """The creator reports a job of the owner."""
    return stage.world.report(by=stage.creator, subject=stage.world.live_job(brand=stage.owner)).id


MODERATORS = {"people": 403, "moderator": 200}

LINES = [
    line("POST /api/blocks", body=the_creator, brands=201, creators=201, staff=403),
    line("GET /api/blocks", brands=200, creators=200, staff=403),
    line("DELETE /api/blocks/{contact_block}", owner=200, brand=404, creators=404, staff=403),
    line("POST /api/reports", body=a_live_job, brands=201, creators=201, staff=403),
    line("GET /api/admin/reports", **MODERATORS),
    line("POST /api/admin/reports/{open_report}/uphold", body=NOTE, **MODERATORS),
    line("POST /api/admin/reports/{open_report}/dismiss", body=NOTE, **MODERATORS),
]
