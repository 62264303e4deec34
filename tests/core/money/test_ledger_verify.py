"""`ledger_verify` finds every kind of fault. Each is planted past the guards, and undone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core.money import steps
from core.money.models import Account, Escrow, LedgerEntry
from core.money.selectors import ledger_faults, report_ledger_faults
from outbox.models import Heartbeat

TABLES = (
    "core_account", "core_adjustment", "core_ledgerentry", "core_escrow", "core_payout", "core_topup", "core_job",
)  # fmt: skip
CHECKS = {"core_account": ("account_not_negative", "account_unlimited_keeps_none"), "core_ledgerentry": ("entry_amount_positive",)}


@contextmanager
def planted(*statements: str) -> Iterator[None]:
    """These statements were carried out with no guard in the way; afterwards they were not."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for check in CHECKS.get(table, ()):
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
        for statement in statements:
            cursor.execute(statement)
        yield
        transaction.set_rollback(True)


def found() -> dict[str, str]:
    """What is wrong, by identity."""
    return {fault.identity: f"{fault.subject} {fault.found}" for fault in ledger_faults()}


@pytest.fixture
def books(world):
    """A world in which money has gone every way."""
    world.completed_deal()
    world.funded_job()
    world.canceled_deal()
    creator = world.paid_creator(price_quote=10_000)
    world.paid_payout(creator=creator, amount_cents=100_000)
    world.payout(creator=creator, amount_cents=50_000)
    return world


def test_what_verbs_did_is_right(books):
    assert ledger_faults() == []


def test_a_balance_without_an_entry(books):
    wallet = Account.objects.filter(kind="CREATOR", balance_cents__gt=0).first()

    with planted(f"UPDATE core_account SET balance_cents = balance_cents + 7 WHERE id = {wallet.pk}"):
        faults = found()

    assert f"account:{wallet.pk}" in faults["an account holds what its entries say"]
    assert "hold 7" in faults["all accounts of a currency sum to zero"]


def test_an_entry_that_vanished(books):
    entry = LedgerEntry.objects.filter(type="ESCROW_FUNDED").first()

    with planted(f"DELETE FROM core_ledgerentry WHERE id = {entry.pk}"):
        faults = found()

    assert entry.reference in faults["every obligation has exactly its entries"]
    assert "is missing" in faults["every obligation has exactly its entries"]
    assert "an account holds what its entries say" in faults
    assert "the balances of an account follow from each other without a gap" in faults


def test_a_link_of_the_chain_that_was_rewritten(books):
    entry = LedgerEntry.objects.filter(to_account__kind="BRAND").first()

    with planted(f"UPDATE core_ledgerentry SET to_balance_after = to_balance_after + 1 WHERE id = {entry.pk}"):
        faults = found()

    assert list(faults) == ["the balances of an account follow from each other without a gap"]
    assert f"account:{entry.to_account_id} 1 of its links" in faults["the balances of an account follow from each other without a gap"]


def test_a_version_that_was_skipped(books):
    wallet = Account.objects.filter(kind="BRAND", version__gt=0).first()

    with planted(
        *(
            f"UPDATE core_ledgerentry SET {end}_version = {end}_version + 100"
            f" WHERE {end}_account_id = {wallet.pk} AND {end}_version = {wallet.version}"
            for end in ("from", "to")
        )
    ):
        faults = found()

    assert list(faults) == ["the balances of an account follow from each other without a gap"]


def test_an_entry_that_belongs_to_nothing(books):
    entry = LedgerEntry.objects.filter(type="BRAND_TOPUP").first()

    with planted(f"UPDATE core_ledgerentry SET reference = 'BRAND_TOPUP:somebody' WHERE id = {entry.pk}"):
        faults = [fault.found for fault in ledger_faults()]

    assert sorted(found.rpartition(" ")[0] for found in faults) == [
        f"BRAND_TOPUP of {entry.amount_cents} belongs to",
        f"BRAND_TOPUP of {entry.amount_cents} is",
    ]


def test_an_entry_that_went_to_somebody_else(books):
    entry = LedgerEntry.objects.filter(type="ESCROW_RELEASED").first()
    other = Account.objects.create(kind="CREATOR", owner=books.creator(), currency="RUB")

    with planted(f"UPDATE core_ledgerentry SET to_account_id = {other.pk} WHERE id = {entry.pk}"):
        faults = found()

    assert f"to {other.pk} should be" in faults["every obligation has exactly its entries"]


def test_an_entry_that_changes_the_currency(books):
    entry = LedgerEntry.objects.filter(type="ESCROW_FUNDED").first()

    with planted(
        "ALTER TABLE core_ledgerentry DROP CONSTRAINT entry_from_currency, DROP CONSTRAINT entry_to_currency",
        f"UPDATE core_ledgerentry SET currency = 'USD' WHERE id = {entry.pk}",
    ):
        faults = found()

    assert f"entry:{entry.pk}" in faults["an entry moves one currency between two accounts"]


def test_an_escrow_that_says_it_is_refunded_while_it_holds_the_money(books):
    escrow = Escrow.objects.get(status="FUNDED")

    with planted(f"UPDATE core_escrow SET status = 'REFUNDED', closed_at = now() WHERE id = '{escrow.pk}'"):
        faults = found()

    assert f"escrow:{escrow.pk} is REFUNDED" in faults["an escrow holds its amount while it is funded"]
    assert "ESCROW_REFUNDED" in faults["every obligation has exactly its entries"]
    assert "IN_PROGRESS, its escrow is REFUNDED" in faults["a job and its escrow agree"]


def test_a_payout_that_says_it_is_rejected_while_it_holds_the_money(books):
    with planted("UPDATE core_payout SET status = 'REJECTED' WHERE status = 'PENDING'"):
        faults = found()

    assert "is REJECTED" in faults["a payout holds its amount until it is settled"]
    assert "PAYOUT_RELEASED" in faults["every obligation has exactly its entries"]


def test_a_top_up_that_brought_no_money(books):
    columns = "brand_id, currency, provider, status, needs_second, bank_reference, reason, confirmed_by_id"

    with planted(
        f"INSERT INTO core_topup (id, created_at, updated_at, amount_cents, {columns})"
        f" SELECT gen_random_uuid(), now(), now(), 100, {columns} FROM core_topup WHERE status = 'CONFIRMED' LIMIT 1"
    ):
        faults = found()

    assert "BRAND_TOPUP of 100 is missing" in faults["every obligation has exactly its entries"]


def test_an_adjustment_that_moved_nothing(books):
    adjustment = books.adjustment(books.paid_creator(), 500)
    signed = f"status = 'POSTED', decided_by_id = '{books.approver.id}', decided_at = now()"

    with planted(f"UPDATE core_adjustment SET {signed} WHERE id = '{adjustment.id}'"):
        faults = found()

    assert faults == {"every obligation has exactly its entries": f"reference:ADJUSTMENT:{adjustment.id} ADJUSTMENT of 500 is missing"}


@pytest.mark.parametrize("cents", [500, -500])
def test_an_adjustment_that_moved_something_else(books, cents):
    adjustment = books.posted_adjustment(books.paid_creator(), cents)

    with planted(f"UPDATE core_adjustment SET amount_cents = 499 WHERE id = '{adjustment.id}'"):
        faults = found()

    assert list(faults) == ["every obligation has exactly its entries"]
    assert "ADJUSTMENT of 500 from" in faults["every obligation has exactly its entries"]


def test_an_adjustment_without_a_document(books):
    adjustment = books.posted_adjustment(books.paid_creator(), 500)

    with planted(f"DELETE FROM core_adjustment WHERE id = '{adjustment.id}'"):
        faults = found()

    assert list(faults.values()) == [f"reference:ADJUSTMENT:{adjustment.id} ADJUSTMENT of 500 belongs to nothing"]


def test_a_split_by_another_share_than_was_paid(books):
    job = books.funded_job(price_quote=4_500)
    with transaction.atomic():
        steps.split(job.escrow, creator_share_cents=100_000, by=job.brand, source="DISPUTE")

    with planted(f"UPDATE core_escrow SET creator_share_cents = 100100 WHERE id = '{job.escrow.id}'"):
        wrong = sorted(fault.found for fault in ledger_faults() if fault.identity == "every obligation has exactly its entries")

    assert [text.partition(" from")[0] for text in wrong] == [
        "COMMISSION_TAKEN of 15000", "ESCROW_REFUNDED of 350000", "ESCROW_RELEASED of 85000",
    ]  # fmt: skip


def test_an_account_that_belongs_to_nothing(books):
    with planted("INSERT INTO core_account (kind, currency, balance_cents, version, created_at) VALUES ('ESCROW', 'RUB', 0, 0, now())"):
        faults = found()

    assert list(faults) == ["an account that holds money for something belongs to it"]


def test_income_that_keeps_a_running_balance(books):
    with planted("UPDATE core_account SET balance_cents = 5 WHERE kind = 'COMMISSION' AND currency = 'EUR'"):
        faults = found()

    assert list(faults) == ["an account holds what its entries say"]


@pytest.mark.parametrize(
    ("status", "escrow"),
    [("COMPLETED", "FUNDED"), ("CANCELED", "FUNDED"), ("IN_PROGRESS", "RELEASED"), ("PUBLISHED", "FUNDED")],
)
def test_a_job_and_an_escrow_that_do_not_go_together(books, status, escrow):
    deal = Escrow.objects.filter(status=escrow).first()
    free = ", active_creator_id = NULL" if status == "PUBLISHED" else ""
    ended = ", completed_at = now()" if status == "COMPLETED" else ", canceled_at = now()" if status == "CANCELED" else ""

    with planted(f"UPDATE core_job SET status = '{status}'{free}{ended} WHERE id = '{deal.job_id}'"):
        faults = found()

    assert faults["a job and its escrow agree"] == f"job:{deal.job_id} is {status}, its escrow is {escrow}"


def test_work_under_review_without_money_is_a_fault(books):
    job = books.accepted_job()

    with planted(f"UPDATE core_job SET status = 'IN_REVIEW' WHERE id = '{job.id}'"):
        faults = found()

    assert faults["a job and its escrow agree"] == f"job:{job.id} is IN_REVIEW, its escrow is UNFUNDED"


def test_an_escrow_of_another_creator_than_the_jobs(books):
    escrow = Escrow.objects.get(status="FUNDED")
    other = books.creator()

    with planted(f"UPDATE core_escrow SET creator_id = '{other.id}' WHERE id = '{escrow.pk}'"):
        faults = found()

    assert f"escrow:{escrow.pk} is between" in faults["a job and its escrow agree"]


def test_the_command_ends_well_when_the_books_are_right(books):
    said = StringIO()

    call_command("ledger_verify", stdout=said)

    assert said.getvalue() == "The ledger is right.\n"


def test_the_command_ends_badly_with_a_list_when_they_are_not(books):
    wallet = Account.objects.filter(kind="BRAND").first()
    said, as_json = StringIO(), StringIO()

    with planted(f"UPDATE core_account SET balance_cents = balance_cents + 7 WHERE id = {wallet.pk}"):
        with pytest.raises(CommandError) as refused:
            call_command("ledger_verify", stdout=said)
        with pytest.raises(CommandError):
            call_command("ledger_verify", "--json", stdout=as_json)

    assert refused.value.returncode == 1
    assert f"account:{wallet.pk}: holds" in said.getvalue()
    assert json.loads(as_json.getvalue())["faults"][0]["subject"] == f"account:{wallet.pk}"


def test_the_clock_writes_every_fault_as_an_error(books, caplog):
    wallet = Account.objects.filter(kind="BRAND").first()

    report_ledger_faults()
    assert caplog.records == []
    assert Heartbeat.objects.get(name="ledger").consecutive_failures == 0
    with planted(f"UPDATE core_account SET balance_cents = balance_cents + 7 WHERE id = {wallet.pk}"):
        report_ledger_faults()
        assert Heartbeat.objects.get(name="ledger").consecutive_failures >= 1

    assert {record.levelname for record in caplog.records} == {"ERROR"}
    assert f"account:{wallet.pk}" in caplog.text
