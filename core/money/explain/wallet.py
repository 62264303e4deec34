"""The money of one person in one currency: every number with what adds up to it, by type of movement, now or at an earlier moment."""

import dataclasses
from datetime import datetime
from typing import Any

from django.db import connection

from core.money.explain import words

PLACES = ("BALANCE", "HELD", "ESCROW")
# Where the rows behind each number are listed one by one.
LISTS = {"BALANCE": "/api/wallet/entries", "HELD": "/api/payouts", "ESCROW": "/api/escrows"}

# Both ends of every entry on a person's accounts: their wallets, what holds their payouts, and the escrows of their deals.
SUMS = """
    WITH place AS (
        SELECT id, 'BALANCE' AS name FROM core_account WHERE owner_id = %(user)s
        UNION ALL
        SELECT hold_account_id, 'HELD' FROM core_payout WHERE creator_id = %(user)s
        UNION ALL
        SELECT account_id, 'ESCROW' FROM core_escrow WHERE (brand_id = %(user)s OR creator_id = %(user)s)
    ), part AS (
        SELECT name, currency, type, -amount_cents AS cents, created_at
        FROM place JOIN core_ledgerentry entry ON entry.from_account_id = place.id
        UNION ALL
        SELECT name, currency, type, amount_cents, created_at
        FROM place JOIN core_ledgerentry entry ON entry.to_account_id = place.id
    )
    SELECT currency, name, type, sum(cents)::bigint, count(*), min(created_at), max(created_at) FROM part
    WHERE (%(currency)s::text IS NULL OR currency = %(currency)s) AND (%(as_of)s::timestamptz IS NULL OR created_at <= %(as_of)s)
    GROUP BY currency, name, type, sign(cents) ORDER BY currency, name, min(created_at), type
"""


@dataclasses.dataclass(frozen=True)
class Part:
    """All movements of one type in one direction."""

    type: str
    cents: int
    count: int
    first_at: datetime
    last_at: datetime
    sentence: str


@dataclasses.dataclass(frozen=True)
class Number:
    """A number of the wallet, and what adds up to it. `listed_at` is where its rows are listed one by one."""

    name: str
    cents: int
    sentence: str
    parts: list[Part]
    listed_at: str


@dataclasses.dataclass(frozen=True)
class WalletMoney:
    """What there is in one currency, and why."""

    currency: str
    as_of: datetime | None
    numbers: list[Number]


def wallet_money(*, by, currency: str, as_of: datetime | None = None) -> WalletMoney:
    """What this person has in this currency, read at one moment: as it is, or as it was then."""
    rows = [row[1:] for row in sums(by, currency=currency, as_of=as_of)]
    return WalletMoney(currency, as_of, [number(place, [row[1:] for row in rows if row[0] == place], currency) for place in PLACES])


def wallets_as_of(as_of: datetime, *, by) -> list[dict[str, Any]]:
    """What this person had at that moment, per currency, under the names of `selectors.wallet_list`."""
    held: dict[str, dict[str, int]] = {}
    for currency, place, _type, cents, *_rest in sums(by, as_of=as_of):
        held.setdefault(currency, dict.fromkeys(PLACES, 0))[place] += cents
    return [
        {"currency": currency, "balance_cents": cents["BALANCE"], "held_cents": cents["HELD"], "escrow_cents": cents["ESCROW"]}
        for currency, cents in held.items()
    ]


def sums(by: Any, *, currency: str | None = None, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    """Per currency, place, type and direction: how much, how often, from when to when."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"user": by.id, "currency": currency, "as_of": as_of})
        return cursor.fetchall()


def number(place: str, rows: list[tuple[Any, ...]], currency: str) -> Number:
    """The number with its parts."""
    parts = [
        Part(kind, cents, count, first_at, last_at, words.part(place, kind, cents, currency))
        for kind, cents, count, first_at, last_at in rows
    ]
    total = sum(part.cents for part in parts)
    return Number(place, total, words.wallet_number(place, total, currency), parts, f"{LISTS[place]}?currency={currency}")
