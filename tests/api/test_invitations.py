"""Invitations over HTTP: what both sides see, and what an answer says."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from core.base import clock
from core.hiring.services import withdraw_application
from core.jobs import services as jobs
from core.people import services as people
from tests.api.callers import Answer, Caller
from tests.core.jobs.traces import nothing_happens


def invite(world: Any, job: Any, creator: Any, **said: Any) -> Answer:
    body = {"jobId": str(job.id), "creatorId": str(world.profile_id(creator))} | said
    return Caller(job.brand).post("/api/invitations", body)


def listed(user: Any, query: str = "") -> list[dict[str, Any]]:
    return Caller(user).get(f"/api/invitations?{query}".rstrip("?")).data["items"]


def test_an_invitation_is_made_and_shown_to_both_sides(world):
    job, creator = world.live_job(), world.verified_creator(languages=["ru"])

    answer = invite(world, job, creator, message=" Come! ")

    assert answer.status == 201
    sent = answer.data["invitation"]
    assert answer.data["invitationId"] == sent["id"]
    assert (sent["status"], sent["message"], sent["jobId"], sent["resentCount"]) == ("SENT", "Come!", str(job.id), 0)
    assert (sent["respondedAt"], sent["applicationId"], sent["conversationId"]) == (None, None, None)
    waited = datetime.fromisoformat(sent["dueAt"]) - datetime.fromisoformat(sent["sentAt"])
    assert waited == timedelta(days=7)
    assert (sent["job"]["title"], sent["job"]["isLive"]) == (job.title, True)
    assert sent["creator"]["profileId"] == str(world.profile_id(creator))
    assert (sent["creator"]["languages"], sent["creator"]["isVerified"]) == (["ru"], True)
    assert "brand" not in sent
    (row,) = listed(job.brand)
    assert sent == row | {name: sent[name] for name in ("timers", "actions")}

    (received,) = listed(creator)
    assert received["brand"]["companyName"] == job.brand.brand_profile.company_name
    assert "creator" not in received
    opened = Caller(creator).get(f"/api/invitations/{sent['id']}").data["invitation"]
    assert opened == received | {name: opened[name] for name in ("timers", "actions")}


def possible(user: Any, invitation: Any) -> dict[str, str | None]:
    """What this person may do with the invitation, and why not."""
    page = Caller(user).get(f"/api/invitations/{invitation.id}").data["invitation"]
    assert all(action["allowed"] is (action["reasonCode"] is None) for action in page["actions"])
    return {action["name"]: action["reasonCode"] for action in page["actions"]}


def test_an_open_invitation_says_whose_turn_it_is_and_until_when(world):
    invitation = world.invitation()

    page = Caller(invitation.creator).get(f"/api/invitations/{invitation.id}").data["invitation"]

    assert page["waitingOn"] == "CREATOR"
    (timer,) = page["timers"]
    assert (timer["kind"], timer["waitsFor"], timer["onExpiry"]) == ("ANSWER_INVITATION", "CREATOR", "EXPIRE_INVITATION")
    assert (timer["dueAt"], timer["pausedAt"]) == (page["dueAt"], None)
    assert timer["consequence"]
    Caller(invitation.creator).post(f"/api/invitations/{invitation.id}/decline")
    page = Caller(invitation.creator).get(f"/api/invitations/{invitation.id}").data["invitation"]
    assert (page["waitingOn"], page["timers"], page["dueAt"]) == (None, [], None)


def test_it_says_what_each_side_may_do_and_why_not(world):
    invitation = world.invitation()
    brand, creator = invitation.brand, invitation.creator

    assert possible(creator, invitation) == {"ACCEPT": None, "DECLINE": None}
    assert possible(brand, invitation) == {"WITHDRAW": None, "RESEND": "INVITED_TOO_RECENTLY"}
    with time_machine.travel(world.time_to_remind(invitation)):
        assert possible(brand, invitation) == {"WITHDRAW": None, "RESEND": None}
        people.update_brand_profile(by=brand, changes={"description": ""})
        assert possible(brand, invitation)["RESEND"] == "BRAND_PROFILE_INCOMPLETE"
        people.update_brand_profile(by=brand, changes={"description": "We sell tea."})
        jobs.pause_job(invitation.job_id, by=brand)
        assert possible(brand, invitation)["RESEND"] == "INVITE_ONLY_FOR_PUBLISHED"
        assert possible(creator, invitation) == {"ACCEPT": "JOB_NOT_AVAILABLE", "DECLINE": None}
        jobs.unpause_job(invitation.job_id, by=brand)
        application = world.application(job=invitation.job, creator=creator)
        assert possible(brand, invitation)["RESEND"] == "ALREADY_APPLIED"
        assert possible(creator, invitation)["ACCEPT"] is None
        withdraw_application(application.id, by=creator)
        people.update_creator_profile(by=creator, changes={"is_public": False, "bio": ""})
        assert possible(brand, invitation)["RESEND"] == "CREATOR_NOT_AVAILABLE"
        assert possible(creator, invitation) == {"ACCEPT": "PROFILE_INCOMPLETE", "DECLINE": None}
        world.accepted_job(job=invitation.job)
        assert possible(brand, invitation) == {"WITHDRAW": "ALREADY_HANDLED", "RESEND": "JOB_ALREADY_TAKEN"}
        assert possible(creator, invitation) == {"ACCEPT": "ALREADY_HANDLED", "DECLINE": "ALREADY_HANDLED"}


def test_nobody_learns_who_wants_to_hear_nothing(world):
    invitation = world.invitation()
    people.block_contact(invitation.creator_id, by=invitation.brand)

    assert possible(invitation.creator, invitation)["ACCEPT"] == "JOB_NOT_AVAILABLE"
    with time_machine.travel(world.time_to_remind(invitation)):
        assert possible(invitation.brand, invitation)["RESEND"] == "CREATOR_NOT_AVAILABLE"


def test_nobody_reads_an_address(world):
    invitation = world.invitation()

    shown = str(listed(invitation.brand)) + str(listed(invitation.creator))

    assert "@" not in shown


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"jobId": None}, "jobId"),
        ({"creatorId": "nobody"}, "creatorId"),
        ({"message": "x" * 1_001}, "message"),
        ({"message": 7}, "message"),
        ({"status": "ACCEPTED"}, "status"),
    ],
)
def test_a_bad_invitation_is_a_clear_400(world, change, field):
    job, creator = world.live_job(), world.verified_creator()

    with nothing_happens():
        answer = invite(world, job, creator, **change)

    assert (answer.status, answer.code, list(answer.details["fieldErrors"])) == (400, "VALIDATION_ERROR", [field])


def test_an_empty_invitation_is_refused_before_anything_else(world):
    answer = Caller(world.brand()).post("/api/invitations", {})

    assert (answer.status, set(answer.details["fieldErrors"])) == (400, {"jobId", "creatorId"})


def test_refusals_have_their_reasons(world):
    job, creator = world.live_job(), world.verified_creator()
    invite(world, job, creator)
    applied = world.application(job=job, creator=world.verified_creator())

    soon = invite(world, job, creator)
    assert (soon.status, soon.code, soon.reason) == (409, "CONFLICT", "INVITED_TOO_RECENTLY")
    assert 0 < soon.details["retryAfterSec"] <= 48 * 3_600
    assert datetime.fromisoformat(soon.details["retryAt"]) > clock.now()
    assert invite(world, job, world.creator()).reason == "CREATOR_NOT_AVAILABLE"
    assert invite(world, job, applied.creator).reason == "ALREADY_APPLIED"
    assert invite(world, world.paused_job(), creator).reason == "INVITE_ONLY_FOR_PUBLISHED"
    assert invite(world, world.accepted_job(), creator).reason == "JOB_ALREADY_TAKEN"
    unknown = Caller(job.brand).post("/api/invitations", {"jobId": str(job.id), "creatorId": str(creator.id)})
    assert (unknown.status, unknown.code) == (404, "NOT_FOUND"), "the account is not the profile"
    declined = world.declined_invitation()
    with time_machine.travel(declined.sent_at + timedelta(days=3)):
        again = invite(world, declined.job, declined.creator)
    assert (again.reason, again.details["status"]) == ("INVITATION_ANSWERED", "DECLINED")


def test_a_yes_names_the_application_and_the_conversation(world):
    invitation = world.invitation()

    answer = Caller(invitation.creator).post(f"/api/invitations/{invitation.id}/accept", {"message": "Gladly.", "priceQuote": 4200})

    assert answer.status == 200
    shown = answer.data["invitation"]
    assert (shown["status"], shown["dueAt"]) == ("ACCEPTED", None)
    assert shown["respondedAt"] is not None
    assert (shown["applicationId"], shown["conversationId"]) == (answer.data["applicationId"], answer.data["conversationId"])
    (application,) = Caller(invitation.brand).get(f"/api/jobs/{invitation.job_id}/applications").data["items"]
    assert (application["id"], application["source"]) == (answer.data["applicationId"], "INVITATION")
    assert (application["message"], application["priceQuote"]) == ("Gladly.", 4_200)
    twice = Caller(invitation.creator).post(f"/api/invitations/{invitation.id}/accept")
    assert (twice.status, twice.reason, twice.details["status"]) == (409, "ALREADY_HANDLED", "ACCEPTED")


def test_a_yes_needs_no_words(world):
    first, second = world.invitation(), world.invitation()

    assert Caller(first.creator).post(f"/api/invitations/{first.id}/accept").status == 200
    assert Caller(second.creator).post(f"/api/invitations/{second.id}/accept", {}).status == 200


def test_a_no_and_a_step_back(world):
    declined, withdrawn = world.invitation(), world.invitation()

    no = Caller(declined.creator).post(f"/api/invitations/{declined.id}/decline")
    back = Caller(withdrawn.brand).post(f"/api/invitations/{withdrawn.id}/withdraw")

    assert (no.data["declined"], no.data["invitation"]["status"]) == (True, "DECLINED")
    assert (back.data["invitation"]["status"], back.data["invitation"]["respondedAt"]) == ("CANCELED", None)
    late = Caller(withdrawn.creator).post(f"/api/invitations/{withdrawn.id}/decline")
    assert (late.reason, late.details["status"]) == ("ALREADY_HANDLED", "CANCELED")


def test_an_invitation_sent_again_stands_first(world):
    brand, creator = world.brand(), world.verified_creator()
    with time_machine.travel(clock.now() - timedelta(days=3)):
        old = world.invitation(job=world.live_job(brand=brand), creator=creator)
    new = world.invitation(job=world.live_job(brand=brand), creator=creator)
    assert [row["id"] for row in listed(creator)] == [str(new.id), str(old.id)]

    answer = Caller(brand).post(f"/api/invitations/{old.id}/resend")

    assert (answer.status, answer.data["invitation"]["resentCount"], answer.data["invitation"]["message"]) == (200, 1, old.message)
    assert [row["id"] for row in listed(creator)] == [str(old.id), str(new.id)]
    soon = Caller(brand).post(f"/api/invitations/{old.id}/resend")
    assert (soon.status, soon.reason) == (409, "INVITED_TOO_RECENTLY")


def test_both_sides_narrow_their_lists(world):
    brand, creator = world.brand(), world.verified_creator()
    job = world.live_job(brand=brand)
    sent = world.invitation(job=job, creator=creator)
    declined = world.declined_invitation(job=world.live_job(brand=brand), creator=creator)

    assert [row["id"] for row in listed(brand, "status=DECLINED")] == [str(declined.id)]
    assert [row["id"] for row in listed(creator, "status=SENT")] == [str(sent.id)]
    assert [row["id"] for row in listed(brand, f"jobId={job.id}")] == [str(sent.id)]
    assert listed(brand, f"jobId={uuid4()}") == []
    for wrong in ("status=OPEN", "jobId=x", "creatorId=1"):
        assert Caller(brand).get(f"/api/invitations?{wrong}").status == 400


def test_strangers_see_no_invitation(world):
    invitation = world.invitation()

    for stranger in (world.brand(), world.verified_creator()):
        assert listed(stranger) == []
        assert Caller(stranger).get(f"/api/invitations/{invitation.id}").status == 404


def test_the_invited_open_a_job_on_hold_and_others_do_not(world):
    invitation = world.invitation()
    Caller(invitation.brand).post(f"/api/jobs/{invitation.job_id}/pause")

    assert Caller(invitation.creator).get(f"/api/jobs/{invitation.job_id}").status == 200
    assert Caller(world.verified_creator()).get(f"/api/jobs/{invitation.job_id}").status == 404
    Caller(invitation.creator).post(f"/api/invitations/{invitation.id}/decline")
    assert Caller(invitation.creator).get(f"/api/jobs/{invitation.job_id}").status == 404


def test_a_brand_does_not_invite_all_the_world_at_once(world, settings):
    settings.THROTTLE_MULTIPLIER = 1
    job = world.live_job()
    caller = Caller(job.brand)

    answers = [caller.post("/api/invitations", {"jobId": str(job.id), "creatorId": str(uuid4())}).status for _ in range(11)]

    assert answers == [404] * 10 + [429]
