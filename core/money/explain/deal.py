"""The money of one deal: every number with the movements that add up to it, and why the commission is what it is."""

import dataclasses
from collections.abc import Callable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from core.base.shapes import ObjectJSON
from core.money import policies
from core.money.explain import words
from core.money.models import Escrow, LedgerEntry

Move = dict[str, Any]
# What an entry adds to a number, in minor units with their sign; nothing when it is no part of it.
Measure = Callable[[Move], int]

MOVES = ArraySubquery(
    LedgerEntry.objects.filter(
        Q(from_account=OuterRef("account_id")) | Q(to_account=OuterRef("account_id")) | Q(job_id=OuterRef("job_id"), type="ADJUSTMENT")
    )
    .order_by("id")
    .values_list(
        ObjectJSON(
            id="id",
            type="type",
            reference="reference",
            cents="amount_cents",
            at="created_at",
            source="from_account__kind",
            target="to_account__kind",
            payer="from_account__owner_id",
            payee="to_account__owner_id",
        ),
        flat=True,
    )
)


@dataclasses.dataclass(frozen=True)
class Number:
    """A number that is shown, the entries that add up to it, and what it says."""

    name: str
    cents: int
    sentence: str
    entries: list[dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class DealMoney:
    """What happened to the money of a deal, as one of its people, or staff, sees it."""

    escrow: Escrow
    reader: str
    sentence: str
    numbers: list[Number]


def deal_money(job_id, *, by) -> DealMoney:
    """The money of this deal, read at one moment. Raises NotFound."""
    escrow = policies.visible_escrows(by).select_related("commission_rule").annotate(moves=MOVES).find(job_id=job_id)
    reader = {escrow.brand_id: words.BRAND, escrow.creator_id: words.CREATOR}.get(by.id, words.ANYBODY)
    amounts = {"gross": escrow.gross_cents, "fee": escrow.commission_cents, "net": escrow.creator_net_cents}
    sentence = words.terms(escrow.status, reader, amounts, escrow.currency, escrow.commission_rule)
    moves: list[Move] = escrow.moves
    numbers = [number(name, measure, moves, reader, escrow.currency) for name, measure in measures(escrow, reader).items()]
    return DealMoney(escrow, reader, sentence, numbers)


def measures(escrow: Escrow, reader: str) -> dict[str, Measure]:
    """The numbers that this reader sees, each as what an entry adds to it. The parties see adjustments of their own wallet alone."""
    own = {words.BRAND: str(escrow.brand_id), words.CREATOR: str(escrow.creator_id)}.get(reader)
    shown: dict[str, Measure] = {
        "FUNDED": of_type("ESCROW_FUNDED"),
        "HELD": at_end("ESCROW"),
        "RELEASED": of_type("ESCROW_RELEASED"),
        "COMMISSION": of_type("COMMISSION_TAKEN"),
        "REFUNDED": of_type("ESCROW_REFUNDED"),
        "ADJUSTED": lambda move: in_wallet(move, own) if move["type"] == "ADJUSTMENT" else 0,
    }
    return shown | {"WALLET": lambda move: in_wallet(move, own)} if own else shown


def of_type(type: str) -> Measure:
    """All that moved as this."""
    return lambda move: move["cents"] if move["type"] == type else 0


def at_end(kind: str) -> Measure:
    """What came to an account of this kind, less what left it."""
    return lambda move: signed(move, inward=move["target"] == kind, outward=move["source"] == kind)


def in_wallet(move: Move, owner: str | None) -> int:
    """What came into the wallet of this person, less what left it; of anybody when nobody is named."""
    if owner is None:
        return signed(move, inward=move["payee"] is not None, outward=move["payer"] is not None)
    return signed(move, inward=move["payee"] == owner, outward=move["payer"] == owner)


def signed(move: Move, *, inward: bool, outward: bool) -> int:
    """The amount with the sign of its way."""
    return move["cents"] * (inward - outward)


def number(name: str, measure: Measure, moves: list[Move], reader: str, currency: str) -> Number:
    """The number with its entries and its sentence."""
    parts = [(move, cents) for move in moves if (cents := measure(move))]
    total = sum(cents for _move, cents in parts)
    happened = bool(parts) if name == "ADJUSTED" else bool(total)
    sentence = words.deal_number(name, reader, total, currency, happened=happened)
    return Number(name, total, sentence, [told(move, cents, currency) for move, cents in parts])


def told(move: Move, cents: int, currency: str) -> dict[str, Any]:
    """The entry as the reader sees it, with the sign that it has in this number."""
    return {
        "id": move["id"],
        "type": move["type"],
        "reference": move["reference"],
        "cents": cents,
        "at": move["at"],
        "sentence": words.movement(move["type"], cents, currency),
    }
