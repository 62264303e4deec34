"""The ledger's guards, in the database. Each refuses with a SQLSTATE of its own (`docs/adr/0002-ledger-guards.md` says why).

LG001 a balance changed without an entry · LG002 an entry changed or wiped · LG003 a row deleted · LG004 an account born with
a balance · LG005 an account changed its nature · LG006 the terms of an obligation changed · LG007 a state reached along no
arrow · LG010 not enough money · LG011 a reversal that mirrors nothing · LG012 the money of an obligation does not agree with
its state · LG013 an entry of this type does not lead from there to there · LG014 money from outside, or by hand, without its document.
"""

import pgtrigger

from core.base.guards import Guard
from core.base.triggers import append_only, no_delete, no_truncate

# From where to where money of each type goes. A reversal goes the way of its entry, backwards.
ENDS = {
    "BRAND_TOPUP": [("EXTERNAL", "BRAND")],
    "ESCROW_FUNDED": [("BRAND", "ESCROW")],
    "ESCROW_RELEASED": [("ESCROW", "CREATOR")],
    "COMMISSION_TAKEN": [("ESCROW", "COMMISSION")],
    "ESCROW_REFUNDED": [("ESCROW", "BRAND")],
    "PAYOUT_HELD": [("CREATOR", "PAYOUT_HOLD")],
    "PAYOUT_PAID": [("PAYOUT_HOLD", "EXTERNAL")],
    "PAYOUT_RELEASED": [("PAYOUT_HOLD", "CREATOR")],
    "PAYOUT_RETURNED": [("EXTERNAL", "CREATOR")],
    "ADJUSTMENT": [("ADJUSTMENT", "BRAND"), ("ADJUSTMENT", "CREATOR"), ("BRAND", "ADJUSTMENT"), ("CREATOR", "ADJUSTMENT")],
}
_TRIPLES = ", ".join(f"('{entry}', '{source}', '{target}')" for entry, ends in ENDS.items() for source, target in ends)

# Inserting the row is the movement. The accounts are locked in the order of their ids, so that two movements queue and never
# deadlock; accounts without a limit keep no running balance, so that income is no hot spot.
MOVE = f"""
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM public.core_ledgerentry mirrored
        WHERE mirrored.id = NEW.reverses_id AND mirrored.from_account_id = NEW.to_account_id
          AND mirrored.to_account_id = NEW.from_account_id AND mirrored.amount_cents = NEW.amount_cents
          AND mirrored.reverses_id IS NULL
    ) THEN
        RAISE EXCEPTION 'a reversal mirrors one entry exactly' USING ERRCODE = 'LG011';
    END IF;
    IF NEW.type <> 'REVERSAL' AND NOT EXISTS (
        SELECT 1 FROM public.core_account source, public.core_account target
        WHERE source.id = NEW.from_account_id AND target.id = NEW.to_account_id AND (NEW.type, source.kind, target.kind) IN ({_TRIPLES})
    ) THEN
        RAISE EXCEPTION '% does not lead from % to %', NEW.type, NEW.from_account_id, NEW.to_account_id USING ERRCODE = 'LG013';
    END IF;
    NEW.created_at := clock_timestamp();
    NEW.from_balance_after := NULL; NEW.from_version := NULL; NEW.to_balance_after := NULL; NEW.to_version := NULL;
    PERFORM 1 FROM public.core_account WHERE id IN (NEW.from_account_id, NEW.to_account_id) AND is_limited ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.core_account SET balance_cents = balance_cents - NEW.amount_cents, version = version + 1
        WHERE id = NEW.from_account_id AND is_limited AND balance_cents >= NEW.amount_cents
        RETURNING balance_cents, version INTO NEW.from_balance_after, NEW.from_version;
    IF NOT FOUND AND EXISTS (SELECT 1 FROM public.core_account WHERE id = NEW.from_account_id AND is_limited) THEN
        RAISE EXCEPTION 'not enough money on account %', NEW.from_account_id USING ERRCODE = 'LG010';
    END IF;
    UPDATE public.core_account SET balance_cents = balance_cents + NEW.amount_cents, version = version + 1
        WHERE id = NEW.to_account_id AND is_limited
        RETURNING balance_cents, version INTO NEW.to_balance_after, NEW.to_version;
    RETURN NEW;
"""  # noqa: S608 - made of the table above

BORN_EMPTY = """
    IF NEW.balance_cents <> 0 OR NEW.version <> 0 THEN
        RAISE EXCEPTION 'an account is born empty' USING ERRCODE = 'LG004';
    END IF;
    RETURN NEW;
"""

FROZEN = """
    IF (NEW.id, NEW.kind, NEW.currency) IS DISTINCT FROM (OLD.id, OLD.kind, OLD.currency)
       OR NEW.owner_id IS DISTINCT FROM OLD.owner_id THEN
        RAISE EXCEPTION 'an account keeps its nature' USING ERRCODE = 'LG005';
    END IF;
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance moves only by an entry' USING ERRCODE = 'LG001';
    END IF;
    RETURN NEW;
"""

# The depth of triggers is only a first look: anybody's trigger is deep enough, and an entry that ON CONFLICT DO NOTHING drops
# has moved money and left no row. So at commit every version of an account is explained by the entry that made it. The entry
# is among the newest of its account, which is where the search begins.
EXPLAINED = """
    IF NEW.version <> OLD.version + 1 OR NOT EXISTS (
        SELECT 1 FROM public.core_ledgerentry WHERE from_account_id = NEW.id AND from_version = NEW.version
          AND from_balance_after = NEW.balance_cents AND amount_cents = OLD.balance_cents - NEW.balance_cents ORDER BY id DESC LIMIT 1
    ) AND NOT EXISTS (
        SELECT 1 FROM public.core_ledgerentry WHERE to_account_id = NEW.id AND to_version = NEW.version
          AND to_balance_after = NEW.balance_cents AND amount_cents = NEW.balance_cents - OLD.balance_cents ORDER BY id DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'version % of account % follows from no entry', NEW.version, NEW.id USING ERRCODE = 'LG001';
    END IF;
    RETURN NULL;
"""

# The id is read out of the reference, so that the document is found by its key.
DOCUMENTED = """
    IF NEW.type = 'BRAND_TOPUP' AND NOT EXISTS (
        SELECT 1 FROM public.core_topup document JOIN public.core_account target ON target.id = NEW.to_account_id
        WHERE document.id = CASE WHEN NEW.reference ~ '^BRAND_TOPUP:[0-9a-f-]{36}$' THEN substr(NEW.reference, 13)::uuid END
          AND document.status = 'CONFIRMED' AND document.amount_cents = NEW.amount_cents AND document.brand_id = target.owner_id
    ) OR NEW.type = 'PAYOUT_RETURNED' AND NOT EXISTS (
        SELECT 1 FROM public.core_payout document JOIN public.core_account target ON target.id = NEW.to_account_id
        WHERE document.id = NEW.payout_id AND NEW.reference = 'PAYOUT_RETURN:' || document.id
          AND document.status = 'RETURNED' AND document.amount_cents = NEW.amount_cents AND document.creator_id = target.owner_id
    ) OR NEW.type = 'ADJUSTMENT' AND NOT EXISTS (
        SELECT 1 FROM public.core_adjustment document
            JOIN public.core_account wallet ON (wallet.owner_id, wallet.kind) = (document.person_id, document.wallet_kind)
        WHERE document.id = CASE WHEN NEW.reference ~ '^ADJUSTMENT:[0-9a-f-]{36}$' THEN substr(NEW.reference, 12)::uuid END
          AND wallet.id = CASE document.direction WHEN 'CREDIT' THEN NEW.to_account_id ELSE NEW.from_account_id END
          AND (document.status, document.amount_cents, document.currency) = ('POSTED', NEW.amount_cents, NEW.currency)
          AND (document.drafted_by_id, document.decided_by_id) = (NEW.actor_id, NEW.approved_by_id)
    ) THEN
        RAISE EXCEPTION 'money from outside, or by hand, needs its document: %', NEW.reference USING ERRCODE = 'LG014';
    END IF;
    RETURN NULL;
"""


def account_triggers() -> list[Guard]:
    """An account is born empty, keeps its nature, changes its balance by entries alone, and is never deleted."""
    return [
        Guard(name="account_born_empty", when=pgtrigger.Before, operation=pgtrigger.Insert, func=BORN_EMPTY),
        Guard(name="account_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=FROZEN),
        at_commit("account_explained", pgtrigger.Update, EXPLAINED),
        no_delete("account"),
        no_truncate("account"),
    ]


def entry_triggers() -> list[Guard]:
    """Inserting an entry moves the money; nothing else can happen to it."""
    return [
        Guard(name="entry_moves", when=pgtrigger.Before, operation=pgtrigger.Insert, func=MOVE),
        at_commit(
            "entry_documented",
            pgtrigger.Insert,
            DOCUMENTED,
            condition=pgtrigger.Q(new__type__in=["BRAND_TOPUP", "PAYOUT_RETURNED", "ADJUSTMENT"]),
        ),
        *append_only("entry"),
    ]


def at_commit(
    name: str, operation: pgtrigger.Operation, func: str, *, condition: pgtrigger.Condition | None = None, **declare: str
) -> Guard:
    """A guard that looks at the rows as the transaction leaves them."""
    return Guard(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        condition=condition,
        declare=list(declare.items()),
        func=func,
    )
