"""The limits: what is in force, and who says so."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid
from core.base.vocabulary import Currency
from core.rules.errors import RuleUnchanged
from core.rules.limits import KINDS, PAYOUT_MIN, PAYOUT_SECOND_PERSON, limit
from core.rules.models import Limit
from core.rules.services import set_limit
from outbox.models import Event
from tests.core.money.traces import nothing_happened


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_default_is_in_its_own_range(kind):
    assert set(kind.defaults) == set(Currency.values)
    assert all(kind.lowest <= value <= kind.highest for value in kind.defaults.values())


def test_a_large_payout_in_dollars_needs_a_second_person_too():
    assert PAYOUT_SECOND_PERSON.default("USD") < PAYOUT_SECOND_PERSON.default("RUB")


def test_without_a_row_the_default_is_in_force(world):
    assert limit(PAYOUT_MIN, "RUB") == 1_000


def test_the_currencys_own_value_wins_over_the_one_for_all(world):
    set_limit(by=world.approver, key="PAYOUT_MIN", currency="KZT", value=70_000, note="The bank's fee.")
    set_limit(by=world.approver, key="PAYOUT_MIN", value=2_000, note="Fees have risen.")

    assert (limit(PAYOUT_MIN, "KZT"), limit(PAYOUT_MIN, "RUB")) == (70_000, 2_000)


def test_the_newest_value_is_in_force_and_history_stands(world):
    set_limit(by=world.approver, key="PAYOUT_MIN", value=2_000, note="Fees have risen.")
    set_limit(by=world.approver, key="PAYOUT_MIN", value=1_500, note="Fees have fallen.")

    assert limit(PAYOUT_MIN, "RUB") == 1_500
    assert list(Limit.objects.order_by("id").values_list("value", flat=True)) == [2_000, 1_500]
    assert [(audit.before["value"], audit.after["value"]) for audit in AuditEntry.objects.filter(action="LIMIT_SET").order_by("id")] == [
        (1_000, 2_000),
        (2_000, 1_500),
    ]
    assert Event.objects.filter(type="LIMIT_SET").count() == 2


def test_what_is_in_force_already_is_not_said_again(world):
    approver = world.approver

    with nothing_happened(), pytest.raises(RuleUnchanged):
        set_limit(by=approver, key="PAYOUT_MIN", value=1_000, note="Once more.")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "PATIENCE"}, "key"),
        ({"value": 0}, "value"),
        ({"value": 10_000_000_001}, "value"),
        ({"value": 1.5}, "value"),
        ({"currency": "XXX"}, "currency"),
        ({"key": "TIMER_REVIEW_WORK", "value": 72, "currency": "RUB"}, "currency"),
        ({"key": "TIMER_REVIEW_WORK", "value": 24 * 365 + 1}, "value"),
        ({"note": ""}, "note"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(world, wrong, field):
    approver = world.approver

    with nothing_happened(), pytest.raises(Invalid) as refused:
        set_limit(by=approver, **({"key": "PAYOUT_MIN", "value": 2_000, "note": "Why not."} | wrong))

    assert set(refused.value.fields) == {field}


def test_only_approvers_decide(world):
    people = [world.finance, world.staff("moderator"), world.brand(), world.creator()]

    for person in people:
        with nothing_happened(), pytest.raises(Forbidden):
            set_limit(by=person, key="PAYOUT_MIN", value=2_000, note="Why not.")
