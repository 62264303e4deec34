"""Guards of the tables of chat."""

import pgtrigger

from core.base.guards import Guard


def rises(prefix: str, *columns: str) -> Guard:
    """These numbers never fall, whoever writes them: LG008. Readers keep their places by them."""
    falls = " OR ".join(f"NEW.{column} < OLD.{column}" for column in columns)
    return Guard(
        name=f"{prefix}_rises",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF {falls} THEN
                RAISE EXCEPTION 'a counter of % never falls', TG_TABLE_NAME USING ERRCODE = 'LG008';
            END IF;
            RETURN NEW;
        """,
    )
