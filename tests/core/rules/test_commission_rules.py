"""Which commission a new deal has, and who decides it."""

from datetime import timedelta

import pytest

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden, Invalid
from core.rules.errors import RuleUnchanged
from core.rules.models import CommissionRule
from core.rules.selectors import commission_rule
from core.rules.services import add_commission_rule
from outbox.models import Event
from tests.core.money.traces import nothing_happened


def in_force(brand, niche="FOOD"):
    return commission_rule(brand_id=brand.id, niche=niche).bps


def test_the_first_rule_is_fifteen_percent_of_everything(world):
    assert in_force(world.brand()) == 1_500


def test_the_most_specific_rule_wins_however_old(world):
    brand, by = world.brand(), world.approver
    add_commission_rule(by=by, scope="BRAND", brand_id=brand.id, bps=900, note="A friend of the house.")
    add_commission_rule(by=by, scope="NICHE", niche="FOOD", bps=1_200, note="Spring campaign.")
    add_commission_rule(by=by, scope="DEFAULT", bps=1_700, note="Everything costs more.")

    assert in_force(brand) == 900
    assert in_force(world.brand()) == 1_200
    assert in_force(world.brand(), "GAMES") == 1_700


def test_a_rule_of_tomorrow_is_not_in_force_today(world):
    add_commission_rule(by=world.approver, scope="DEFAULT", bps=1_700, valid_from=clock.now() + timedelta(days=1), note="From tomorrow.")

    assert in_force(world.brand()) == 1_500


def test_a_change_is_a_new_row_with_its_author_trail_and_event(world):
    rule = add_commission_rule(by=world.approver, scope="DEFAULT", bps=1_700, note=" Everything costs more. ")

    assert CommissionRule.objects.filter(scope="DEFAULT").count() == 2
    assert (rule.created_by, rule.note) == (world.approver, "Everything costs more.")
    audit = AuditEntry.objects.get(action="COMMISSION_RULE_ADDED")
    assert (audit.before, audit.after["bps"], audit.reason) == ({"bps": 1_500}, 1_700, "Everything costs more.")
    assert Event.objects.get(type="COMMISSION_RULE_ADDED").payload["bps"] == 1_700


def test_what_is_in_force_already_is_not_said_again(world):
    approver = world.approver

    with nothing_happened(), pytest.raises(RuleUnchanged):
        add_commission_rule(by=approver, scope="DEFAULT", bps=1_500, note="Once more.")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"bps": 10_001}, "bps"),
        ({"bps": -1}, "bps"),
        ({"bps": True}, "bps"),
        ({"scope": "PLANET"}, "scope"),
        ({"scope": "NICHE"}, "niche"),
        ({"niche": "FOOD"}, "niche"),
        ({"scope": "NICHE", "niche": "LOVE"}, "niche"),
        ({"scope": "BRAND"}, "brandId"),
        ({"scope": "BRAND", "brand_id": "0199f0c0-0000-7000-8000-00000000dead"}, "brandId"),
        ({"brand_id": "0199f0c0-0000-7000-8000-00000000dead"}, "brandId"),
        ({"note": " "}, "note"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(world, wrong, field):
    approver = world.approver

    with nothing_happened(), pytest.raises(Invalid) as refused:
        add_commission_rule(by=approver, **({"scope": "DEFAULT", "bps": 1_000, "note": "Why not."} | wrong))

    assert field in refused.value.fields


def test_a_rule_does_not_begin_in_the_past(world):
    approver = world.approver

    with nothing_happened(), pytest.raises(Invalid) as refused:
        add_commission_rule(by=approver, scope="DEFAULT", bps=1_000, note="Why not.", valid_from=clock.now() - timedelta(minutes=1))

    assert set(refused.value.fields) == {"validFrom"}


def test_only_approvers_decide(world):
    people = [world.finance, world.staff("moderator"), world.brand(), world.creator()]

    for person in people:
        with nothing_happened(), pytest.raises(Forbidden):
            add_commission_rule(by=person, scope="DEFAULT", bps=1_000, note="Why not.")
