"""Destinations of payouts: judged, sealed, masked, counted."""

import pytest

from core.audit.models import AuditEntry
from core.base import crypto
from core.base.errors import Forbidden, Invalid, NotFound
from core.money.errors import PayoutMethodExists, TooManyPayoutMethods
from core.money.models import PayoutMethod
from core.money.services import add_payout_method, remove_payout_method
from tests.core.money.traces import nothing_happened


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "masked"),
    [
        ("CARD", "4111 1111 1111 1111", "4111111111111111", "•••• 1111"),
        ("CARD", "2200-0000-0000-0004", "2200000000000004", "•••• 0004"),
        ("CARD", "4222222222222", "4222222222222", "•••• 2222"),
        ("SBP", "+7 (999) 000-11-22", "+79990001122", "+7 ••• •••-11-22"),
        ("IBAN", "kz86 125k zt50 0410 0100", "KZ86125KZT5004100100", "KZ•• •••• 0100"),
        ("IBAN", "DE89370400440532013000", "DE89370400440532013000", "DE•• •••• 3000"),
        ("OTHER", "  USDT   TRC20 wallet 77 ", "USDT TRC20 wallet 77", "•••• 77"),
    ],
)
def test_details_are_kept_in_one_spelling_sealed_and_shown_masked(world, kind, typed, kept, masked):
    method = add_payout_method(by=world.creator(), kind=kind, details=typed)

    assert crypto.unseal(method.sealed_details) == kept
    assert method.masked == masked
    assert kept not in method.sealed_details + method.masked + method.fingerprint
    assert kept not in str(AuditEntry.objects.filter(action="PAYOUT_METHOD_ADDED").values())


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("CARD", "4111111111111112"),
        ("CARD", "411111111111"),
        ("CARD", "41111111111111111111"),
        ("CARD", "0000000000000000"),
        ("CARD", "4111x11111111111"),
        ("CARD", "٤١١١١١١١١١١١١١١١"),
        ("CARD", ""),
        ("SBP", "89990001122"),
        ("SBP", "+7999000112"),
        ("SBP", "+799900011223"),
        ("SBP", "+79990001122\n"),
        ("SBP", "+19990001122"),
        ("IBAN", "DE88370400440532013000"),
        ("IBAN", "DE"),
        ("IBAN", "12345678901234567890"),
        ("IBAN", "DE8937040044053201300Ä"),
        ("OTHER", "abcd"),
        ("OTHER", " a b "),
        ("OTHER", "x" * 201),
        ("CASH", "under the door"),
    ],
)
def test_what_is_no_destination_is_refused_without_repeating_it(world, kind, typed):
    creator = world.creator()

    with nothing_happened(), pytest.raises(Invalid) as refused:
        add_payout_method(by=creator, kind=kind, details=typed)

    assert set(refused.value.fields) == {"kind" if kind == "CASH" else "details"}
    assert len(typed) < 5 or typed not in str(refused.value.fields)


def test_the_same_destination_is_added_once_however_it_is_typed(world):
    creator = world.creator()
    add_payout_method(by=creator, kind="CARD", details="4111 1111 1111 1111")

    with nothing_happened(), pytest.raises(PayoutMethodExists):
        add_payout_method(by=creator, kind="CARD", details="4111111111111111")

    assert add_payout_method(by=world.creator(), kind="CARD", details="4111111111111111")


def test_a_sixth_destination_needs_room(world):
    creator = world.creator()
    methods = [add_payout_method(by=creator, kind="OTHER", details=f"wallet {number}") for number in range(5)]

    with nothing_happened(), pytest.raises(TooManyPayoutMethods) as refused:
        add_payout_method(by=creator, kind="OTHER", details="wallet 6")

    assert "5" in refused.value.text()
    remove_payout_method(methods[0].id, by=creator)
    assert add_payout_method(by=creator, kind="OTHER", details="wallet 6")


def test_a_removed_destination_stays_in_the_books_and_can_be_added_again(world):
    creator = world.creator()
    method = add_payout_method(by=creator, kind="OTHER", details="wallet 1")

    remove_payout_method(method.id, by=creator)

    assert PayoutMethod.objects.get(id=method.id).removed_at is not None
    assert AuditEntry.objects.get(action="PAYOUT_METHOD_REMOVED").actor == creator
    with nothing_happened(), pytest.raises(NotFound):
        remove_payout_method(method.id, by=creator)
    assert add_payout_method(by=creator, kind="OTHER", details="wallet 1").id != method.id


def test_a_destination_belongs_to_one_creator(world):
    method = world.payout_method(world.creator())
    stranger, brand = world.creator(), world.brand()

    with nothing_happened():
        with pytest.raises(NotFound):
            remove_payout_method(method.id, by=stranger)
        with pytest.raises(Forbidden):
            remove_payout_method(method.id, by=brand)
        with pytest.raises(Forbidden):
            add_payout_method(by=brand, kind="OTHER", details="wallet 1")


def test_details_survive_a_new_key(world, settings):
    method = add_payout_method(by=world.creator(), kind="CARD", details="4111111111111111")
    old = settings.PAYOUT_DETAILS_KEYS
    settings.PAYOUT_DETAILS_KEYS = ["bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldyE=", *old]

    assert crypto.unseal(method.sealed_details) == "4111111111111111"
    assert crypto.fingerprint("CARD:4111111111111111") == method.fingerprint
    assert crypto.seal("x") != crypto.seal("x")
