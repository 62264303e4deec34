"""A legal world with money in every kind of place, for those who attack it, and the roles in which they come."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction

from core.base import clock
from core.deals import services as deals
from core.jobs.models import Job
from core.money import ledger, steps
from core.money import services as money
from core.money.adjustments.models import Adjustment
from core.money.adjustments.terms import Terms
from core.money.models import Account, Escrow, LedgerEntry, Payout, TopUp
from core.people.letters.links import token_of
from core.people.letters.services import verify_email
from core.people.models import EmailToken, User
from tests.world import FILES, World, unique

ROLES_SQL = Path(__file__).parents[3] / "docs" / "deploy" / "roles.sql"
OWNER = "owner"
APPLICATION = unique("application").replace("-", "_")
CARELESS = unique("careless").replace("-", "_")
# What a careless operator gives the application: every right that one can have without owning a table.
CARELESS_SQL = f"""
    CREATE ROLE {CARELESS};
    GRANT USAGE, CREATE ON SCHEMA public TO {CARELESS};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO {CARELESS};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {CARELESS};
    DO $$ BEGIN EXECUTE format('GRANT ALL ON DATABASE %I TO {CARELESS}', current_database()); END $$;
"""


@contextlib.contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is done inside did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What the database said: the SQLSTATE and sentence of its refusal, or None and the rows of the last statement."""

    state: str | None
    said: str = ""
    rows: tuple[tuple[Any, ...], ...] = ()


def execute(sql: str) -> tuple[tuple[Any, ...], ...]:
    """Run the SQL, of several statements if need be, past Django. Returns the rows of the last one. Raises psycopg.Error."""
    connection.ensure_connection()
    cursor = connection.connection.execute(sql, prepare=False)
    while cursor.nextset():
        pass
    return tuple(cursor.fetchall()) if cursor.description else ()


def attack(sql: str, *, role: str = OWNER) -> Outcome:
    """What happens when this role runs the SQL and commits. Nothing of it remains."""
    try:
        with taken_back():
            if role != OWNER:
                execute(f"SET LOCAL ROLE {role}")
            rows = execute(sql)
            execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit does with the guards that wait for it
    except psycopg.Error as refused:
        return Outcome(refused.sqlstate, refused.diag.message_primary or "")
    return Outcome(None, rows=rows)


def make_roles() -> bool:
    """Whether the application's role and the careless one could be made, with the grants that we document."""
    try:
        with transaction.atomic():
            execute(ROLES_SQL.read_text().replace("marketplace_app", APPLICATION))
            execute(CARELESS_SQL)
            execute(f"GRANT {APPLICATION}, {CARELESS} TO CURRENT_USER")
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def balances() -> list[tuple[Any, ...]]:
    """Every account as it is."""
    return list(Account.objects.order_by("pk").values_list("pk", "kind", "owner_id", "currency", "balance_cents", "version"))


def confirm_email(user: User) -> User:
    """The person has opened the link of the first letter."""
    return verify_email(token=token_of(EmailToken.objects.get(user=user, purpose="VERIFY_EMAIL", used_at=None)))


def request_payout(creator: User, cents: int, card: str) -> Payout:
    """A payout that waits for finance."""
    method = money.add_payout_method(by=creator, kind="CARD", details=card)
    return money.request_payout(by=creator, amount_cents=cents, currency="RUB", method_id=method.id)


def pay(payout: Payout, world: World) -> Payout:
    """The payout went all the way."""
    money.approve_payout(payout.id, by=world.finance)
    money.send_payout(payout.id, by=world.finance)
    return money.mark_payout_paid(payout.id, by=world.finance, bank_reference=unique("bank"))


def split(job: Job) -> None:
    """A dispute gave the creator 100,000 of the deal's money, and ended it."""
    escrow = Escrow.objects.get(job=job)
    steps.split(escrow, creator_share_cents=100_000, by=job.brand, source="DISPUTE")
    Job.objects.filter(id=job.id).update(status="CANCELED", canceled_at=clock.now())


def draft(world: World, wallet: Account, cents: int) -> Adjustment:
    """Finance wants to give the owner of the wallet something; nobody has signed yet."""
    terms = Terms(currency=wallet.currency, amount_cents=cents, direction="CREDIT", category="GOODWILL", reason="A present")
    return money.draft_adjustment(wallet.owner_id, terms=terms, by=world.finance)


def build(world: World) -> dict[str, Any]:
    """Names for the SQL of the attacks.

    There is a funded, an unfunded, a released and a split deal of one brand and one creator, a payout that was paid and one that
    waits, an open and a confirmed top-up, a posted adjustment and one that waits.
    """
    brand = world.brand()
    world.wallet_money(brand, 2_000_000)
    world.wallet_money(brand, 100_000, "USD")
    creator = confirm_email(world.creator())
    funded, unfunded, released, shared = (
        world.deal(job=world.live_job(brand=brand), creator=creator, funded=is_funded) for is_funded in (True, False, True, True)
    )
    split(shared)
    deals.submit_work(released.id, by=creator, items=FILES)
    deals.approve_work(released.id, by=brand)
    paid = pay(request_payout(creator, 50_000, "4242 4242 4242 4242"), world)
    waiting = request_payout(creator, 30_000, "5555 5555 5555 4444")
    wallet = Account.objects.get(owner=brand, currency="RUB")
    posted = money.approve_adjustment(draft(world, wallet, 500).id, by=world.approver)
    open_top_up = TopUp.objects.create(brand=brand, amount_cents=77_000, currency="RUB", provider="manual")
    return {
        "brand": brand.id,
        "creator": creator.id,
        "stranger": world.creator().id,
        "finance": world.finance.id,
        "approver": world.approver.id,
        "job": funded.id,
        "wallet": wallet.pk,
        "dollars": Account.objects.get(owner=brand, currency="USD").pk,
        "earned": Account.objects.get(owner=creator, currency="RUB").pk,
        "foreign": ledger.lock_wallet("CREATOR", world.creator().id, "RUB").pk,
        "bank": ledger.platform("EXTERNAL", "RUB").pk,
        "adjustments": ledger.platform("ADJUSTMENT", "RUB").pk,
        "income": ledger.platform("COMMISSION", "RUB").pk,
        "escrow": funded.escrow.id,
        "escrow_account": funded.escrow.account_id,
        "price": funded.escrow.amount_cents,
        "unfunded": unfunded.escrow.id,
        "unfunded_account": unfunded.escrow.account_id,
        "released": released.escrow.id,
        "released_account": released.escrow.account_id,
        "split": shared.escrow.id,
        "split_account": shared.escrow.account_id,
        "paid": paid.id,
        "payout": waiting.id,
        "hold": waiting.hold_account_id,
        "top_up": open_top_up.id,
        "confirmed": TopUp.objects.filter(brand=brand, currency="RUB", status="CONFIRMED").first().id,
        "method": waiting.method_id,
        "draft": draft(world, wallet, 100).id,
        "posted": posted.id,
        "adjustment": LedgerEntry.objects.get(reference=f"ADJUSTMENT:{posted.id}").pk,
        "funding": LedgerEntry.objects.get(reference=f"ESCROW_FUND:{funded.escrow.id}").pk,
    }
