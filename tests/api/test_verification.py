"""Verification over HTTP: the code, the request, the queue, the decision."""

import pytest

from core.people import services as people
from core.people.models import CreatorProfile
from tests.api.callers import Caller

ACCOUNT = {"accountUrl": "https://www.tiktok.com/@anna"}
REASON = {"reason": "The code does not stand in the bio."}


def profile_id(user) -> str:
    return str(CreatorProfile.objects.get(user=user).id)


def test_from_the_code_to_the_badge(world):
    creator = Caller(world.creator(display_name="Anna"))
    moderator = Caller(world.moderator)

    code = creator.post("/api/creator/verification/generate").data
    assert (creator.post("/api/creator/verification/generate").data, code["status"]) == (code, "UNVERIFIED")
    submitted = creator.post("/api/creator/verification/submit", ACCOUNT).data
    (waiting,) = moderator.get("/api/admin/creators").data["items"]
    verified = moderator.post(f"/api/admin/creators/{waiting['profileId']}/verify").data["verification"]

    assert submitted["status"] == "PENDING"
    assert (waiting["code"], waiting["accountUrl"], waiting["displayName"]) == (code["code"], ACCOUNT["accountUrl"], "Anna")
    assert (len(waiting["portfolio"]), waiting["earlierAttempts"], waiting["reviewedBy"]) == (1, 0, None)
    assert creator.user.email not in str(waiting)
    assert verified["status"] == "VERIFIED"
    own = creator.get("/api/creator/verification").data
    assert (own["status"], own["verifiedAt"] is not None, [one["status"] for one in own["history"]]) == ("VERIFIED", True, ["VERIFIED"])


def test_the_other_door_of_the_original_asks_the_same(world):
    creator = Caller(world.creator())
    creator.post("/api/creator/verification/generate")

    assert creator.post("/api/creator/verification/request", ACCOUNT).data["status"] == "PENDING"


def test_who_has_waited_longest_comes_first(world):
    creators = [world.waiting_creator() for _ in range(3)]
    moderator = Caller(world.moderator)

    first = moderator.get("/api/admin/creators?limit=2").data
    second = moderator.get(f"/api/admin/creators?limit=2&cursor={first['nextCursor']}").data

    assert [item["profileId"] for item in first["items"] + second["items"]] == [profile_id(creator) for creator in creators]


@pytest.mark.parametrize(("status", "count"), [("PENDING", 1), ("VERIFIED", 1), ("REJECTED", 1), ("REVOKED", 0)])
def test_each_state_is_a_list(world, status, count):
    world.waiting_creator()
    world.verified_creator()
    people.reject_creator(profile_id(world.waiting_creator()), by=world.moderator, **REASON)

    items = Caller(world.moderator).get(f"/api/admin/creators?status={status}").data["items"]

    assert [item["status"] for item in items] == [status] * count
    assert all(item["reviewedBy"] == world.moderator.staff_name for item in items if status != "PENDING")


@pytest.mark.parametrize("query", ["status=ISSUED", "status=nothing", "q=anna"])
def test_what_the_queue_does_not_know_is_refused(world, query):
    assert Caller(world.moderator).get(f"/api/admin/creators?{query}").status == 400


def test_a_refused_creator_reads_why(world):
    creator = world.waiting_creator()

    Caller(world.moderator).post(f"/api/admin/creators/{profile_id(creator)}/reject", {"reason": f"  {REASON['reason']} "})

    (attempt,) = Caller(creator).get("/api/creator/verification").data["history"]
    assert (attempt["status"], attempt["reason"]) == ("REJECTED", REASON["reason"])
    (notice,) = Caller(creator).get("/api/notifications").data["items"]
    assert REASON["reason"] in notice["body"]


@pytest.mark.parametrize("reason", [None, "", "too short", " " * 30, "a" * 1_001, 5])
def test_a_reason_has_ten_to_a_thousand_characters(world, reason):
    creator = world.waiting_creator()

    answer = Caller(world.moderator).post(f"/api/admin/creators/{profile_id(creator)}/reject", {"reason": reason})

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, ["reason"])
    assert CreatorProfile.objects.get(user=creator).verification_status == "PENDING"


def test_every_refusal_has_its_reason(world):
    fresh, waiting, verified = world.creator(), world.waiting_creator(), world.verified_creator()
    moderator = Caller(world.moderator)

    refused = {
        "NO_VERIFICATION_CODE": Caller(fresh).post("/api/creator/verification/submit", ACCOUNT),
        "VERIFICATION_PENDING": Caller(waiting).post("/api/creator/verification/submit", ACCOUNT),
        "ALREADY_VERIFIED": Caller(verified).post("/api/creator/verification/generate"),
        "STATUS_NOT_PENDING": moderator.post(f"/api/admin/creators/{profile_id(verified)}/verify"),
        "STATUS_NOT_VERIFIED": moderator.post(f"/api/admin/creators/{profile_id(fresh)}/revoke", REASON),
    }

    assert {reason: (answer.status, answer.code, answer.reason) for reason, answer in refused.items()} == {
        reason: (409, "CONFLICT", reason) for reason in refused
    }


def test_an_incomplete_profile_is_told_what_it_lacks(world):
    creator = world.creator()
    people.issue_verification_code(by=creator)
    people.update_creator_profile(by=creator, changes={"bio": ""})

    answer = Caller(creator).post("/api/creator/verification/submit", ACCOUNT)

    assert (answer.status, answer.reason, answer.details["completeProfile"]) == (409, "PROFILE_INCOMPLETE", True)
    assert answer.details["profileUrl"] == "/dashboard/profile"
    assert [entry["key"] for entry in answer.details["missing"]] == ["bio"]
