"""The whole life of the marketplace, at random: after every step the books equal the wallets equal the ledger.

Two brands, two creators and the staff do anything in any order, also what they may not do, and repeat themselves. PROOF_RUNS,
PROOF_STEPS and PROOF_SEED make a run longer, or repeat one that failed.
"""

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.core.books import BRANDS, CREATORS
from tests.core.crew import CURRENCIES, REACHED, People
from tests.core.marketplace import Marketplace
from tests.world import World

RUNS, STEPS = int(os.environ.get("PROOF_RUNS", "60")), int(os.environ.get("PROOF_STEPS", "40"))
SEED = int(os.environ.get("PROOF_SEED", random.SystemRandom().randrange(2**32)))


@pytest.fixture
def marketplace(world: World) -> type[Marketplace]:
    """The machine, with its people in place."""
    Marketplace.people, Marketplace.learned = People(world), Counter()
    return Marketplace


def test_a_straight_life_gets_everywhere(marketplace: type[Marketplace]) -> None:
    life = marketplace()
    life.begin()
    try:
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
    finally:
        life.teardown()

    assert set(marketplace.learned) >= REACHED


@pytest.mark.slow
def test_the_books_equal_the_wallets_equal_the_ledger_whatever_happens(marketplace: type[Marketplace]) -> None:
    print(f"PROOF_SEED={SEED} PROOF_RUNS={RUNS} PROOF_STEPS={STEPS}")
    profile = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, suppress_health_check=list(HealthCheck))

    run_state_machine_as_test(seed(SEED)(marketplace), settings=profile)

    assert marketplace.learned.total() > RUNS * STEPS // 4
