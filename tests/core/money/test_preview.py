"""A preview tells what a verb would move, and leaves nothing."""

import pytest
from django.db import transaction

from core.money.errors import NotEnoughMoney, PayoutPending
from core.money.models import Account, Escrow
from core.money.preview import preview
from core.money.services import fund_escrow, request_payout
from tests.core.money.traces import nothing_happened


def test_it_shows_every_movement_and_every_balance(world):
    job = world.accepted_job(price_quote=100)
    world.wallet_money(job.brand, 4_000)

    with nothing_happened():
        shown = preview(lambda: fund_escrow(job.id, by=job.brand), by=job.brand)

    assert [
        (posting["type"], posting["source"]["kind"], posting["target"]["kind"], posting["amount_cents"]) for posting in shown.postings
    ] == [
        ("BRAND_TOPUP", "EXTERNAL", "BRAND", 6_000),
        ("ESCROW_FUNDED", "BRAND", "ESCROW", 10_000),
    ]
    assert shown.postings[1]["reference"] == f"ESCROW_FUND:{job.escrow.id}"
    wallet = Account.objects.get(owner=job.brand)
    assert shown.balances == [
        {"account_id": wallet.pk, "kind": "BRAND", "owner_is_you": True, "currency": "RUB", "before_cents": 4_000, "after_cents": 0},
        {
            "account_id": job.escrow.account_id,
            "kind": "ESCROW",
            "owner_is_you": False,
            "currency": "RUB",
            "before_cents": 0,
            "after_cents": 10_000,
        },
    ]
    assert shown.result.status == "FUNDED"
    assert Escrow.objects.get(job=job).status == "UNFUNDED"


def test_a_refusal_stays_a_refusal(world, settings):
    settings.PAYMENT_PROVIDER = "manual"
    job = world.accepted_job(price_quote=100)

    with nothing_happened(), pytest.raises(NotEnoughMoney) as refused:
        preview(lambda: fund_escrow(job.id, by=job.brand))

    assert refused.value.details["required_cents"] == 10_000


def test_what_was_done_already_moves_nothing(world):
    job = world.funded_job()

    shown = preview(lambda: fund_escrow(job.id, by=job.brand))

    assert (shown.postings, shown.balances) == ([], [])


def test_what_waits_for_the_commit_never_runs(world, django_capture_on_commit_callbacks):
    ran = []

    with django_capture_on_commit_callbacks(execute=True) as waiting:
        preview(lambda: transaction.on_commit(lambda: ran.append("a wake-up")))

    assert (ran, waiting) == ([], [])


def test_a_preview_does_not_stand_in_the_way_of_the_deed(world):
    creator = world.paid_creator()
    method = world.payout_method(creator)

    def ask():
        return request_payout(by=creator, amount_cents=10_000, currency="RUB", method_id=method.id)

    preview(ask)
    preview(ask)
    ask()

    with nothing_happened(), pytest.raises(PayoutPending):
        preview(ask)
