"""How two sides part, over HTTP: shapes, codes, and what each is shown first. What the verbs do is judged in tests/core/deals."""

from core.deals.models import CancellationProposal
from core.deals.services import propose_cancellation
from core.jobs.models import Job
from core.money.models import LedgerEntry
from tests.api.callers import MISSING, Caller
from tests.core.deals.traces import nothing_happens

ASKED = {"creatorShareCents": 100_000, "reason": "Our plans have changed."}


def test_a_proposal_is_made_seen_by_both_and_accepted(world):
    job = world.deal(price_quote=4_500)
    brand, creator = Caller(job.brand), Caller(job.active_creator)
    where = f"/api/jobs/{job.id}/cancellation"
    nothing_yet = creator.get(where).data

    made = brand.post(where, ASKED)
    proposal = made.data["proposal"]
    seen = [caller.get(where).data["proposal"] for caller in (brand, creator, Caller(world.moderator))]
    parted = creator.post(f"{where}/accept", {"proposalId": proposal["id"]})

    assert nothing_yet == {"proposal": None}
    assert made.status == 201
    assert seen == [proposal] * 3
    assert {name: proposal[name] for name in ("jobId", "status", "proposedBy", "creatorShareCents", "currency", "reason", "decidedAt")} == {
        "jobId": str(job.id),
        "status": "PENDING",
        "proposedBy": "BRAND",
        "creatorShareCents": 100_000,
        "currency": "RUB",
        "reason": "Our plans have changed.",
        "decidedAt": None,
    }
    (timer,) = proposal["timers"]
    assert (timer["kind"], timer["waitsFor"], timer["onExpiry"]) == ("ANSWER_CANCELLATION", "OTHER_PARTY", "EXPIRE_CANCELLATION")
    assert (parted.status, parted.data) == (200, {"refundedCents": 350_000, "creatorCents": 85_000, "currency": "RUB"})
    assert Job.objects.get(id=job.id).status == "CANCELED"
    after = brand.get(where).data["proposal"]
    assert (after["status"], after["timers"]) == ("ACCEPTED", [])


def test_both_sides_see_the_money_first(world):
    job = world.deal(price_quote=4_500)
    brand, creator = Caller(job.brand), Caller(job.active_creator)
    where = f"/api/jobs/{job.id}/cancellation"

    with nothing_happens(job):
        foreseen = brand.post(f"{where}?dryRun=true", ASKED)
    proposal = propose_cancellation(job.id, by=job.brand, creator_share_cents=100_000, reason="Enough.")
    with nothing_happens(job):
        shown = creator.post(f"{where}/accept?dryRun=true", {"proposalId": str(proposal.id)})

    assert (foreseen.status, shown.status) == (200, 200)
    assert foreseen.data["dryRun"] is True
    assert foreseen.data["postings"] == shown.data["postings"]
    assert [(posting["type"], posting["amountCents"]) for posting in shown.data["postings"]] == [
        ("COMMISSION_TAKEN", 15_000),
        ("ESCROW_RELEASED", 85_000),
        ("ESCROW_REFUNDED", 350_000),
    ]
    assert not LedgerEntry.objects.filter(job=job, from_account=job.escrow.account).exists()


def test_a_no_is_answered_with_the_proposal(world):
    job = world.deal()
    first = world.proposal(job=job)
    where = f"/api/jobs/{job.id}/cancellation"

    declined = Caller(job.active_creator).post(f"{where}/decline", {"proposalId": str(first.id)})
    second = world.proposal(job=job)
    withdrawn = Caller(job.brand).post(f"{where}/withdraw", {"proposalId": str(second.id)})

    assert (declined.data["proposal"]["status"], withdrawn.data["proposal"]["status"]) == ("DECLINED", "WITHDRAWN")
    assert declined.data["proposal"]["decidedAt"] is not None


def test_refusals_have_their_codes(world):
    job = world.deal()
    proposal = world.proposal(job=job)
    brand, creator = Caller(job.brand), Caller(job.active_creator)
    where = f"/api/jobs/{job.id}/cancellation"
    answer = {"proposalId": str(proposal.id)}

    with nothing_happens(job):
        refused = [
            brand.post(where, ASKED),
            brand.post(f"{where}/accept", answer),
            brand.post(f"{where}/decline", answer),
            creator.post(f"{where}/withdraw", answer),
            creator.post(f"{where}/accept", {"proposalId": MISSING}),
            creator.post(f"{where}/accept", {}),
            creator.post(where, {"creatorShareCents": -1, "reason": ""}),
        ]
    creator.post(f"{where}/decline", answer)
    too_late = creator.post(f"{where}/accept", answer)

    assert [(answer.status, answer.reason) for answer in refused] == [
        (409, "CANCELLATION_PENDING"),
        (409, "OWN_PROPOSAL"),
        (409, "OWN_PROPOSAL"),
        (403, None),
        (404, None),
        (400, None),
        (400, None),
    ]
    assert set(refused[-1].details["fieldErrors"]) == {"creatorShareCents", "reason"}
    assert (too_late.status, too_late.reason) == (409, "CANCELLATION_NOT_PENDING")


def test_a_repeated_acceptance_with_the_same_key_is_answered_once(world):
    job = world.deal()
    proposal = world.proposal(job=job, share=100_000)
    creator = Caller(job.active_creator)
    call = {"path": f"/api/jobs/{job.id}/cancellation/accept", "body": {"proposalId": str(proposal.id)}}

    first, again = (creator.call("POST", *call.values(), idempotency_key="accept-once") for _ in range(2))

    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_creator_gives_up_and_sees_the_money_first(world):
    job = world.reviewed_deal()
    creator = Caller(job.active_creator)

    with nothing_happens(job):
        shown = creator.post(f"/api/jobs/{job.id}/resign?dryRun=true", {"reason": "I have fallen ill."})
    done = creator.post(f"/api/jobs/{job.id}/resign", {"reason": "I have fallen ill."})
    again = creator.post(f"/api/jobs/{job.id}/resign", {"reason": "I have fallen ill."})

    assert [posting["type"] for posting in shown.data["postings"]] == ["ESCROW_REFUNDED"]
    assert (done.status, done.data) == (200, {"refundedCents": 450_000, "creatorCents": 0, "currency": "RUB"})
    assert (again.status, again.reason) == (409, "WRONG_STATE")


def test_what_is_over_stays_readable(world):
    job = world.deal()
    proposal = world.proposal(job=job)
    Caller(job.active_creator).post(f"/api/jobs/{job.id}/resign", {"reason": "I have fallen ill."})

    shown = Caller(job.brand).get(f"/api/jobs/{job.id}/cancellation").data["proposal"]

    assert (shown["id"], shown["status"]) == (str(proposal.id), "EXPIRED")
    assert CancellationProposal.objects.get(id=proposal.id).decided_by_id == job.active_creator_id
