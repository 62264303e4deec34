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


def append_only_until_erased(prefix: str, *, blank: tuple[str, ...], texts: tuple[str, ...], whose: str) -> list[Guard]:
    """Rows can be inserted, and nothing else (LG002), but for one thing: what they say of a person whose account is erased may go.

    Of the JSON columns in `blank` the values may become null, their names stay; the columns in `texts` may become empty. `whose` is a
    condition on OLD and `person`, a row of core_user.
    """
    faded = [
        f"""(SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(NEW.{column}) WHERE value <> 'null')
            <@ OLD.{column} AND (SELECT array_agg(key ORDER BY key) FROM jsonb_each(NEW.{column}))
            IS NOT DISTINCT FROM (SELECT array_agg(key ORDER BY key) FROM jsonb_each(OLD.{column}))"""  # noqa: S608
        for column in blank
    ]
    faded += [f"NEW.{column} IN ('', OLD.{column})" for column in texts]
    spared = ", ".join(f"'{column}'" for column in (*blank, *texts))
    only_fades = Guard(
        name=f"{prefix}_only_fades",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY[{spared}] = to_jsonb(OLD) - ARRAY[{spared}] AND {" AND ".join(faded)}
                AND EXISTS (SELECT 1 FROM public.core_user person WHERE person.erased_at IS NOT NULL AND ({whose})) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'LG002';
        """,  # noqa: S608
    )
    return [only_fades, no_truncate(prefix)]


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


def frozen_until_erased(prefix: str, owner: str, *columns: str) -> Guard:
    """These columns keep their values until the account of the row's owner is erased: LG006."""
    changes = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    return Guard(
        name=f"{prefix}_frozen_until_erased",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF ({changes}) AND NOT EXISTS (SELECT 1 FROM public.core_user WHERE id = OLD.{owner} AND erased_at IS NOT NULL) THEN
                RAISE EXCEPTION 'the terms of a row of % never change', TG_TABLE_NAME USING ERRCODE = 'LG006';
            END IF;
            RETURN NEW;
        """,  # noqa: S608
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
