"""The guards of disputes, in the database. Each refuses with a SQLSTATE of its own.

LG030 a deal stands still without a dispute, or a dispute is open about a deal that does not · LG031 a decision, or a judgement
about it, of somebody who may not give it · LG006 what is closed was changed.
"""

import pgtrigger

from core.base.guards import Guard
from core.money.triggers import at_commit

# `disputed_at` is what lower rooms judge by, so it says neither more nor less than the open dispute does.
AGREES = """
    IF EXISTS (SELECT 1 FROM public.core_job WHERE id = {job} AND disputed_at IS NOT NULL)
       <> EXISTS (SELECT 1 FROM public.core_dispute WHERE job_id = {job} AND status IN ('OPEN', 'UNDER_REVIEW')) THEN
        RAISE EXCEPTION 'job % stands still exactly while a dispute about it is open', {job} USING ERRCODE = 'LG030';
    END IF;
"""
PARTIES = """
    IF NOT EXISTS (
        SELECT 1 FROM public.core_job WHERE id = NEW.job_id
        AND (brand_id, active_creator_id) = CASE NEW.opener_role
            WHEN 'BRAND' THEN (NEW.opened_by_id, NEW.respondent_id) ELSE (NEW.respondent_id, NEW.opened_by_id) END
    ) THEN
        RAISE EXCEPTION 'dispute % is not between the two parties of its job', NEW.id USING ERRCODE = 'LG030';
    END IF;
"""
# The people who decided are copied from the dispute, so that a CHECK of the appeal can tell them from its judge.
DECIDED = """
    SELECT decided_by_id, confirmed_by_id INTO NEW.decided_by_id, NEW.confirmed_by_id
    FROM public.core_dispute WHERE id = NEW.dispute_id AND status = 'RESOLVED' AND NEW.appealed_by_id IN (opened_by_id, respondent_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an appeal is about a decision, and by a party' USING ERRCODE = 'LG031';
    END IF;
    RETURN NEW;
"""


def dispute_agrees() -> list[Guard]:
    """Whenever a dispute changes, its deal stands still exactly while it is open; it is between the parties of the deal."""
    return [
        at_commit("dispute_agrees", pgtrigger.Insert | pgtrigger.Update, AGREES.format(job="NEW.job_id") + "RETURN NULL;"),
        at_commit("dispute_parties", pgtrigger.Insert, PARTIES + "RETURN NULL;"),
    ]


def job_agrees() -> list[Guard]:
    """Whenever a job begins to stand still or goes on, a dispute says why."""
    body = AGREES.format(job="NEW.id") + "RETURN NULL;"
    return [
        at_commit(
            "job_dispute_agrees", pgtrigger.Update, body, condition=pgtrigger.Q(new__disputed_at__df=pgtrigger.F("old__disputed_at"))
        ),
        at_commit("job_dispute_born", pgtrigger.Insert, body, condition=pgtrigger.Q(new__disputed_at__isnull=False)),
    ]


def appeal_of_decision() -> Guard:
    """An appeal begins with the names of those who decided, by a party of a dispute that is decided: LG031."""
    return Guard(name="appeal_of_decision", when=pgtrigger.Before, operation=pgtrigger.Insert, func=DECIDED)


def closed(prefix: str, *open_statuses: str) -> Guard:
    """Once its status is none of these, nothing of the row changes any more: LG006."""
    states = ", ".join(f"'{status}'" for status in open_statuses)
    return Guard(
        name=f"{prefix}_closed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF OLD.status NOT IN ({states}) AND to_jsonb(NEW) - 'updated_at' <> to_jsonb(OLD) - 'updated_at' THEN
                RAISE EXCEPTION 'a closed row of % never changes', TG_TABLE_NAME USING ERRCODE = 'LG006';
            END IF;
            RETURN NEW;
        """,
    )
