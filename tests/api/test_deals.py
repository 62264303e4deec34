"""Work, review and cancellation over HTTP: shapes and codes. What the verbs do is judged in tests/core/deals."""

import pytest

from core.jobs.models import Job
from core.money.models import LedgerEntry
from tests.api.callers import Caller
from tests.core.deals.traces import nothing_happens

FINAL = {"type": "FINAL_VIDEO", "url": "https://example.com/video.mp4"}
CHANGES = {"comment": "Show the package."}


def test_a_version_is_delivered_and_shown_to_both(world):
    job = world.deal()
    creator, brand = Caller(job.active_creator), Caller(job.brand)

    delivered = creator.post(f"/api/jobs/{job.id}/submissions", {"note": " Ready. ", "items": [FINAL]})

    assert delivered.status == 201
    assert set(delivered.data) == {"submissionId", "version"}
    assert delivered.data["version"] == 1
    for party in (creator, brand, Caller(world.moderator)):
        listed = party.get(f"/api/jobs/{job.id}/submissions").data
        (item,) = listed["items"]
        assert listed["nextCursor"] is None
        assert {name: item[name] for name in ("id", "version", "status", "note", "items", "reviewComment", "reviewedAt", "jobId")} == {
            "id": delivered.data["submissionId"],
            "version": 1,
            "status": "SUBMITTED",
            "note": "Ready.",
            "items": [FINAL],
            "reviewComment": "",
            "reviewedAt": None,
            "jobId": str(job.id),
        }
        one = party.get(f"/api/jobs/{job.id}/submissions/{item['id']}").data["submission"]
        assert one.keys() == item.keys()
        assert one | {"createdAt": None} == item | {"createdAt": None}


def test_versions_come_newest_first_page_by_page(world):
    job = world.deal()
    for _ in range(3):
        world.submission(job=job)
    brand = Caller(job.brand)

    first = brand.get(f"/api/jobs/{job.id}/submissions?limit=2").data
    second = brand.get(f"/api/jobs/{job.id}/submissions?limit=2&cursor={first['nextCursor']}").data

    assert [item["version"] for item in first["items"] + second["items"]] == [3, 2, 1]
    assert second["nextCursor"] is None


def test_files_come_in_the_order_they_were_given(world):
    job = world.deal()
    files = [FINAL, {"type": "OTHER", "url": "https://example.com/b"}, {"type": "OTHER", "url": "https://example.com/a"}]
    world.submission(job=job, items=files)

    assert Caller(job.brand).get(f"/api/jobs/{job.id}/submissions").data["items"][0]["items"] == files


def test_a_version_of_another_deal_is_not_found_here(world):
    ours = world.reviewed_deal()
    other = world.submission()

    answer = Caller(ours.brand).get(f"/api/jobs/{ours.id}/submissions/{other.id}")

    assert answer.status == 404


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "items"),
        ({"items": []}, "items"),
        ({"items": [FINAL] * 21}, "items"),
        ({"items": [{"type": "RAW_FILES", "url": "https://example.com/raw"}]}, "items"),
        ({"items": [{"type": "FILM", "url": "https://example.com/raw"}]}, "items.0.type"),
        ({"items": [{"type": "FINAL_VIDEO"}]}, "items.0.url"),
        ({"items": [FINAL | {"url": "javascript:alert(1)"}]}, "items.0.url"),
        ({"items": [FINAL | {"url": 5}]}, "items.0.url"),
        ({"items": [FINAL | {"size": 5}]}, "items.0.size"),
        ({"items": [FINAL], "note": "a" * 1_001}, "note"),
        ({"items": [FINAL], "version": 7}, "version"),
    ],
)
def test_a_delivery_that_cannot_be_names_its_faults(world, body, path):
    job = world.deal()

    with nothing_happens(job):
        answer = Caller(job.active_creator).post(f"/api/jobs/{job.id}/submissions", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert path in answer.details["fieldErrors"], answer.details


def test_an_unfunded_deal_takes_no_version_and_no_approval(world):
    job = world.deal(funded=False)

    for caller, path, body in (
        (Caller(job.active_creator), "submissions", {"items": [FINAL]}),
        (Caller(job.brand), "review/approve", None),
    ):
        with nothing_happens(job):
            answer = caller.post(f"/api/jobs/{job.id}/{path}", body)
        assert (answer.status, answer.code, answer.reason) == (409, "PAYMENTS_STATE_ERROR", "ESCROW_UNFUNDED")


def test_changes_are_asked_for_until_the_rounds_are_used_up(world):
    job = world.deal(job=world.live_job(revision_rounds=1))
    brand, path = Caller(job.brand), f"/api/jobs/{job.id}/review/request-changes"

    early = brand.post(path, CHANGES)
    world.submission(job=job)
    asked = brand.post(path, CHANGES)
    world.submission(job=job)
    late = brand.post(path, CHANGES)

    assert (early.status, early.code, early.reason) == (409, "CONFLICT", "NO_SUBMISSION")
    assert (asked.status, asked.data["status"]) == (200, "CHANGES_REQUESTED")
    assert asked.data["dueAt"]
    assert (late.status, late.code, late.details) == (409, "CONFLICT", {"code": "REVISIONS_EXHAUSTED", "rounds": 1})


@pytest.mark.parametrize("body", [{}, {"comment": ""}, {"comment": "   "}, {"comment": "a" * 1_001}, {"comment": 5}])
def test_a_request_without_words_is_refused(world, body):
    job = world.reviewed_deal()

    with nothing_happens(job):
        answer = Caller(job.brand).post(f"/api/jobs/{job.id}/review/request-changes", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == ["comment"]


def test_an_approval_says_what_was_paid_and_a_second_one_warns(world):
    job = world.reviewed_deal(price_quote=4_500)
    brand = Caller(job.brand)

    first = brand.post(f"/api/jobs/{job.id}/review/approve")
    with nothing_happens(job):
        second = brand.post(f"/api/jobs/{job.id}/review/approve", accept_language="en")

    assert first.data == {"releaseStatus": "released", "creatorCents": 382_500, "commissionCents": 67_500, "currency": "RUB"}
    assert second.data == {"releaseStatus": "already_released", "warning": "The work was already accepted. Nothing has changed."}
    assert LedgerEntry.objects.filter(job=job, type="ESCROW_RELEASED").count() == 1


def test_a_dry_approval_shows_the_money_and_changes_nothing(world):
    job = world.reviewed_deal(price_quote=4_500)

    with nothing_happens(job):
        shown = Caller(job.brand).post(f"/api/jobs/{job.id}/review/approve?dryRun=true").data

    assert shown["dryRun"] is True
    assert [
        (posting["type"], posting["source"]["kind"], posting["target"]["kind"], posting["amountCents"]) for posting in shown["postings"]
    ] == [
        ("COMMISSION_TAKEN", "ESCROW", "COMMISSION", 67_500),
        ("ESCROW_RELEASED", "ESCROW", "CREATOR", 382_500),
    ]
    escrow = next(balance for balance in shown["balances"] if balance["kind"] == "ESCROW")
    assert (escrow["beforeCents"], escrow["afterCents"]) == (450_000, 0)


def test_a_dry_run_is_refused_like_the_real_one(world):
    job = world.deal()

    with nothing_happens(job):
        answer = Caller(job.brand).post(f"/api/jobs/{job.id}/review/approve?dryRun=true")

    assert (answer.status, answer.reason) == (409, "NO_SUBMISSION")


def test_a_cancellation_says_what_was_returned_and_a_second_one_that_it_was_done(world):
    job = world.deal(price_quote=4_500)
    brand = Caller(job.brand)

    dry = brand.post(f"/api/jobs/{job.id}/cancel?dryRun=true", {"reason": "Sold out."})
    first = brand.post(f"/api/jobs/{job.id}/cancel", {"reason": "Sold out."})
    with nothing_happens(job):
        second = brand.post(f"/api/jobs/{job.id}/cancel")

    assert [posting["type"] for posting in dry.data["postings"]] == ["ESCROW_REFUNDED"]
    assert first.data == {"refunded": True, "refundedCents": 450_000, "currency": "RUB"}
    assert second.data == {"alreadyCanceled": True}
    assert Job.objects.get(id=job.id).cancel_reason == "Sold out."


def test_a_cancellation_without_money_needs_no_body(world):
    job = world.live_job()

    answer = Caller(job.brand).post(f"/api/jobs/{job.id}/cancel")

    assert answer.data == {"refunded": False, "refundedCents": 0, "currency": "RUB"}


def test_each_way_in_which_a_job_cannot_be_canceled_has_its_code(world):
    completed, in_review, sent_back = world.completed_deal(), world.reviewed_deal(), world.reviewed_deal()
    Caller(sent_back.brand).post(f"/api/jobs/{sent_back.id}/review/request-changes", CHANGES)

    codes = {}
    for job in (completed, in_review, sent_back):
        with nothing_happens(job):
            answer = Caller(job.brand).post(f"/api/jobs/{job.id}/cancel")
        codes[job.id] = (answer.status, answer.code, answer.reason)

    assert list(codes.values()) == [
        (409, "CONFLICT", "CANNOT_CANCEL_COMPLETED"),
        (409, "CONFLICT", "ONLY_ADMIN_CAN_CANCEL_ON_REVIEW"),
        (409, "CONFLICT", "ONLY_STAFF_CAN_CANCEL"),
    ]


@pytest.mark.parametrize("body", [{"reason": "a" * 501}, {"reason": None}, {"why": "Sold out."}])
def test_a_reason_that_cannot_be_is_refused(world, body):
    job = world.deal()

    with nothing_happens(job):
        answer = Caller(job.brand).post(f"/api/jobs/{job.id}/cancel", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")


def test_one_key_approves_once_and_gives_the_same_answer(world):
    job = world.reviewed_deal()
    brand = Caller(job.brand)

    first, second = (brand.post(f"/api/jobs/{job.id}/review/approve", idempotency_key="approve-once") for _ in range(2))

    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
