"""A legal world with money in every kind of place, for those who attack it, and the roles in which they come."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction

from core.deals import services as deals
from core.money import ledger
from core.money import services as money
from core.money.models import Account, LedgerEntry, Payout
from core.people.models import User
from tests.world import World, unique

ROLES_SQL = Path(__file__).parents[3] / "docs" / "deploy" / "roles.sql"
APPLICATION = unique("app").replace("-", "_")
CARELESS = unique("careless").replace("-", "_")
# The careless operator gave the application every right that one can have without owning a table.
CARELESS_GRANTS = f"""
    CREATE ROLE {CARELESS};
    GRANT USAGE, CREATE ON SCHEMA public TO {CARELESS};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO {CARELESS};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {CARELESS};
"""


@dataclasses.dataclass
class Stage:
    """Names of what stands on the stage, for use in the SQL of an attack."""

    names: dict[str, Any]

    def sql(self, template: str) -> str:
        """The attack with the names filled in."""
        return template.format(**self.names)


def build(world: World) -> Stage:
    """A funded, an unfunded and a released deal, a payout that waits and one that was paid, a top-up, an adjustment."""
    funded, unfunded = world.deal(), world.deal(funded=False)
    done = deals.approve_work(world.submission().job_id, by=world.brand_of_last_submission()).job if False else completed(world)
    brand, creator = funded.brand, User.objects.get(id=done.active_creator_id)
    world.wallet_money(brand, 100_000)
    world.wallet_money(brand, 100_000, "USD")
    payouts = [payout(world, creator, cents) for cents in (100_000, 50_000)]
    return Stage(
        {
            "brand": brand.id,
            "creator": creator.id,
            "finance": world.finance.id,
            "approver": world.approver.id,
            "job": funded.id,
            "wallet": ledger.wallet(brand, "RUB").pk,
            "dollars": ledger.wallet(brand, "USD").pk,
            "earned": ledger.wallet(creator, "RUB").pk,
            "bank": ledger.platform("EXTERNAL", "RUB").pk,
            "adjustments": ledger.platform("ADJUSTMENT", "RUB").pk,
            "income": ledger.platform("COMMISSION", "RUB").pk,
            "escrow": funded.escrow.id,
            "escrow_account": funded.escrow.account_id,
            "unfunded": unfunded.escrow.id,
            "unfunded_account": unfunded.escrow.account_id,
            "released": done.escrow.id,
            "released_account": done.escrow.account_id,
            "paid": payouts[0].id,
            "payout": payouts[1].id,
            "hold": payouts[1].hold_account_id,
            "topup": world_top_up(brand),
            "entry": adjust(world, brand).pk,
            "funding": LedgerEntry.objects.get(reference=f"ESCROW_FUND:{funded.escrow.id}").pk,
        }
    )
