"""A creator asks for money, and may call it off."""

import pytest
from django.db import transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.money.errors import EmailNotVerified, NotEnoughMoney, PayoutMethodMissing, PayoutPending, PayoutTooSmall, PayoutWrongState
from core.money.models import CENTS_MAX, Account, LedgerEntry
from core.money.services import cancel_payout, remove_payout_method, request_payout
from core.money.services.payouts import open_payout
from core.notifications.models import Notification
from core.rules.services import set_limit
from outbox.models import Event
from tests.core.money.traces import nothing_happened


@pytest.fixture
def creator(world):
    """Somebody with 85,000 in the wallet, finance staff to tell, and a destination."""
    world.finance  # noqa: B018 - made before anything is counted
    return world.paid_creator(price_quote=1_000)


@pytest.fixture
def method(world, creator):
    return world.payout_method(creator)


def balance(creator):
    return Account.objects.get(owner=creator, currency="RUB").balance_cents


def ask(creator, method, cents=50_000, currency="RUB"):
    return request_payout(by=creator, amount_cents=cents, currency=currency, method_id=method.id)


def test_the_money_leaves_the_wallet_and_waits(creator, method):
    payout = ask(creator, method)

    assert (payout.status, payout.needs_second, payout.method_id) == ("PENDING", False, method.id)
    assert balance(creator) == 35_000
    assert Account.objects.get(payout=payout).balance_cents == 50_000
    entry = LedgerEntry.objects.get(reference=f"PAYOUT_HOLD:{payout.id}")
    assert (entry.type, entry.payout_id, entry.actor) == ("PAYOUT_HELD", payout.id, creator)


def test_finance_the_trail_and_the_outbox_know_and_nobody_reads_the_destination(world, creator, method):
    payout = ask(creator, method)

    notice = Notification.objects.get(type="PAYOUT_REQUESTED")
    assert (notice.user, notice.facts["name"]) == (world.finance, creator.creator_profile.display_name)
    event = Event.objects.get(type="PAYOUT_REQUESTED")
    told = {name: event.payload[name] for name in ("payoutRequestId", "creatorId", "amountCents", "currency")}
    assert told == {"payoutRequestId": str(payout.id), "creatorId": str(creator.id), "amountCents": 50_000, "currency": "RUB"}
    assert event.recipient_ids == [world.finance.id]
    assert AuditEntry.objects.get(action="PAYOUT_REQUESTED").actor == creator
    assert method.masked not in str(event.payload) + str(notice.facts)


def test_a_payout_takes_the_whole_balance_and_not_a_unit_more(creator, method):
    with nothing_happened(), pytest.raises(NotEnoughMoney) as refused:
        ask(creator, method, 85_001)

    assert refused.value.details == {"required_cents": 85_001, "available_cents": 85_000}
    ask(creator, method, 85_000)
    assert balance(creator) == 0


def test_another_currency_is_another_wallet(creator, method):
    with nothing_happened(), pytest.raises(NotEnoughMoney) as refused:
        ask(creator, method, 50_000, "USD")

    assert refused.value.details["available_cents"] == 0


def test_one_payout_waits_at_a_time(creator, method):
    ask(creator, method, 10_000)

    with nothing_happened(), pytest.raises(PayoutPending):
        ask(creator, method, 10_000)


def test_a_request_that_saw_no_other_one_is_stopped_by_the_index(creator, method):
    ask(creator, method, 10_000)

    with nothing_happened(), pytest.raises(PayoutPending), transaction.atomic():
        open_payout(method, by=creator, amount_cents=10_000, currency="RUB", needs_second=False)


def test_the_smallest_payout_is_a_limit_that_staff_set(world, creator, method):
    set_limit(by=world.approver, key="PAYOUT_MIN", value=20_000, currency="RUB", note="The bank's fee has risen.")

    with nothing_happened(), pytest.raises(PayoutTooSmall) as refused:
        ask(creator, method, 19_999)

    assert refused.value.details == {"minimum_cents": 20_000}
    assert ask(creator, method, 20_000).status == "PENDING"


def test_above_the_limit_a_second_person_is_settled_at_the_request(world, creator, method):
    set_limit(by=world.approver, key="PAYOUT_SECOND_PERSON", value=20_000, note="Careful days.")

    payout = ask(creator, method, 20_001)

    assert payout.needs_second
    set_limit(by=world.approver, key="PAYOUT_SECOND_PERSON", value=90_000, note="Carefree days.")
    payout.refresh_from_db()
    assert payout.needs_second


def test_an_address_that_nobody_confirmed_gets_no_money(world):
    creator = world.creator()
    world.completed_deal(creator=creator)
    method = world.payout_method(creator)

    with nothing_happened(), pytest.raises(EmailNotVerified):
        ask(creator, method, 10_000)


def test_the_destination_is_ones_own_and_still_there(world, creator, method):
    foreign = world.payout_method(world.creator())
    removed = world.payout_method(creator)
    remove_payout_method(removed.id, by=creator)

    for other in (foreign, removed):
        with nothing_happened(), pytest.raises(PayoutMethodMissing):
            ask(creator, other)


@pytest.mark.parametrize("cents", [0, -1, CENTS_MAX + 1, 2.5, True])
def test_an_amount_is_a_whole_number_of_minor_units(creator, method, cents):
    with nothing_happened(), pytest.raises(Invalid):
        ask(creator, method, cents)


def test_only_creators_ask(world, creator, method):
    brand = world.brand()

    for person in (brand, world.finance):
        with nothing_happened(), pytest.raises(Forbidden):
            ask(person, method)


def test_a_canceled_payout_is_back_in_the_wallet(world, creator, method):
    payout = ask(creator, method)

    canceled = cancel_payout(payout.id, by=creator)

    assert (canceled.status, balance(creator)) == ("CANCELED", 85_000)
    assert canceled.closed_at is not None
    entry = LedgerEntry.objects.get(reference=f"PAYOUT_SETTLE:{payout.id}")
    assert (entry.type, entry.to_account.owner) == ("PAYOUT_RELEASED", creator)
    assert Notification.objects.get(type="PAYOUT_CANCELED").user == world.finance
    assert Event.objects.get(type="PAYOUT_CANCELED").payload["currency"] == "RUB"
    assert AuditEntry.objects.get(action="PAYOUT_CANCELED").before == {"status": "PENDING"}


def test_a_payout_is_canceled_once(creator, method):
    payout = cancel_payout(ask(creator, method).id, by=creator)

    with nothing_happened(), pytest.raises(PayoutWrongState) as refused:
        cancel_payout(payout.id, by=creator)

    assert refused.value.details == {"status": "CANCELED"}
    assert ask(creator, method).status == "PENDING"


def test_somebody_elses_payout_is_not_there(world, creator, method):
    payout = ask(creator, method)
    stranger, brand = world.creator(), world.brand()

    with nothing_happened():
        with pytest.raises(NotFound):
            cancel_payout(payout.id, by=stranger)
        with pytest.raises(Forbidden):
            cancel_payout(payout.id, by=brand)
