"""Guards that several tables share. The database refuses with a SQLSTATE of ours, `LG…`, and a sentence."""

import pgtrigger

from core.base.guards import Guard

# A whole-table wipe is let through in a test database alone, and only to a connection that asked for it.
TRUNCATE_GUARD = """
    IF current_database() NOT LIKE 'test\\_%' OR coalesce(current_setting('core.allow_truncate', true), '') <> 'on' THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'LG002';
    END IF;
    RETURN NULL;
"""


def append_only(prefix: str) -> list[Guard]:
    """Rows can be inserted, and nothing else: update, delete and truncate are refused with LG002."""
    refusal = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'LG002';"
    return [
        Guard(name=f"{prefix}_append_only", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=refusal),
        no_truncate(prefix),
    ]


def no_truncate(prefix: str) -> Guard:
    """The table cannot be emptied in one stroke: LG002."""
    return Guard(
        name=f"{prefix}_no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=TRUNCATE_GUARD,
    )


def no_delete(prefix: str) -> Guard:
    """Rows of this table stay for ever: LG003."""
    return Guard(
        name=f"{prefix}_no_delete",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func="RAISE EXCEPTION 'a row of % is never deleted', TG_TABLE_NAME USING ERRCODE = 'LG003';",
    )


def frozen(prefix: str, *columns: str, once: tuple[str, ...] = ()) -> Guard:
    """These columns keep the values that the row was born with; those given in `once` keep their first value: LG006."""
    changes = [f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns]
    changes += [f"OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}" for column in once]
    return Guard(
        name=f"{prefix}_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF {" OR ".join(changes)} THEN
                RAISE EXCEPTION 'the terms of a row of % never change', TG_TABLE_NAME USING ERRCODE = 'LG006';
            END IF;
            RETURN NEW;
        """,
    )


def arrows(prefix: str, moves: dict[str, set[str]]) -> Guard:
    """The status moves only along these arrows, the model's MOVES, whoever writes it: LG007."""
    pairs = ", ".join(f"('{start}', '{end}')" for start, ends in sorted(moves.items()) for end in sorted(ends))
    return Guard(
        name=f"{prefix}_arrows",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({pairs}) THEN
                RAISE EXCEPTION 'a row of % does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status USING ERRCODE = 'LG007';
            END IF;
            RETURN NEW;
        """,
    )
