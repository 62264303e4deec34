"""Disputes over the API: their parties, and the staff who decide them."""

import pytest

from core.disputes.services import add_message, ask_for_information, resolve_dispute
from tests.api.callers import Caller

NOTE = "We compared the brief with what was delivered."


@pytest.fixture
def case(world):
    """An answered dispute of a brand about a delivered version."""
    return world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))


@pytest.fixture
def brand(case):
    return Caller(case.opened_by)


@pytest.fixture
def creator(case):
    return Caller(case.respondent)


@pytest.fixture
def moderator(world):
    return Caller(world.moderator)


def allowed(dispute):
    """What the reader may do now, and why not the rest."""
    return {action["name"]: action["reasonCode"] for action in dispute["actions"]}


def test_a_dispute_is_opened_and_a_retry_gives_it_back(world):
    job = world.reviewed_deal()
    brand, where = Caller(job.brand), f"/api/jobs/{job.id}/dispute/open"

    first = brand.post(where, {"reason": "QUALITY", "message": "No sound."})
    again = brand.post(where, {"reason": "OTHER"})
    other = Caller(job.active_creator).post(where, {"reason": "OTHER"})

    assert (first.status, again.status, other.status) == (201, 200, 409)
    assert again.data == {"disputeId": first.data["disputeId"], "alreadyOpen": True}
    assert (other.code, other.reason) == ("CONFLICT", "DISPUTE_OPEN")


@pytest.mark.parametrize(
    ("body", "field"), [({}, "reason"), ({"reason": "RUDE"}, "reason"), ({"reason": "OTHER", "statement": "Hm."}, "statement")]
)
def test_a_body_that_says_something_else_is_refused(world, body, field):
    job = world.deal()

    answer = Caller(job.brand).post(f"/api/jobs/{job.id}/dispute/open", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert field in answer.details["fieldErrors"]


def test_a_party_sees_the_whole_case(case, brand):
    dispute = brand.get(f"/api/disputes/{case.id}").data["dispute"]

    assert (dispute["status"], dispute["waitingOn"], dispute["frozenCents"], dispute["onSilence"]) == ("OPEN", "STAFF", 450_000, "REFUND")
    assert [timer["kind"] for timer in dispute["timers"]] == ["DECIDE_DISPUTE"]
    assert dispute["timers"][0]["consequence"]
    assert (dispute["resolution"], dispute["appeal"], dispute["requests"]) == (None, None, [])
    assert allowed(dispute) == {"ADD_MESSAGE": None, "WITHDRAW": None, "PROPOSE_SETTLEMENT": None, "APPEAL": "NOT_APPEALABLE"}
    assert not {"assigneeId", "decidedById", "proposed"} & dispute.keys()


def test_staff_see_who_works_on_it_and_what_waits(world, moderator):
    case = world.proposed_decision()

    dispute = moderator.get(f"/api/disputes/{case.id}").data["dispute"]
    second = Caller(world.approver).get(f"/api/disputes/{case.id}").data["dispute"]

    assert (dispute["proposed"]["resolution"], dispute["proposed"]["decidedById"]) == ("REFUND", str(world.moderator.id))
    assert (allowed(dispute)["RESOLVE"], allowed(dispute)["CONFIRM"]) == ("DECISION_WAITING", "SECOND_PERSON_REQUIRED")
    assert allowed(second) == {"CONFIRM": None, "SEND_BACK": None}


@pytest.mark.parametrize(
    ("make", "waiting_on"),
    [
        (lambda world: world.dispute(), "CREATOR"),
        (lambda world: world.dispute(by_creator=True), "BRAND"),
        (lambda world: world.answered_dispute(), "STAFF"),
        (lambda world: world.information_request(party="BRAND").dispute, "BRAND"),
        (lambda world: world.settlement().dispute, "CREATOR"),
        (lambda world: world.settlement(by=world.moderator).dispute, "BOTH"),
        (lambda world: world.proposed_decision(), "STAFF"),
        (lambda world: world.resolved_dispute(), None),
        (lambda world: world.withdrawn_dispute(), None),
        (lambda world: world.appeal().dispute, "STAFF"),
    ],
)
def test_each_case_says_whose_turn_it_is(world, moderator, make, waiting_on):
    dispute = make(world)

    page = moderator.get(f"/api/disputes/{dispute.id}").data["dispute"]
    listed = moderator.get(f"/api/admin/disputes?jobId={dispute.job_id}").data["items"]

    assert page["waitingOn"] == waiting_on
    assert [row["waitingOn"] for row in listed] == [waiting_on]
    if waiting_on:
        found = moderator.get(f"/api/admin/disputes?waitingOn={waiting_on}&jobId={dispute.job_id}").data["items"]
        assert [row["id"] for row in found] == [str(dispute.id)]


def test_lists_show_ones_own_and_staff_all(world, case, brand, moderator):
    other = world.dispute()

    own = brand.get("/api/disputes").data["items"]
    queue = moderator.get("/api/admin/disputes").data["items"]

    assert [row["id"] for row in own] == [str(case.id)]
    assert (own[0]["jobTitle"], own[0]["openerRole"], own[0]["frozenCents"]) == (case.job.title, "BRAND", 450_000)
    assert "assigneeId" not in own[0]
    assert [row["id"] for row in queue if row["id"] in {str(case.id), str(other.id)}] == [str(case.id), str(other.id)]
    assert queue[0].keys() >= {"assigneeId", "openedById", "respondentId"}


def test_a_list_is_narrowed_by_its_filters(world, case, moderator):
    world.reviewed_dispute(reason="DEADLINE")
    mine = f"/api/admin/disputes?assigneeId={world.moderator.id}"

    assert [row["reason"] for row in moderator.get(mine).data["items"]] == ["DEADLINE"]
    assert [row["reason"] for row in moderator.get(f"{mine}&status=OPEN").data["items"]] == []
    assert [row["reason"] for row in moderator.get(f"{mine}&reason=DEADLINE&currency=RUB").data["items"]] == ["DEADLINE"]
    assert moderator.get("/api/admin/disputes?color=red").status == 400
    assert moderator.get("/api/admin/disputes?status=LOST").status == 400
    assert Caller(case.opened_by).get(f"/api/disputes?assigneeId={world.moderator.id}").data["items"] == []


def test_pages_of_a_thread_follow_each_other_oldest_first(case, brand):
    for number in range(5):
        add_message(case.id, by=case.opened_by, kind="MESSAGE", text=f"Number {number}.")

    seen, cursor = [], ""
    while cursor is not None:
        page = brand.get(f"/api/disputes/{case.id}/messages?limit=2{cursor and '&cursor=' + cursor}").data
        seen += [message["text"] for message in page["items"]]
        cursor = page["nextCursor"]

    assert seen == ["I see it otherwise.", *(f"Number {number}." for number in range(5))]


def test_evidence_and_answers_are_shown_for_what_they_are(world, case, brand, creator):
    asked = ask_for_information(case.id, by=world.moderator, party="CREATOR", wants="EVIDENCE", question="Where is the footage?")
    shown = creator.post(f"/api/disputes/{case.id}/messages", {"kind": "EVIDENCE_LINK", "links": ["https://yadi.sk/i/1"]})

    message = brand.get(f"/api/disputes/{case.id}/messages").data["items"][-1]
    request = brand.get(f"/api/disputes/{case.id}").data["dispute"]["requests"][0]

    assert shown.status == 201
    assert (message["id"], message["authorRole"], message["isLate"]) == (shown.data["messageId"], "CREATOR", False)
    assert message["links"] == [{"url": "https://yadi.sk/i/1", "host": "yadi.sk"}]
    assert message["answersRequestId"] == str(asked.id)
    assert (request["party"], request["wants"], request["status"]) == ("CREATOR", "EVIDENCE", "ANSWERED")


def test_internal_notes_stay_with_staff(case, brand, creator, moderator):
    where = f"/api/disputes/{case.id}/messages"
    moderator.post(where, {"kind": "INTERNAL_NOTE", "text": "He has done this before."})
    moderator.post(where, {"kind": "ADMIN_NOTE", "text": "We are looking at it."})

    kinds = {name: [row["kind"] for row in caller.get(where).data["items"]] for name, caller in (("b", brand), ("c", creator))}

    assert kinds == {"b": ["MESSAGE", "ADMIN_NOTE"], "c": ["MESSAGE", "ADMIN_NOTE"]}
    assert [row["kind"] for row in moderator.get(where).data["items"]] == ["MESSAGE", "INTERNAL_NOTE", "ADMIN_NOTE"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "EVIDENCE_LINK", "links": ["javascript:alert(1)"]}, "links.0"),
        ({"kind": "EVIDENCE_LINK", "links": ["https://elsewhere.example/1"]}, "links.0"),
        ({"kind": "MESSAGE", "text": "   "}, "text"),
        ({"kind": "MESSAGE", "body": "Hello."}, "body"),
    ],
)
def test_what_cannot_be_said_is_named(case, creator, body, field):
    answer = creator.post(f"/api/disputes/{case.id}/messages", body)

    assert answer.status == 400
    assert field in answer.details["fieldErrors"]


def test_a_note_of_staff_is_refused_before_the_dispute_is_looked_for(brand):
    answer = brand.post("/api/disputes/0199f0c0-0000-7000-8000-00000000dead/messages", {"kind": "ADMIN_NOTE", "text": "Hello."})

    assert (answer.status, answer.code) == (403, "FORBIDDEN")


def test_a_closed_thread_is_read_only(world):
    case = world.withdrawn_dispute()

    answer = Caller(case.opened_by).post(f"/api/disputes/{case.id}/messages", {"kind": "MESSAGE", "text": "One more word."})

    assert (answer.status, answer.reason) == (409, "STATUS_NOT_OPEN")


def test_the_parties_settle(case, brand, creator):
    where = f"/api/disputes/{case.id}/settlements"

    proposal = brand.post(where, {"creatorShareCents": 100_000, "note": "Half of a half."}).data["settlement"]
    seen = creator.post(f"{where}/{proposal['id']}/accept?dryRun=true").data
    accepted = creator.post(f"{where}/{proposal['id']}/accept").data["settlement"]

    assert (proposal["status"], proposal["proposerRole"], proposal["creatorAcceptedAt"]) == ("PENDING", "BRAND", None)
    assert [posting["amountCents"] for posting in seen["postings"]] == [15_000, 85_000, 350_000]
    assert accepted["status"] == "ACCEPTED"
    dispute = brand.get(f"/api/disputes/{case.id}").data["dispute"]
    assert (dispute["status"], dispute["resolution"], dispute["resolvedThrough"]) == ("RESOLVED", "SPLIT", "SETTLEMENT")
    assert [row["status"] for row in brand.get(where).data["items"]] == ["ACCEPTED"]


def test_a_settlement_is_declined_or_taken_back(case, brand, creator):
    where = f"/api/disputes/{case.id}/settlements"
    first = brand.post(where, {"creatorShareCents": 0}).data["settlement"]["id"]
    declined = creator.post(f"{where}/{first}/decline").data["settlement"]
    second = brand.post(where, {"creatorShareCents": 1}).data["settlement"]["id"]
    withdrawn = brand.post(f"{where}/{second}/withdraw").data["settlement"]

    late = creator.post(f"{where}/{second}/accept")

    assert (declined["status"], withdrawn["status"]) == ("DECLINED", "WITHDRAWN")
    assert (late.status, late.reason) == (409, "SETTLEMENT_NOT_PENDING")


def test_an_opener_takes_the_dispute_back(case, brand, creator):
    refused = creator.post(f"/api/disputes/{case.id}/withdraw")
    done = brand.post(f"/api/disputes/{case.id}/withdraw")

    assert (refused.status, done.data) == (403, {"status": "WITHDRAWN"})


def test_every_action_that_is_offered_is_what_the_verb_would_say(world):
    """Walk through the states of a case; what is said to be allowed has to be, and the reasons are the refusals'."""
    case = world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))
    brand, moderator = Caller(case.opened_by), Caller(world.moderator)
    calls = {
        "ADD_MESSAGE": (brand, f"/api/disputes/{case.id}/messages", {"kind": "MESSAGE", "text": "Once more."}),
        "APPEAL": (brand, f"/api/disputes/{case.id}/appeal", {"text": "Look again."}),
        "WITHDRAW": (brand, f"/api/disputes/{case.id}/withdraw", None),
        "RESOLVE": (moderator, f"/api/admin/disputes/{case.id}/resolve", {"note": NOTE, "resolution": "RELEASE"}),
        "ASSIGN": (moderator, f"/api/admin/disputes/{case.id}/assign", {}),
        "CONFIRM": (moderator, f"/api/admin/disputes/{case.id}/confirm", None),
        "DECIDE_APPEAL": (moderator, f"/api/admin/disputes/{case.id}/appeal/decide", {"outcome": "UPHELD", "note": NOTE}),
    }
    resolve_dispute(case.id, by=world.moderator, resolution="REFUND", note=NOTE)

    offered = allowed(brand.get(f"/api/disputes/{case.id}").data["dispute"])
    offered |= allowed(moderator.get(f"/api/disputes/{case.id}").data["dispute"])
    said = {name: caller.post(where, body) for name, (caller, where, body) in calls.items()}

    assert {name: answer.reason if answer.status >= 400 else None for name, answer in said.items()} == {
        name: None if name == "DECIDE_APPEAL" else offered[name] for name in said
    } | {"DECIDE_APPEAL": "OWN_DECISION"}
    assert offered["DECIDE_APPEAL"] == "NO_APPEAL"
