"""Moderation over HTTP: the queue in its order, what is read, and decisions about exactly that."""

import pytest

from core.jobs.services import edit_job, pause_job
from tests.api.callers import Caller
from tests.core.jobs.traces import nothing_happens

REASON = "Say in the title what is to be filmed."


def queue(caller: Caller, status: str = "PENDING") -> list[dict]:
    """Every page of the queue, two rows at a time."""
    rows, cursor = [], ""
    while cursor is not None:
        data = caller.get(f"/api/admin/jobs?status={status}&limit=2" + (f"&cursor={cursor}" if cursor else "")).data
        rows += data["items"]
        cursor = data["nextCursor"]
    return rows


def test_the_queue_is_read_in_the_order_in_which_it_was_joined(world):
    first, changed, held, third = world.job(), world.live_job(), world.job(), world.job()
    edit_job(changed.id, by=changed.brand, content={"title": "Review of our black tea"})
    pause_job(held.id, by=held.brand)
    world.draft_job()
    world.live_job()

    rows = queue(Caller(world.moderator))

    assert [row["id"] for row in rows] == [str(job.id) for job in (first, third, changed)]
    assert Caller(world.moderator).get("/api/admin/jobs").data["items"] == rows


def test_a_row_is_the_whole_text_with_what_a_decision_needs(world):
    job = world.job(notes="Smile.")
    changed = world.live_job()
    edit_job(changed.id, by=changed.brand, content={"title": "Review of our black tea", "budget_max": 9_000})

    new, change = queue(Caller(world.moderator))

    assert (new["notes"], new["contentVersion"], new["changes"], new["awaitsModeration"]) == ("Smile.", 1, None, True)
    assert new["brand"]["companyName"] == job.brand.brand_profile.company_name
    assert (change["title"], change["contentVersion"]) == (changed.title, 2)
    assert change["changes"] == {
        "title": {"from": changed.title, "to": "Review of our black tea"},
        "budgetMax": {"from": 5_000, "to": 9_000},
    }
    assert "@" not in str([new, change])


def test_decisions_are_found_under_their_status_newest_first(world):
    first, second, rejected = world.live_job(), world.live_job(), world.rejected_job()
    world.job()
    caller = Caller(world.moderator)

    assert [row["id"] for row in queue(caller, "APPROVED")] == [str(second.id), str(first.id)]
    (row,) = queue(caller, "REJECTED")
    assert (row["id"], row["moderationReason"], row["moderator"]) == (
        str(rejected.id),
        rejected.moderation_reason,
        world.moderator.staff_name,
    )


def test_a_job_is_approved_as_it_was_read(world):
    job = world.job()
    caller = Caller(world.moderator)
    read = caller.get(f"/api/admin/jobs/{job.id}").data["job"]

    done = caller.post(f"/api/admin/jobs/{job.id}/approve", {"contentVersion": read["contentVersion"]}).data["job"]

    assert (done["moderationStatus"], done["awaitsModeration"]) == ("APPROVED", False)
    assert Caller().get(f"/api/jobs/{job.id}").status == 200


def test_a_text_that_changed_meanwhile_is_read_again(world):
    job = world.job()
    edit_job(job.id, by=job.brand, content={"title": "Buy my other product"})
    caller = Caller(world.moderator)

    with nothing_happens():
        answer = caller.post(f"/api/admin/jobs/{job.id}/approve", {"contentVersion": 1})

    assert (answer.status, answer.reason, answer.details["contentVersion"]) == (409, "CONTENT_CHANGED", 2)


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_what_is_decided_is_not_decided_again(world, command):
    job = world.rejected_job()
    caller = Caller(world.moderator)
    body = {"contentVersion": 1} | ({"reason": REASON} if command == "reject" else {})

    with nothing_happens():
        answer = caller.post(f"/api/admin/jobs/{job.id}/{command}", body)

    assert (answer.status, answer.reason) == (409, "STATUS_NOT_PENDING")


@pytest.mark.parametrize(
    ("command", "body", "field"),
    [
        ("approve", {}, "contentVersion"),
        ("approve", {"contentVersion": "1"}, "contentVersion"),
        ("approve", {"contentVersion": 0}, "contentVersion"),
        ("approve", {"contentVersion": 1, "reason": REASON}, "reason"),
        ("reject", {"contentVersion": 1}, "reason"),
        ("reject", {"contentVersion": 1, "reason": "No."}, "reason"),
        ("reject", {"contentVersion": 1, "reason": " " * 20}, "reason"),
        ("reject", {"contentVersion": 1, "reason": "x" * 1_001}, "reason"),
        ("takedown", {"reason": "No."}, "reason"),
    ],
)
def test_a_decision_is_whole_or_a_clear_400(world, command, body, field):
    job = world.job()
    caller = Caller(world.moderator)

    with nothing_happens():
        answer = caller.post(f"/api/admin/jobs/{job.id}/{command}", body)

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, [field])


def test_a_draft_is_private(world):
    job = world.draft_job()

    assert Caller(world.moderator).get(f"/api/admin/jobs/{job.id}").status == 404


def test_the_brand_reads_why_it_was_rejected(world):
    job = world.job()
    Caller(world.moderator).post(f"/api/admin/jobs/{job.id}/reject", {"contentVersion": 1, "reason": REASON})

    mine = Caller(job.brand).get(f"/api/jobs/{job.id}").data["job"]

    assert (mine["moderationStatus"], mine["moderationReason"]) == ("REJECTED", REASON)
