"""What happens to payouts and top-ups when nobody acts in time."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden
from core.clockwork import REMINDERS
from core.money.models import Account, LedgerEntry, Payout
from core.money.selectors import ledger_faults, payout_list, payout_page
from core.money.services import (
    approve_payout,
    cancel_payout,
    cancel_payout_by_timer,
    cancel_top_up,
    cancel_top_up_by_timer,
    confirm_top_up,
    fail_payout,
    fail_payout_by_timer,
    reject_payout,
    reject_top_up,
    request_top_up,
    send_payout,
)
from core.money.steps import system
from core.notifications.models import Notification
from core.people.models import SYSTEM_USER_ID
from core.rules.services import set_limit
from outbox.models import Event
from tests.core.money.traces import nothing_happened
from tests.moments import at, clock_of, later, running, wait_out

REASON = "The account is closed."


@pytest.fixture
def creator(world):
    """Somebody with 85,000 in the wallet."""
    world.finance, world.approver  # noqa: B018 - made before anything is counted
    return world.paid_creator(price_quote=1_000)


@pytest.fixture
def top_up(world, settings):
    """A top-up that waits for a bank transfer."""
    settings.PAYMENT_PROVIDER = "manual"
    world.finance, world.approver  # noqa: B018 - made before anything is counted
    return request_top_up(by=world.brand(), amount_cents=50_000, currency="RUB")


def balance(person):
    return Account.objects.get(owner=person, currency="RUB").balance_cents


def state(row):
    row.refresh_from_db()
    return row.status


# Payouts


def test_a_payout_that_nobody_decides_goes_back_to_the_wallet(world, creator):
    payout = world.payout(creator=creator, amount_cents=50_000)

    wait_out(payout, "DECIDE_PAYOUT")

    assert (state(payout), balance(creator), running(payout)) == ("CANCELED", 85_000, [])
    assert payout.closed_at is not None
    assert LedgerEntry.objects.get(reference=f"PAYOUT_SETTLE:{payout.id}").type == "PAYOUT_RELEASED"
    notice = Notification.objects.get(type="PAYOUT_EXPIRED")
    assert (notice.user, notice.facts["amount_cents"]) == (creator, 50_000)
    event = Event.objects.get(type="PAYOUT_CANCELED")
    assert (event.recipient_ids, str(event.actor_id)) == ([creator.id], SYSTEM_USER_ID)
    assert str(AuditEntry.objects.get(action="PAYOUT_CANCELED").actor_id) == SYSTEM_USER_ID
    assert ledger_faults() == []


def test_also_after_the_first_of_two_signatures(world, creator):
    set_limit(by=world.approver, key="PAYOUT_SECOND_PERSON", value=10_000, note="Careful days.")
    payout = world.payout(creator=creator, amount_cents=50_000)
    approve_payout(payout.id, by=world.finance)

    wait_out(payout, "DECIDE_PAYOUT")

    assert (state(payout), balance(creator)) == ("CANCELED", 85_000)
    assert ledger_faults() == []


def test_an_approved_payout_that_nobody_sends_goes_back_to_the_wallet(world, creator):
    payout = world.approved_payout(creator=creator, amount_cents=50_000)

    assert running(payout) == ["SEND_PAYOUT"]
    wait_out(payout, "SEND_PAYOUT")

    assert (state(payout), balance(creator), running(payout)) == ("FAILED", 85_000, [])
    assert Notification.objects.get(type="PAYOUT_EXPIRED").user == creator
    assert not Notification.objects.filter(type="PAYOUT_FAILED").exists()
    assert Event.objects.get(type="PAYOUT_FAILED").recipient_ids == [creator.id]
    assert ledger_faults() == []


def test_what_the_bank_has_is_never_called_off_by_a_clock(world, creator):
    payout = world.sent_payout(creator=creator, amount_cents=50_000)

    assert running(payout) == []
    with later(days=400), nothing_happened():
        assert cancel_payout_by_timer(payout.id, by=system()) is None
        assert fail_payout_by_timer(payout.id, by=system()) is None
    assert (state(payout), balance(creator)) == ("SENT", 35_000)


ENDS = {
    "cancel": lambda world, payout: cancel_payout(payout.id, by=payout.creator),
    "reject": lambda world, payout: reject_payout(payout.id, by=world.finance, reason=REASON),
    "fail": lambda world, payout: (approve_payout(payout.id, by=world.finance), fail_payout(payout.id, by=world.finance, reason=REASON)),
    "send": lambda world, payout: (approve_payout(payout.id, by=world.finance), send_payout(payout.id, by=world.finance)),
}


@pytest.mark.parametrize("end", ENDS)
def test_who_acts_stops_the_clock(world, creator, end):
    payout = world.payout(creator=creator, amount_cents=50_000)

    ENDS[end](world, payout)

    assert running(payout) == []
    before = state(payout)
    with later(days=400), nothing_happened():
        assert cancel_payout_by_timer(payout.id, by=system()) is None
    assert state(payout) == before


def test_the_clock_alone_lets_time_run_out(world, creator, top_up):
    payout = world.payout(creator=creator, amount_cents=50_000)

    for verb, row in (
        (cancel_payout_by_timer, payout),
        (fail_payout_by_timer, payout),
        (cancel_top_up_by_timer, top_up),
    ):
        for person in (creator, world.finance):
            with nothing_happened(), pytest.raises(Forbidden):
                verb(row.id, by=person)


def test_nothing_happens_before_the_time(world, creator, top_up):
    payout = world.payout(creator=creator, amount_cents=50_000)

    with nothing_happened():
        assert cancel_payout_by_timer(payout.id, by=system()) is None
        assert cancel_top_up_by_timer(top_up.id, by=system()) is None


def test_a_payout_shows_its_clock_and_what_it_leads_to(world, creator):
    payout = world.payout(creator=creator, amount_cents=50_000)
    clock = clock_of(payout, "DECIDE_PAYOUT")

    (shown,) = payout_page(payout.id, by=creator).timers
    assert (shown["kind"], shown["waitsFor"], shown["onExpiry"]) == ("DECIDE_PAYOUT", "STAFF", "CANCEL_PAYOUT")
    assert shown["dueAt"] == clock.due_at.isoformat()
    assert shown["consequence"]
    assert '"timers" : [{"kind" : "DECIDE_PAYOUT"' in payout_list(by=creator).values_list("row", flat=True)[0]
    send_payout(approve_payout(payout.id, by=world.finance).id, by=world.finance)
    assert payout_page(payout.id, by=creator).timers == []


def test_finance_is_reminded_before_a_payout_lapses(world, creator):
    payout = world.payout(creator=creator, amount_cents=50_000)
    timer = clock_of(payout, "DECIDE_PAYOUT")
    colleague = world.staff("finance")

    found = REMINDERS["DECIDE_PAYOUT"](timer)

    assert {world.finance.id, colleague.id} <= set(found.people)
    assert (found.place, found.name) == ("backoffice/core/payout/", creator.creator_profile.display_name)
    Payout.objects.filter(id=payout.id).update(approved_by=world.finance)
    found = REMINDERS["DECIDE_PAYOUT"](timer)
    assert world.finance.id not in found.people
    assert {colleague.id, world.approver.id} <= set(found.people)


def test_finance_is_reminded_of_what_it_approved_and_drafted(world, creator):
    payout = world.approved_payout(creator=creator, amount_cents=50_000)
    adjustment = world.adjustment(creator)

    sending = REMINDERS["SEND_PAYOUT"](clock_of(payout, "SEND_PAYOUT"))
    signing = REMINDERS["DECIDE_ADJUSTMENT"](clock_of(adjustment, "DECIDE_ADJUSTMENT"))

    assert world.finance.id in sending.people
    assert world.approver.id in signing.people
    assert world.finance.id not in signing.people
    assert signing.name == creator.creator_profile.display_name


# Top-ups


def test_an_invoice_that_nobody_pays_lapses(top_up):
    wait_out(top_up, "RECEIVE_TOP_UP")

    assert (state(top_up), running(top_up)) == ("CANCELED", [])
    assert Notification.objects.get(type="TOP_UP_EXPIRED").user == top_up.brand
    assert not Notification.objects.filter(type="TOP_UP_CANCELED").exists()
    assert Event.objects.get(type="TOP_UP_CANCELED").recipient_ids == [top_up.brand_id]
    assert ledger_faults() == []


def test_a_transfer_that_one_person_has_seen_is_not_forgotten(world, top_up):
    set_limit(by=world.approver, key="TOPUP_SECOND_PERSON", value=10_000, note="Careful days.")
    large = request_top_up(by=top_up.brand, amount_cents=50_000, currency="RUB")
    confirm_top_up(large.id, by=world.finance, bank_reference="PP-1")
    due = clock_of(large, "RECEIVE_TOP_UP").due_at

    wait_out(large, "RECEIVE_TOP_UP")

    assert state(large) == "PENDING"
    assert clock_of(large, "RECEIVE_TOP_UP").due_at > due
    assert Notification.objects.filter(type="TOP_UP_SECOND_APPROVAL", user=world.approver).count() == 2
    confirm_top_up(large.id, by=world.approver)
    assert (state(large), running(large), balance(large.brand)) == ("CONFIRMED", [], 50_000)


TOP_UP_ENDS = {
    "cancel": lambda world, top_up: cancel_top_up(top_up.id, by=top_up.brand),
    "confirm": lambda world, top_up: confirm_top_up(top_up.id, by=world.finance, bank_reference="PP-2"),
    "reject": lambda world, top_up: reject_top_up(top_up.id, by=world.finance, reason=REASON),
}


@pytest.mark.parametrize("end", TOP_UP_ENDS)
def test_who_decides_a_top_up_stops_its_clock(world, top_up, end):
    assert running(top_up) == ["RECEIVE_TOP_UP"]

    TOP_UP_ENDS[end](world, top_up)

    assert running(top_up) == []
    with at(top_up.created_at.replace(year=top_up.created_at.year + 2)), nothing_happened():
        assert cancel_top_up_by_timer(top_up.id, by=system()) is None
