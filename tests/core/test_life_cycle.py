"""The whole life of the marketplace, at random: after every step the books equal the wallets equal the ledger.

Two brands, two creators and the staff do anything in any order, also what they may not do, and repeat themselves. PROOF_RUNS,
PROOF_STEPS and PROOF_SEED make a run longer, or repeat one that failed; PROOF_SHRINK looks for the shortest way to a fault.
"""

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.core.crew import CURRENCIES, REACHED, People
from tests.core.papers import BRANDS, CREATORS
from tests.core.quarrels import Quarrels
from tests.world import World

RUNS, STEPS = int(os.environ.get("PROOF_RUNS", "60")), int(os.environ.get("PROOF_STEPS", "40"))
SHRINK = bool(os.environ.get("PROOF_SHRINK"))  # the shortest way to the same fault, which takes minutes
SEED = int(os.environ.get("PROOF_SEED", random.SystemRandom().randrange(2**32)))
QUARRELS = (
    ("accepted", ("REFUND", "nothing")),
    ("funded", ("SPLIT", "nothing")),
    ("delivered", ("SPLIT", "OVERTURNED")),
    ("delivered", ("RELEASE", "UPHELD")),
    ("delivered", ("REFUND", "appeal")),
    ("delivered", ("settled", "appeal")),
    ("delivered", ("silence", "nothing")),
    ("delivered", ("withdraw", "nothing")),
)


@pytest.fixture
def marketplace(world: World) -> type[Quarrels]:
    """The machine, with its people in place."""
    Quarrels.people, Quarrels.learned = People(world), Counter()
    return Quarrels


def test_a_straight_life_gets_everywhere(marketplace: type[Quarrels]) -> None:
    life = marketplace()
    life.begin()
    try:
        for part in (live_through_deals, live_through_papers, live_through_quarrels, live_through_agreements, live_through_silence):
            part(life)
    finally:
        life.teardown()

    assert set(marketplace.learned) >= REACHED


def live_through_deals(life: Quarrels) -> None:
    """Deals of every length, called off or worked through to the end."""
    for number, far in enumerate(("accepted", "funded", "delivered", "approved")):
        life.deal(BRANDS[number % 2], CREATORS[number % 2], CURRENCIES[number % 2], 4_501, far)
        life.cancel(0, "moderator", 3)
    life.deal(BRANDS[0], CREATORS[0], "RUB", 4_501, "offered")
    life.hold(0, None, "pause", 1)
    life.accept(0, 0, None, 1)
    life.hold(0, None, "unpause", 1)
    life.withdraw(0, 0, None, 1)
    life.accept(0, 0, None, 1)
    life.cancel(0, None, 1)
    life.deal(BRANDS[0], CREATORS[0], "RUB", 4_501, "delivered")
    for _round in range(3):
        life.cancel(0, None, 1)
        life.request_changes(0, None, 1)
        life.cancel(0, None, 1)
        life.submit(0, None, 1)
    life.approve_work(0, None, 2)
    life.cancel(0, None, 1)


def live_through_papers(life: Quarrels) -> None:
    """Payouts and top-ups, signed once and twice."""
    for end in ("SIGNED", "PAID", "SENT", "APPROVED"):
        life.pay_out(50, end)
        life.approve_payout(0, "finance", 1)
        life.decide_payout(0, None, "RETURNED" if end == "PAID" else "FAILED", 2)
        life.cancel_payout(0, None, 2)
    for cents in (450_000, 60_000_000):
        life.request_top_up(BRANDS[0], "RUB", cents, True)
        life.drop_top_up(0, None, "cancel_top_up", 1)
        life.confirm_top_up(0, "finance", 2)
        life.confirm_top_up(0, "approver", 2)


def live_through_quarrels(life: Quarrels) -> None:
    """Disputes by either side, with every end."""
    for far, course in QUARRELS:
        for turn in (False, True):
            life.quarrel((BRANDS[0], CREATORS[0]), ("RUB", 4_501), far, turn, course)
            if life.books.drafts:
                life.sign_correction(0, None, agrees=turn, times=2)
            life.wait(3)


def live_through_agreements(life: Quarrels) -> None:
    """Invitations, partings, and a creator who gives up."""
    life.deal(BRANDS[0], CREATORS[0], "RUB", 4_501, "offered")
    for answer in ("withdraw", "accept"):
        life.invite(0, CREATORS[1], None, 2)
        life.answer_invitation(0, None, answer, 2)
        life.wait(3)
    for answer in ("DECLINED", "WITHDRAWN", "ACCEPTED"):
        life.deal(BRANDS[0], CREATORS[0], "RUB", 4_501, "funded")
        life.propose_cancellation(1, None, True, 50, 2)
        life.answer_cancellation(0, None, answer, 2)
    life.resign(1, None, 2)


def live_through_silence(life: Quarrels) -> None:
    """Whatever nobody acts on ends."""
    for far in ("offered", "accepted", "funded", "delivered"):
        life.deal(BRANDS[0], CREATORS[0], "RUB", 4_501, far)
        life.wait(61)


@pytest.mark.slow
def test_the_books_equal_the_wallets_equal_the_ledger_whatever_happens(marketplace: type[Quarrels]) -> None:
    print(f"PROOF_SEED={SEED} PROOF_RUNS={RUNS} PROOF_STEPS={STEPS}")
    profile = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if SHRINK else [])],
        suppress_health_check=list(HealthCheck),
    )

    run_state_machine_as_test(seed(SEED)(marketplace), settings=profile)

    print(*sorted(f"{count} {what}" for what, count in marketplace.learned.items()), sep="\n")
    assert marketplace.learned.total() > RUNS * STEPS // 4
