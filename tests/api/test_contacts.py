"""Blocks and reports over HTTP: shapes, codes, and what the other side sees."""

import pytest

from core.chat.models import Conversation
from core.people.models import ContactBlock, CreatorProfile
from core.reports.models import Report
from tests.api.callers import Caller

NOTE = {"note": "It names a private address."}


def test_a_person_is_kept_away_and_let_back(world):
    brand, creator = world.brand(), world.verified_creator()
    caller = Caller(brand)

    kept = caller.post("/api/blocks", {"personId": str(creator.id)})

    profile = CreatorProfile.objects.get(user=creator)
    assert kept.status == 201
    assert kept.data["block"]["person"] == {
        "id": str(creator.id),
        "profileId": str(profile.id),
        "name": profile.display_name,
        "role": "CREATOR",
    }
    again = caller.post("/api/blocks", {"personId": str(creator.id)})
    assert (again.status, again.data) == (200, kept.data)
    assert caller.get("/api/blocks").data["items"] == [kept.data["block"]]
    assert Caller(creator).get("/api/blocks").data["items"] == []
    assert caller.delete(f"/api/blocks/{kept.data['block']['id']}").data == {"unblocked": True}
    assert caller.get("/api/blocks").data["items"] == []


def test_the_other_side_sees_that_the_job_is_not_available_and_no_more(world):
    job, creator = world.live_job(), world.creator()
    Caller(job.brand).post("/api/blocks", {"personId": str(creator.id)})
    caller = Caller(creator)

    refused = caller.post(f"/api/jobs/{job.id}/apply", {"message": "I love tea."})

    assert (refused.status, refused.details["code"]) == (409, "JOB_NOT_AVAILABLE")
    assert "block" not in refused.content.decode().lower()
    assert caller.get(f"/api/jobs/{job.id}").status == 200
    assert caller.get("/api/notifications").data["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "VALIDATION_ERROR"),
        ({"personId": "me"}, 400, "VALIDATION_ERROR"),
        ({"personId": "0199f0c0-0000-7000-8000-00000000dead"}, 404, "NOT_FOUND"),
    ],
)
def test_whom_one_cannot_keep_away(world, body, status, code):
    refused = Caller(world.brand()).post("/api/blocks", body)

    assert (refused.status, refused.code) == (status, code)
    assert not ContactBlock.objects.exists()


def test_oneself_cannot_be_kept_away(world):
    brand = world.brand()

    refused = Caller(brand).post("/api/blocks", {"personId": str(brand.id)})

    assert (refused.status, refused.details["code"]) == (403, "NOT_YOURSELF")


def test_a_report_is_taken_once(world):
    job = world.deal()
    message = world.said(Conversation.objects.get(job=job), by=job.active_creator, body="Pay me elsewhere.")
    caller = Caller(job.brand)
    asked = {"subjectType": "MESSAGE", "subjectId": str(message.id), "reason": "OFF_PLATFORM", "text": "Wants money past you."}

    first, second = caller.post("/api/reports", asked), caller.post("/api/reports", asked | {"reason": "SPAM"})

    assert (first.status, second.status) == (201, 200)
    assert first.data == second.data
    assert first.data["report"] | {"id": "", "createdAt": ""} == asked | {"id": "", "createdAt": "", "status": "OPEN"}
    (item,) = Caller(world.moderator).get("/api/admin/reports").data["items"]
    assert (item["subjectText"], item["reporter"]["role"], item["reported"]["role"]) == ("Pay me elsewhere.", "BRAND", "CREATOR")
    assert "@" not in str(item)


def test_what_one_does_not_see_is_not_found(world):
    job = world.deal()
    message = world.said(Conversation.objects.get(job=job), by=job.brand)

    refused = Caller(world.brand()).post("/api/reports", {"subjectType": "MESSAGE", "subjectId": str(message.id), "reason": "SPAM"})

    assert refused.status == 404
    assert not Report.objects.exists()


def test_reports_are_throttled(world, settings):
    settings.THROTTLE_MULTIPLIER = 1
    job, caller = world.live_job(), Caller(world.brand())
    asked = {"subjectType": "JOB", "subjectId": str(job.id), "reason": "SPAM"}

    answers = [caller.post("/api/reports", asked).status for _ in range(21)]

    assert (answers[0], answers[-2], answers[-1]) == (201, 200, 429)


def test_moderators_decide_and_the_reporter_hears_of_it(world):
    report = world.report()
    moderator, reporter = Caller(world.moderator), Caller(report.reporter)

    decided = moderator.post(f"/api/admin/reports/{report.id}/uphold", NOTE | {"hide": True})

    shown = decided.data["report"]
    assert (decided.status, shown["status"], shown["note"], shown["decidedBy"]) == (200, "UPHELD", NOTE["note"], world.moderator.staff_name)
    told = reporter.get("/api/notifications").data["items"][0]
    assert (told["type"], told["href"]) == ("REPORT_UPHELD", "/dashboard/notifications")
    assert NOTE["note"] not in str(told)
    for way in ("uphold", "dismiss"):
        again = moderator.post(f"/api/admin/reports/{report.id}/{way}", NOTE)
        assert (again.status, again.details["code"]) == (409, "WRONG_STATE")


@pytest.mark.parametrize("body", [{}, {"note": " "}, {"note": "x" * 1_001}, {"note": "Well.", "hide": "yes please"}])
def test_a_decision_without_a_note_is_refused(world, body):
    report = world.report()

    refused = Caller(world.moderator).post(f"/api/admin/reports/{report.id}/uphold", body)

    assert (refused.status, refused.code) == (400, "VALIDATION_ERROR")
    assert Report.objects.get(id=report.id).status == "OPEN"


def test_only_a_review_can_be_hidden(world):
    report = world.report(subject=world.live_job())

    refused = Caller(world.moderator).post(f"/api/admin/reports/{report.id}/uphold", NOTE | {"hide": True})

    assert (refused.status, list(refused.details["fieldErrors"])) == (400, ["hide"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["review", "job"]),
        ("?status=OPEN&subjectType=JOB", ["job"]),
        ("?status=DISMISSED", ["old"]),
        ("?status=ALL", ["old", "review", "job"]),
        ("?status=UPHELD", []),
        ("?reason=FRAUD", ["job"]),
        ("?reporterId={reporter}", ["job"]),
        ("?reportedId={reported}&status=ALL", ["job"]),
    ],
)
def test_moderators_filter_the_queue(world, query, found):
    moderator = Caller(world.moderator)
    old = world.report(subject=world.live_job())
    moderator.post(f"/api/admin/reports/{old.id}/dismiss", NOTE)
    reports = {"old": old, "review": world.report(), "job": world.report(subject=world.live_job(), reason="FRAUD")}
    asked = query.format(reporter=reports["job"].reporter_id, reported=reports["job"].reported_id)

    items = moderator.get(f"/api/admin/reports{asked}").data["items"]

    names = {str(report.id): name for name, report in reports.items()}
    assert [names[item["id"]] for item in items if item["id"] in names] == found


@pytest.mark.parametrize("query", ["?status=BORED", "?reason=NONE", "?subjectType=PLANET", "?reporterId=1", "?color=red"])
def test_a_filter_that_is_not_known_is_refused(world, query):
    assert Caller(world.moderator).get(f"/api/admin/reports{query}").code == "VALIDATION_ERROR"
