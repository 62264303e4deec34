"""Who may do what with jobs."""

from tests.api.matrix import Stage, line, thing

CONTENT = {
    "title": "Review of our green tea",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "usageTermDays": 90,
    "budgetMin": 3000,
    "budgetMax": 5000,
    "deadlineType": "DAYS_3_5",
}
REASON = "Say in the title what is to be filmed."


@thing
def draft(stage: Stage) -> object:
    """A draft of the owner."""
    return stage.world.draft_job(brand=stage.owner).id


@thing
def submitted_job(stage: Stage) -> object:
    """A job of the owner that waits for a moderator, in its first version."""
    return stage.world.job(brand=stage.owner).id


@thing
def live_job(stage: Stage) -> object:
    """A job of the owner in the feed."""
    return stage.world.live_job(brand=stage.owner).id


@thing
def paused_job(stage: Stage) -> object:
    """A job of the owner on hold."""
    return stage.world.paused_job(brand=stage.owner).id


@thing
def rejected_job(stage: Stage) -> object:
    """A job of the owner that a moderator rejected."""
    return stage.world.rejected_job(brand=stage.owner).id


@thing
def taken_job(stage: Stage) -> object:
    """A job of the owner on which `chosen` works."""
    return stage.world.accepted_job(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen).id


BRAND_ONLY = {"creators": 403, "staff": 403}
OWNER_ONLY = {"owner": 200, "brand": 404} | BRAND_ONLY
MODERATOR_ONLY = {"brands": 403, "creators": 403, "staff": 403, "moderator": 200}

LINES = [
    line("GET /api/jobs", everyone=200),
    line("GET /api/jobs/{live_job}", everyone=200),
    line("GET /api/jobs/{draft}", owner=200, brand=404, creators=404, staff=404, moderator=200, guest=404),
    line("GET /api/jobs/{submitted_job}", owner=200, brand=404, creators=404, staff=404, moderator=200, guest=404),
    line("GET /api/jobs/{paused_job}", owner=200, brand=404, creators=404, staff=404, moderator=200, guest=404),
    line("GET /api/jobs/{taken_job}", owner=200, brand=404, chosen=200, creator=404, staff=404, moderator=200, guest=404),
    line("POST /api/jobs", body=CONTENT, brands=201, **BRAND_ONLY),
    line("PUT /api/jobs/{live_job}", body=CONTENT, **OWNER_ONLY),
    line("PATCH /api/jobs/{live_job}", body={"title": "Review of our black tea"}, **OWNER_ONLY),
    line("POST /api/jobs/{draft}/publish", **OWNER_ONLY),
    line("POST /api/jobs/{live_job}/pause", **OWNER_ONLY),
    line("POST /api/jobs/{paused_job}/unpause", **OWNER_ONLY),
    line("POST /api/jobs/{live_job}/duplicate", **(OWNER_ONLY | {"owner": 201})),
    line("POST /api/jobs/{rejected_job}/resubmit", **(OWNER_ONLY | {"moderator": 200})),
    line("GET /api/brand/jobs", brands=200, **BRAND_ONLY),
    line("GET /api/creator/jobs", brands=403, creators=200, staff=403),
    line("GET /api/admin/jobs", **MODERATOR_ONLY),
    line("GET /api/admin/jobs/{submitted_job}", **MODERATOR_ONLY),
    line("POST /api/admin/jobs/{submitted_job}/approve", body={"contentVersion": 1}, **MODERATOR_ONLY),
    line("POST /api/admin/jobs/{submitted_job}/reject", body={"contentVersion": 1, "reason": REASON}, **MODERATOR_ONLY),
    line("POST /api/admin/jobs/{live_job}/takedown", body={"reason": REASON}, **MODERATOR_ONLY),
]
