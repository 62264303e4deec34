"""A brand's money comes in."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.money.errors import BankReferenceDiffers, BankReferenceUsed, SecondPersonRequired, TopUpBeingConfirmed, TopUpWrongState
from core.money.models import CENTS_MAX, Account, LedgerEntry
from core.money.services import cancel_top_up, confirm_top_up, reject_top_up, request_top_up
from core.notifications.models import Notification
from core.rules.services import set_limit
from outbox.models import Event
from tests.core.money.traces import nothing_happened


@pytest.fixture(autouse=True)
def bank(settings):
    """Money comes by bank transfer."""
    settings.PAYMENT_PROVIDER = "manual"


@pytest.fixture
def top_up(world):
    return request_top_up(by=world.brand(), amount_cents=50_000, currency="KZT")


@pytest.fixture
def big(world):
    """A top-up that takes two people."""
    set_limit(by=world.approver, key="TOPUP_SECOND_PERSON", value=49_999, note="Careful days.")
    return request_top_up(by=world.brand(), amount_cents=50_000, currency="RUB")


def wallet_of(top_up):
    return Account.objects.filter(owner=top_up.brand).values_list("currency", "balance_cents").first()


def test_a_request_moves_nothing_and_finance_knows(world):
    finance, brand = world.finance, world.brand()

    first = request_top_up(by=brand, amount_cents=50_000, currency="KZT")
    second = request_top_up(by=brand, amount_cents=50_000, currency="KZT")

    assert (first.status, first.provider, first.needs_second) == ("PENDING", "manual", False)
    assert second.number > first.number > 1_000
    assert not LedgerEntry.objects.exists()
    notice = Notification.objects.filter(type="TOP_UP_REQUESTED", user=finance).first()
    assert notice.facts["name"] == brand.brand_profile.company_name
    assert AuditEntry.objects.filter(action="TOP_UP_REQUESTED", actor=brand).count() == 2
    event = Event.objects.filter(type="TOP_UP_REQUESTED").first()
    assert (event.payload["amountCents"], event.payload["currency"], event.payload["brandId"]) == (50_000, "KZT", str(brand.id))


def test_what_finance_confirms_is_in_the_wallet(world, top_up):
    confirmed = confirm_top_up(top_up.id, by=world.finance, bank_reference=" PP-1 ")

    assert (confirmed.status, confirmed.bank_reference, confirmed.confirmed_by) == ("CONFIRMED", "PP-1", world.finance)
    assert wallet_of(top_up) == ("KZT", 50_000)
    entry = LedgerEntry.objects.get(reference=f"BRAND_TOPUP:{top_up.id}")
    assert (entry.from_account.kind, entry.actor) == ("EXTERNAL", world.finance)
    assert Notification.objects.get(type="TOP_UP_CONFIRMED").user_id == top_up.brand_id
    assert Event.objects.get(type="TOP_UP_CONFIRMED").recipient_ids == [top_up.brand_id]
    assert AuditEntry.objects.get(action="TOP_UP_CONFIRMED").actor == world.finance


def test_confirming_twice_is_refused(world, top_up):
    confirm_top_up(top_up.id, by=world.finance, bank_reference="PP-1")

    with nothing_happened(), pytest.raises(TopUpWrongState):
        confirm_top_up(top_up.id, by=world.finance, bank_reference="PP-1")


def test_above_the_limit_two_people_confirm(world, big):
    first = confirm_top_up(big.id, by=world.finance, bank_reference="PP-1")

    assert (first.status, wallet_of(big)) == ("PENDING", None)
    assert Notification.objects.get(type="TOP_UP_SECOND_APPROVAL").user == world.approver
    assert Event.objects.get(type="TOP_UP_FIRST_CONFIRMED").recipient_ids == [world.approver.id]

    second = confirm_top_up(big.id, by=world.approver)

    assert (second.status, second.second_confirmed_by) == ("CONFIRMED", world.approver)
    assert wallet_of(big) == ("RUB", 50_000)


def test_one_person_cannot_be_two(world, big):
    confirm_top_up(big.id, by=world.finance, bank_reference="PP-1")

    with nothing_happened(), pytest.raises(SecondPersonRequired):
        confirm_top_up(big.id, by=world.finance, bank_reference="PP-1")


def test_the_second_person_has_to_read_the_same_number(world, big):
    confirm_top_up(big.id, by=world.finance, bank_reference="PP-1")

    with nothing_happened(), pytest.raises(BankReferenceDiffers):
        confirm_top_up(big.id, by=world.approver, bank_reference="PP-2")


def test_an_approver_alone_does_not_begin(world, big):
    with nothing_happened(), pytest.raises(Forbidden):
        confirm_top_up(big.id, by=world.approver, bank_reference="PP-1")


def test_the_limit_itself_needs_one_person(world):
    set_limit(by=world.approver, key="TOPUP_SECOND_PERSON", value=50_000, note="Careful days.")

    assert not request_top_up(by=world.brand(), amount_cents=50_000, currency="RUB").needs_second


def test_a_bank_document_confirms_one_top_up(world, top_up):
    confirm_top_up(top_up.id, by=world.finance, bank_reference="PP-1")
    other = request_top_up(by=world.brand(), amount_cents=1, currency="RUB")

    with nothing_happened(), pytest.raises(BankReferenceUsed):
        confirm_top_up(other.id, by=world.finance, bank_reference="PP-1")


@pytest.mark.parametrize("reference", ["", "   ", "x" * 81, "PP-1\nPP-2"])
def test_the_first_person_names_the_bank_document(world, top_up, reference):
    with nothing_happened(), pytest.raises(Invalid) as refused:
        confirm_top_up(top_up.id, by=world.finance, bank_reference=reference)

    assert set(refused.value.fields) == {"bankReference"}


def test_a_brand_calls_off_its_own_top_up(world, top_up):
    finance = world.finance

    canceled = cancel_top_up(top_up.id, by=top_up.brand)

    assert canceled.status == "CANCELED"
    assert Notification.objects.get(type="TOP_UP_CANCELED").user == finance
    assert AuditEntry.objects.get(action="TOP_UP_CANCELED").actor == top_up.brand
    with nothing_happened(), pytest.raises(TopUpWrongState):
        confirm_top_up(top_up.id, by=finance, bank_reference="PP-1")


def test_a_top_up_that_has_arrived_is_not_called_off(world, big):
    confirm_top_up(big.id, by=world.finance, bank_reference="PP-1")

    with nothing_happened(), pytest.raises(TopUpBeingConfirmed):
        cancel_top_up(big.id, by=big.brand)


def test_a_rejected_top_up_says_why(world, top_up):
    rejected = reject_top_up(top_up.id, by=world.finance, reason="  No transfer came.  ")

    assert (rejected.status, rejected.reason) == ("REJECTED", "No transfer came.")
    assert Notification.objects.get(type="TOP_UP_REJECTED").facts["reason"] == "No transfer came."
    assert AuditEntry.objects.get(action="TOP_UP_REJECTED").reason == "No transfer came."
    assert "reason" not in Event.objects.get(type="TOP_UP_REJECTED").payload


@pytest.mark.parametrize("reason", ["", "x", "  x  ", "x" * 501])
def test_a_reason_is_no_formality(world, top_up, reason):
    with nothing_happened(), pytest.raises(Invalid):
        reject_top_up(top_up.id, by=world.finance, reason=reason)


def test_strangers_learn_nothing_and_creators_may_nothing(world, top_up):
    world.finance  # noqa: B018 - made before the counting begins
    brand, creator, moderator = world.brand(), world.creator(), world.staff("moderator")

    with nothing_happened():
        with pytest.raises(NotFound):
            cancel_top_up(top_up.id, by=brand)
        with pytest.raises(Forbidden):
            request_top_up(by=creator, amount_cents=1, currency="RUB")
        for person in (brand, creator, moderator):
            with pytest.raises(Forbidden):
                confirm_top_up(top_up.id, by=person, bank_reference="PP-1")
            with pytest.raises(Forbidden):
                reject_top_up(top_up.id, by=person, reason="No transfer came.")


@pytest.mark.parametrize("amount", [0, -1, CENTS_MAX + 1, 1.5, "100", True])
def test_an_amount_is_a_whole_number_of_minor_units(world, amount):
    brand = world.brand()

    with nothing_happened(), pytest.raises(Invalid):
        request_top_up(by=brand, amount_cents=amount, currency="RUB")


def test_a_currency_is_one_of_ours(world):
    brand = world.brand()

    with nothing_happened(), pytest.raises(Invalid) as refused:
        request_top_up(by=brand, amount_cents=1, currency="XXX")

    assert set(refused.value.fields) == {"currency"}


def test_the_mock_provider_keeps_nobody_waiting(world, settings):
    settings.PAYMENT_PROVIDER = "mock"

    top_up = request_top_up(by=world.brand(), amount_cents=50_000, currency="EUR")

    assert (top_up.status, top_up.confirmed_by.role, wallet_of(top_up)) == ("CONFIRMED", "SYSTEM", ("EUR", 50_000))
    assert Notification.objects.get(type="TOP_UP_CONFIRMED").user_id == top_up.brand_id
