"""Funding an escrow: whose, when, with which money, and once."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, NotFound
from core.money.errors import EscrowMissing, EscrowRefunded, EscrowReleased, EscrowVoided, NotEnoughMoney
from core.money.models import Account, Escrow, LedgerEntry, TopUp
from core.money.services import fund_escrow
from core.money.steps import refund, release, void
from core.notifications.models import Notification
from outbox.models import Event
from tests.core.money.traces import nothing_happened


def balance(owner, currency="RUB"):
    return Account.objects.get(owner=owner, currency=currency).balance_cents


def test_money_moves_from_the_wallet_into_the_escrow(world):
    job = world.accepted_job(price_quote=4_500)
    world.wallet_money(job.brand, 500_000)

    escrow = fund_escrow(job.id, by=job.brand)

    escrow = Escrow.objects.select_related("account").get(id=escrow.id)
    assert (escrow.status, escrow.amount_cents, escrow.account.balance_cents) == ("FUNDED", 450_000, 450_000)
    assert escrow.funded_at is not None
    assert balance(job.brand) == 50_000
    entry = LedgerEntry.objects.get(reference=f"ESCROW_FUND:{escrow.id}")
    assert (entry.type, entry.amount_cents, entry.job_id, entry.actor_id) == ("ESCROW_FUNDED", 450_000, job.id, job.brand_id)


def test_the_creator_the_trail_and_the_outbox_know(world):
    job = world.accepted_job()
    world.wallet_money(job.brand, job.escrow.amount_cents)

    escrow = fund_escrow(job.id, by=job.brand)

    notice = Notification.objects.get(type="ESCROW_FUNDED")
    assert (notice.user_id, notice.job_id, notice.href) == (escrow.creator_id, job.id, f"/dashboard/work/{job.id}")
    audit = AuditEntry.objects.get(action="ESCROW_FUNDED")
    assert (audit.actor_id, audit.subject_id, audit.before, audit.after["status"]) == (
        job.brand_id,
        str(escrow.id),
        {"status": "UNFUNDED"},
        "FUNDED",
    )
    event = Event.objects.get(type="ESCROW_FUNDED")
    assert event.recipient_ids == [escrow.creator_id]
    assert {name: event.payload[name] for name in ("jobId", "creatorId", "escrowId", "amountCents", "currency")} == {
        "jobId": str(job.id),
        "creatorId": str(escrow.creator_id),
        "escrowId": str(escrow.id),
        "amountCents": escrow.amount_cents,
        "currency": "RUB",
    }


def test_funding_twice_moves_money_once(world):
    job = world.funded_job()

    with nothing_happened():
        again = fund_escrow(job.id, by=job.brand)

    assert again.status == "FUNDED"
    assert again.was_funded_before


def test_the_mock_provider_brings_what_is_missing_in_the_name_of_the_system(world):
    job = world.accepted_job(price_quote=100)
    world.wallet_money(job.brand, 4_000)

    fund_escrow(job.id, by=job.brand)

    top_up = TopUp.objects.get(brand=job.brand, amount_cents=6_000)
    assert (top_up.status, top_up.provider, top_up.confirmed_by.role) == ("CONFIRMED", "mock", "SYSTEM")
    entry = LedgerEntry.objects.get(reference=f"BRAND_TOPUP:{top_up.id}")
    assert (entry.type, entry.from_account.kind, entry.actor.role) == ("BRAND_TOPUP", "EXTERNAL", "SYSTEM")
    assert balance(job.brand) == 0


def test_without_a_provider_that_pays_at_once_an_empty_wallet_is_a_refusal_with_the_numbers(world, settings):
    settings.PAYMENT_PROVIDER = "manual"
    job = world.accepted_job(price_quote=100)
    world.wallet_money(job.brand, 9_999)

    with nothing_happened(), pytest.raises(NotEnoughMoney) as refused:
        fund_escrow(job.id, by=job.brand)

    assert refused.value.details == {"required_cents": 10_000, "available_cents": 9_999}
    assert refused.value.code == "PAYMENTS_STATE_ERROR"


def test_a_brand_that_never_had_money_is_refused_in_the_same_words(world, settings):
    settings.PAYMENT_PROVIDER = "manual"
    job = world.accepted_job(price_quote=100)

    with nothing_happened(), pytest.raises(NotEnoughMoney) as refused:
        fund_escrow(job.id, by=job.brand)

    assert refused.value.details == {"required_cents": 10_000, "available_cents": 0}


def test_money_in_another_currency_does_not_help(world, settings):
    settings.PAYMENT_PROVIDER = "manual"
    job = world.accepted_job(price_quote=100)
    world.wallet_money(job.brand, 10_000, "KZT")

    with nothing_happened(), pytest.raises(NotEnoughMoney):
        fund_escrow(job.id, by=job.brand)


def test_somebody_elses_job_and_a_missing_one_look_the_same(world):
    job = world.accepted_job()
    stranger = world.brand()

    for job_id in (job.id, "0199f0c0-0000-7000-8000-00000000dead", "no id at all"):
        with nothing_happened(), pytest.raises(NotFound):
            fund_escrow(job_id, by=stranger)


def test_neither_the_creator_nor_finance_can_fund(world):
    job = world.accepted_job()

    for person in (job.active_creator, world.finance):
        with nothing_happened(), pytest.raises(Forbidden):
            fund_escrow(job.id, by=person)


def test_a_job_without_a_creator_has_nothing_to_fund(world):
    job = world.live_job()

    with nothing_happened(), pytest.raises(EscrowMissing):
        fund_escrow(job.id, by=job.brand)


@pytest.mark.parametrize(
    ("close", "refusal"),
    [
        (lambda escrow, by: release(escrow, by=by), EscrowReleased),
        (lambda escrow, by: refund(escrow, by=by), EscrowRefunded),
    ],
)
def test_what_was_paid_or_returned_is_not_funded_again(world, close, refusal):
    job = world.funded_job()
    close(Escrow.objects.lock(job_id=job.id), job.brand)

    with nothing_happened(), pytest.raises(refusal):
        fund_escrow(job.id, by=job.brand)


def test_a_voided_escrow_stays_void(world):
    job = world.accepted_job()
    void(Escrow.objects.lock(job_id=job.id))

    with nothing_happened(), pytest.raises(EscrowVoided):
        fund_escrow(job.id, by=job.brand)
