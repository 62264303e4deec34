"""The ledger's guards, in the database. Each refuses with a SQLSTATE of its own.

LG001 a balance changed without an entry · LG002 an entry changed or wiped · LG003 a row deleted · LG004 an account born with
a balance · LG005 an account changed its nature · LG010 not enough money · LG011 a reversal that mirrors nothing ·
LG012 money held that does not agree with the state of its obligation.
"""

import pgtrigger

from core.base.guards import Guard
from core.base.triggers import append_only, no_delete, no_truncate

# Inserting the row is the movement. The accounts are locked in the order of their ids, so that two movements queue and never
# deadlock; accounts without a limit keep no running balance, so that income is no hot spot.
MOVE = """
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM core_ledgerentry mirrored
        WHERE mirrored.id = NEW.reverses_id AND mirrored.from_account_id = NEW.to_account_id
          AND mirrored.to_account_id = NEW.from_account_id AND mirrored.amount_cents = NEW.amount_cents
          AND mirrored.reverses_id IS NULL
    ) THEN
        RAISE EXCEPTION 'a reversal mirrors one entry exactly' USING ERRCODE = 'LG011';
    END IF;
    NEW.created_at := clock_timestamp();
    NEW.from_balance_after := NULL; NEW.from_version := NULL; NEW.to_balance_after := NULL; NEW.to_version := NULL;
    PERFORM 1 FROM core_account WHERE id IN (NEW.from_account_id, NEW.to_account_id) AND is_limited ORDER BY id FOR NO KEY UPDATE;
    UPDATE core_account SET balance_cents = balance_cents - NEW.amount_cents, version = version + 1
        WHERE id = NEW.from_account_id AND is_limited AND balance_cents >= NEW.amount_cents
        RETURNING balance_cents, version INTO NEW.from_balance_after, NEW.from_version;
    IF NOT FOUND AND EXISTS (SELECT 1 FROM core_account WHERE id = NEW.from_account_id AND is_limited) THEN
        RAISE EXCEPTION 'not enough money on account %', NEW.from_account_id USING ERRCODE = 'LG010';
    END IF;
    UPDATE core_account SET balance_cents = balance_cents + NEW.amount_cents, version = version + 1
        WHERE id = NEW.to_account_id AND is_limited
        RETURNING balance_cents, version INTO NEW.to_balance_after, NEW.to_version;
    RETURN NEW;
"""

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


def account_triggers() -> list[Guard]:
    """An account is born empty, keeps its nature, changes its balance by entries alone, and is never deleted."""
    return [
        Guard(name="account_born_empty", when=pgtrigger.Before, operation=pgtrigger.Insert, func=BORN_EMPTY),
        Guard(name="account_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=FROZEN),
        no_delete("account"),
        no_truncate("account"),
    ]


def entry_triggers() -> list[Guard]:
    """Inserting an entry moves the money; nothing else can happen to it."""
    return [Guard(name="entry_moves", when=pgtrigger.Before, operation=pgtrigger.Insert, func=MOVE), *append_only("entry")]


def obligation_trigger(prefix: str, *, account: str, holding: tuple[str, ...]) -> Guard:
    """At commit the account of the row holds its whole amount in the holding states, and nothing in any other."""
    states = ", ".join(f"'{state}'" for state in holding)
    return Guard(
        name=f"{prefix}_agrees_with_ledger",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        declare=[("held", "bigint"), ("expected", "bigint"), ("state", "text")],
        func=f"""
            SELECT account.balance_cents, CASE WHEN holder.status IN ({states}) THEN holder.amount_cents ELSE 0 END, holder.status
                INTO held, expected, state
                FROM {prefix} holder JOIN core_account account ON account.id = holder.{account} WHERE holder.id = NEW.id;
            IF held <> expected THEN
                RAISE EXCEPTION '{prefix} % is % but its account holds %', NEW.id, state, held USING ERRCODE = 'LG012';
            END IF;
            RETURN NULL;
        """,
    )
