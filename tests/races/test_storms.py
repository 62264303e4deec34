"""Thirty-two clients that call each money verb five times over the whole HTTP stack: with one key, and with a key for each call.

With one key there is one answer, 159 times repeated byte for byte. With 160 keys the ledger's references and the states take
over: one movement, and everybody else learns the same.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, connections

from core.jobs.models import Job
from core.money.adjustments.models import Adjustment
from core.money.selectors import ledger_faults
from core.rules.limits import ADJUSTMENT_PER_DAY, limit
from tests.api.callers import Answer, Caller, token_for
from tests.races.adjusting import draft, rich
from tests.races.cast import SMALL, cast
from tests.races.disputing import answered
from tests.races.harness import traces
from tests.world import unique

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("committed")]

THREADS, CALLS = 32, 5
PATIENCE_SECONDS = 30
OWN_BRAND = "the row's brand"
WRONG_PAYOUT, WRONG_TOP_UP, WRONG_ADJUSTMENT = {"PAYOUT_WRONG_STATE"}, {"TOPUP_WRONG_STATE"}, {"ADJUSTMENT_WRONG_STATE"}


@dataclass(frozen=True)
class Verb:
    """One call, what it is made on, who makes it, and what those learn who come after the first.

    `by` is one of the cast, or the brand of the row itself. `moves` is how many entries one call makes.
    """

    prepare: Callable[[], Any]
    path: str
    by: str
    body: Callable[[Any], dict[str, Any] | None] = lambda row: None
    losers: frozenset[str] = frozenset()
    moves: int = 1
    keys_are_facts: bool = True


def reason(row: Any) -> dict[str, str]:
    return {"reason": "The account is closed."}


def unfunded() -> Job:
    """The deal of a brand whose wallet is empty: funding tops it up."""
    return cast().world.accepted_job()


def reviewed() -> Job:
    job = cast().deal()
    cast().world.submission(job=job)
    return job


def payout_body(row: Any) -> dict[str, Any]:
    return {"amountCents": SMALL, "currency": "RUB", "payoutMethodId": str(row.id)}


def shares(row: Any) -> dict[str, Any]:
    return {"resolution": "SPLIT", "creatorShareCents": 100_000, "note": "We compared the brief with what was delivered."}


def present(row: Any) -> dict[str, Any]:
    return {"userId": str(row.id), "amountCents": SMALL, "currency": "RUB", "category": "GOODWILL", "reason": "A present."}


VERBS = {
    "fund": Verb(unfunded, "/api/escrow/{id}/fund", OWN_BRAND, moves=2),
    "approve": Verb(reviewed, "/api/jobs/{id}/review/approve", "brand", moves=2),
    "cancel": Verb(lambda: cast().deal(), "/api/jobs/{id}/cancel", "brand", lambda row: {"reason": "No more tea."}),
    "payout request": Verb(lambda: cast().destination(), "/api/payouts/request", "earner", payout_body, frozenset({"PAYOUT_PENDING"})),
    "payout cancel": Verb(lambda: cast().payout(), "/api/payouts/{id}/cancel", "earner", losers=frozenset(WRONG_PAYOUT)),
    "payout approve": Verb(lambda: cast().payout(), "/api/admin/payouts/{id}/approve", "finance", losers=frozenset(WRONG_PAYOUT), moves=0),
    "payout reject": Verb(lambda: cast().payout(), "/api/admin/payouts/{id}/reject", "finance", reason, frozenset(WRONG_PAYOUT)),
    "payout sent": Verb(
        lambda: cast().payout(status="APPROVED"), "/api/admin/payouts/{id}/send", "finance", losers=frozenset(WRONG_PAYOUT), moves=0
    ),
    "payout paid": Verb(
        lambda: cast().payout(status="SENT"),
        "/api/admin/payouts/{id}/paid",
        "finance",
        lambda row: {"bankReference": f"document-{row.id}"},
        frozenset(WRONG_PAYOUT),
    ),
    "payout failed": Verb(
        lambda: cast().payout(status="SENT"), "/api/admin/payouts/{id}/failed", "finance", reason, frozenset(WRONG_PAYOUT)
    ),
    "payout returned": Verb(
        lambda: cast().payout(status="PAID"), "/api/admin/payouts/{id}/returned", "finance", reason, frozenset(WRONG_PAYOUT)
    ),
    "top-up request": Verb(
        lambda: None, "/api/wallet/topups", "brand", lambda row: {"amountCents": 700, "currency": "RUB"}, keys_are_facts=False
    ),
    "top-up confirm": Verb(
        lambda: cast().top_up(),
        "/api/admin/topups/{id}/confirm",
        "finance",
        lambda row: {"bankReference": f"transfer-{row.number}"},
        frozenset(WRONG_TOP_UP),
    ),
    "split": Verb(answered, "/api/admin/disputes/{id}/resolve", "moderator", shares, moves=3),
    "adjustment draft": Verb(rich, "/api/admin/finance/adjust", "finance", present, moves=0, keys_are_facts=False),
    "adjustment approve": Verb(draft, "/api/admin/adjustments/{id}/approve", "approver", losers=frozenset(WRONG_ADJUSTMENT)),
    "clawback approve": Verb(lambda: draft(-SMALL), "/api/admin/adjustments/{id}/approve", "approver", losers=frozenset(WRONG_ADJUSTMENT)),
    "adjustment reject": Verb(draft, "/api/admin/adjustments/{id}/reject", "approver", reason, losers=frozenset(WRONG_ADJUSTMENT), moves=0),
    "adjustment cancel": Verb(draft, "/api/admin/adjustments/{id}/cancel", "finance", losers=frozenset(WRONG_ADJUSTMENT), moves=0),
    "top-up reject": Verb(lambda: cast().top_up(), "/api/admin/topups/{id}/reject", "finance", reason, frozenset(WRONG_TOP_UP), moves=0),
}


@dataclass
class Storm:
    """All calls of all clients, and what they got."""

    verb: Verb

    def __post_init__(self) -> None:
        self.row = self.verb.prepare()
        self.path = self.verb.path.format(id=getattr(self.row, "id", None))
        self.body = self.verb.body(self.row)
        self.token = token_for(self.row.brand if self.verb.by == OWN_BRAND else getattr(cast(), self.verb.by))
        self.in_flight: list[Answer] = []
        self.before = traces()

    def blow(self, key: Callable[[int], str]) -> list[Answer]:
        """The final answer to each of the 160 calls, sent at once by 32 clients."""
        start = threading.Barrier(THREADS, timeout=PATIENCE_SECONDS)

        def client(number: int) -> list[Answer]:
            try:
                connection.ensure_connection()
                caller = Caller(token=self.token)
                start.wait()
                return [self.insist(caller, key(number * CALLS + call)) for call in range(CALLS)]
            finally:
                connections.close_all()

        with ThreadPoolExecutor(THREADS) as pool:
            return [answer for answers in pool.map(client, range(THREADS)) for answer in answers]

    def insist(self, caller: Caller, key: str) -> Answer:
        """The answer, asked for again while a twin is at work."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = caller.post(self.path, self.body, idempotency_key=key)
            if answer.status != 409 or answer.details.get("code") != "REQUEST_IN_FLIGHT" or time.monotonic() > deadline:
                return answer
            self.in_flight.append(answer)
            time.sleep(0.05)

    def left(self) -> list[Counter[str]]:
        """Entries, audit rows, events and notices of the storm."""
        return [after - before for before, after in zip(self.before, traces(), strict=True)]


def once(verb: Verb) -> list[Counter[str]]:
    """What one single call leaves behind."""
    storm = Storm(verb)
    assert storm.insist(Caller(token=storm.token), unique("single-call")).status < 300
    return storm.left()


@pytest.fixture(autouse=True)
def nobody_is_too_fast(settings: Any) -> None:
    """The storm is not about throttles."""
    settings.THROTTLE_MULTIPLIER = 10_000
    settings.PAYMENT_PROVIDER = "mock"


@pytest.mark.parametrize("name", VERBS)
def test_with_one_key_there_is_one_answer_and_one_movement(name: str) -> None:
    left_by_one = once(VERBS[name])
    storm, key = Storm(VERBS[name]), unique("one-key-for-all")

    answers = storm.blow(lambda number: key)

    assert {answer.status for answer in answers} <= {200, 201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.headers.get("Idempotency-Replayed") == "true" for answer in answers) == THREADS * CALLS - 1
    assert all("Retry-After" in answer.headers for answer in storm.in_flight)
    assert storm.left() == left_by_one
    assert sum(left_by_one[0].values()) == VERBS[name].moves
    assert ledger_faults() == []


@pytest.mark.parametrize("name", [name for name, verb in VERBS.items() if verb.keys_are_facts])
def test_with_a_key_for_each_call_there_is_still_one_movement(name: str) -> None:
    left_by_one = once(VERBS[name])
    storm, losers = Storm(VERBS[name]), VERBS[name].losers

    answers = storm.blow(lambda number: unique(f"key-{number}"))

    statuses = Counter(answer.status for answer in answers)
    if losers:
        assert statuses[409] == THREADS * CALLS - 1, statuses
        assert {answer.details["code"] for answer in answers if answer.status == 409} == losers
    else:
        assert set(statuses) == {200}
    assert storm.left() == left_by_one
    assert ledger_faults() == []


def test_thirty_two_at_once_do_not_draft_more_than_one_person_may_in_a_day() -> None:
    """Each draft is a tenth of what one person may sign for: whoever is too quick, ten drafts stand."""
    member = cast().world.staff("finance")
    person, token = rich(), token_for(member)
    body = present(person) | {"amountCents": limit(ADJUSTMENT_PER_DAY, "RUB") // 10}
    start = threading.Barrier(THREADS, timeout=PATIENCE_SECONDS)

    def client(_number: int) -> Answer:
        try:
            connection.ensure_connection()
            caller = Caller(token=token)
            start.wait()
            return caller.post("/api/admin/finance/adjust", body)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(client, range(THREADS)))

    assert Counter(answer.status for answer in answers) == {201: 10, 409: THREADS - 10}
    assert {answer.details["code"] for answer in answers if answer.status == 409} == {"ADJUSTMENT_LIMIT"}
    drafts = Adjustment.objects.filter(drafted_by=member)
    assert sum(drafts.values_list("amount_cents", flat=True)) == limit(ADJUSTMENT_PER_DAY, "RUB")
    assert ledger_faults() == []
