"""What stands between a creator and a payout: a request is taken exactly when the list is empty."""

import random

import pytest
from django.db import transaction

from core.base.errors import Forbidden, Invalid, Refusal
from core.money.models import Account, PayoutMethod
from core.money.readiness import CREATOR, STAFF, readiness
from core.money.services import remove_payout_method, request_payout
from core.people.models import User
from core.rules.services import set_limit
from tests.core.money.traces import nothing_happened
from tests.moments import clock_of

STATES = 200
SEED = 20_260_101


@pytest.fixture
def creator(world):
    """Somebody with 85,000 in the wallet and a destination."""
    world.finance, world.approver  # noqa: B018 - made before anything is counted
    paid = world.paid_creator(price_quote=1_000)
    world.payout_method(paid)
    return paid


def codes(found):
    return [blocker.code for blocker in found.blockers]


def ask(creator, cents=10_000, currency="RUB"):
    method = PayoutMethod.objects.filter(creator=creator).latest("created_at")
    return request_payout(by=creator, amount_cents=cents, currency=currency, method_id=method.id)


def test_nothing_stands_in_the_way(creator):
    found = readiness(by=creator, currency="RUB", amount_cents=85_000)

    assert (found.ready, found.blockers, found.available_cents, found.minimum_cents) == (True, [], 85_000, 1_000)
    assert ask(creator, 85_000).status == "PENDING"


def test_without_an_amount_the_smallest_payout_is_judged(creator):
    assert readiness(by=creator, currency="RUB").amount_cents == 1_000
    found = readiness(by=creator, currency="USD")
    assert (found.amount_cents, codes(found), found.available_cents) == (10, ["INSUFFICIENT_FUNDS"], 0)


def test_it_says_whether_two_people_will_have_to_sign(world, creator):
    set_limit(by=world.approver, key="PAYOUT_SECOND_PERSON", value=20_000, note="Careful days.")

    assert not readiness(by=creator, currency="RUB", amount_cents=20_000).needs_second
    assert readiness(by=creator, currency="RUB", amount_cents=20_001).needs_second
    assert ask(creator, 20_001).needs_second


def test_each_blocker_says_what_to_do_and_who_clears_it(world, creator):
    payout = ask(creator, 50_000)
    User.objects.filter(id=creator.id).update(email_verified_at=None)
    creator.refresh_from_db()
    remove_payout_method(payout.method_id, by=creator)
    set_limit(by=world.approver, key="PAYOUT_MIN", value=60_000, currency="RUB", note="The bank's fee has risen.")

    found = readiness(by=creator, currency="RUB", amount_cents=50_000)

    assert [(blocker.code, blocker.cleared_by) for blocker in found.blockers] == [
        ("EMAIL_NOT_VERIFIED", CREATOR),
        ("PAYOUT_METHOD_MISSING", CREATOR),
        ("PAYOUT_BELOW_MINIMUM", CREATOR),
        ("PAYOUT_PENDING", STAFF),
        ("INSUFFICIENT_FUNDS", CREATOR),
    ]
    assert all(blocker.message and str(blocker.what_to_do) for blocker in found.blockers)
    due = clock_of(payout, "DECIDE_PAYOUT").due_at
    assert [blocker.until for blocker in found.blockers] == [None, None, None, due, None]


def test_a_blocked_account_gets_no_money(creator):
    User.objects.filter(id=creator.id).update(blocked_at=creator.created_at)
    creator.refresh_from_db()

    assert codes(readiness(by=creator, currency="RUB")) == ["ACCOUNT_BLOCKED"]
    with nothing_happened(), pytest.raises(Refusal) as refused:
        ask(creator)
    assert refused.value.reason == "ACCOUNT_BLOCKED"


def test_only_a_creator_is_judged(world):
    for person in (world.brand(), world.finance):
        with pytest.raises(Forbidden):
            readiness(by=person, currency="RUB")


@pytest.mark.parametrize(("field", "asked"), [("amountCents", {"amount_cents": 0}), ("currency", {"currency": "GBP"})])
def test_what_cannot_be_asked_for_is_refused(creator, field, asked):
    with pytest.raises(Invalid) as refused:
        readiness(by=creator, **{"currency": "RUB"} | asked)

    assert list(refused.value.fields) == [field]


def unsettle(world, creator, chance):
    """Make the creator's state one of many."""
    if chance.random() < 0.3:
        User.objects.filter(id=creator.id).update(email_verified_at=None)
    if chance.random() < 0.15:
        User.objects.filter(id=creator.id).update(blocked_at=creator.created_at)
    if chance.random() < 0.4:
        set_limit(by=world.approver, key="PAYOUT_MIN", value=chance.choice([1, 1_001, 9_999, 10_000, 90_000]), note="Another fee.")
    if chance.random() < 0.4:
        world.posted_adjustment(creator, chance.choice([-85_000, -84_999, -75_000, 1, 5_000]))
    if chance.random() < 0.3:
        ready = readiness(by=creator, currency="RUB").ready
        if ready:
            ask(creator, readiness(by=creator, currency="RUB").minimum_cents)
    for method in PayoutMethod.objects.filter(creator=creator):
        if chance.random() < 0.2:
            remove_payout_method(method.id, by=creator)
    creator.refresh_from_db()


def test_a_request_is_taken_exactly_when_the_list_is_empty(world, creator):
    """Two hundred random states; the request meets the first of the blockers, or none."""
    chance, taken, met = random.Random(SEED), 0, set()
    for number in range(STATES):
        with transaction.atomic():
            unsettle(world, creator, chance)
            available = Account.objects.get(owner=creator, currency="RUB").balance_cents
            cents = max(1, chance.choice([1, 999, 1_000, 9_999, 10_000, available - 1, available, available + 1]))
            found = readiness(by=creator, currency="RUB", amount_cents=cents)
            if found.ready:
                assert ask(creator, cents).status == "PENDING", number
                taken += 1
            else:
                with nothing_happened(), pytest.raises(Refusal) as refused:
                    ask(creator, cents)
                assert refused.value.reason == found.blockers[0].code, number
                met |= set(codes(found))
            transaction.set_rollback(True)

    assert taken > STATES / 10
    assert met == {
        "ACCOUNT_BLOCKED", "EMAIL_NOT_VERIFIED", "PAYOUT_METHOD_MISSING", "PAYOUT_BELOW_MINIMUM", "PAYOUT_PENDING", "INSUFFICIENT_FUNDS",
    }  # fmt: skip
