"""Guards of what holds money: the entries of an escrow, a payout, a top-up or an adjustment are exactly those that its state speaks of.

Each looks at the state and at the money when the transaction commits, from both sides: when the obligation changes, and when
its account does. So money cannot move without the state, nor the state without the money, nor to anybody who is no party.
"""

import pgtrigger

from core.base.guards import Guard
from core.money.triggers import at_commit

ESCROW_SUMS = """
    SELECT coalesce(sum(cents) FILTER (WHERE inward AND owner_id = holder.brand_id), 0) AS paid_in,
           coalesce(sum(cents) FILTER (WHERE NOT inward AND owner_id = holder.brand_id), 0) AS to_brand,
           coalesce(sum(cents) FILTER (WHERE NOT inward AND owner_id = holder.creator_id), 0) AS to_creator,
           coalesce(sum(cents) FILTER (WHERE NOT inward AND kind = 'COMMISSION'), 0) AS fee,
           coalesce(sum(cents), 0) AS all_of_it
"""
PAYOUT_SUMS = """
    SELECT coalesce(sum(cents) FILTER (WHERE inward AND owner_id = holder.creator_id), 0) AS paid_in,
           coalesce(sum(cents) FILTER (WHERE NOT inward AND owner_id = holder.creator_id), 0) AS to_creator,
           coalesce(sum(cents) FILTER (WHERE NOT inward AND kind = 'EXTERNAL'), 0) AS to_bank,
           coalesce(sum(cents), 0) AS all_of_it
"""
ESCROW_AGREES = """
    sums.all_of_it = sums.paid_in + sums.to_brand + sums.to_creator + sums.fee
    AND CASE holder.status
        WHEN 'FUNDED' THEN (sums.paid_in, sums.to_brand, sums.to_creator, sums.fee) = (holder.amount_cents, 0, 0, 0)
        WHEN 'REFUNDED' THEN (sums.paid_in, sums.to_brand, sums.to_creator, sums.fee) = (holder.amount_cents, holder.amount_cents, 0, 0)
        WHEN 'RELEASED' THEN (sums.paid_in, sums.to_brand) = (holder.amount_cents, 0)
        WHEN 'SPLIT' THEN (sums.paid_in, sums.to_creator + sums.fee) = (holder.amount_cents, holder.creator_share_cents)
        ELSE sums.all_of_it = 0
    END
    AND (holder.status NOT IN ('RELEASED', 'SPLIT')
         OR sums.to_brand + sums.to_creator + sums.fee = holder.amount_cents
            AND sums.fee = least(floor(((sums.to_creator + sums.fee) * holder.commission_bps + 5000) / 10000), sums.to_creator + sums.fee))
"""
PAYOUT_AGREES = """
    sums.all_of_it = sums.paid_in + sums.to_creator + sums.to_bank
    AND (sums.paid_in, sums.to_creator, sums.to_bank) = (
        holder.amount_cents,
        CASE WHEN holder.status IN ('REJECTED', 'CANCELED', 'FAILED') THEN holder.amount_cents ELSE 0 END,
        CASE WHEN holder.status IN ('PAID', 'RETURNED') THEN holder.amount_cents ELSE 0 END
    )
    AND (holder.status = 'RETURNED') = EXISTS (
        SELECT 1 FROM public.core_ledgerentry WHERE reference = 'PAYOUT_RETURN:' || holder.id AND amount_cents = holder.amount_cents
    )
"""
TOP_UP_AGREES = """
    IF (SELECT status = 'CONFIRMED' FROM public.core_topup WHERE id = NEW.id)
       <> EXISTS (SELECT 1 FROM public.core_ledgerentry WHERE reference = 'BRAND_TOPUP:' || NEW.id AND type = 'BRAND_TOPUP') THEN
        RAISE EXCEPTION 'top-up % is confirmed exactly when its money is in the wallet', NEW.id USING ERRCODE = 'LG012';
    END IF;
    RETURN NULL;
"""
ADJUSTMENT_AGREES = """
    IF (SELECT status = 'POSTED' FROM public.core_adjustment WHERE id = NEW.id)
       <> EXISTS (SELECT 1 FROM public.core_ledgerentry WHERE reference = 'ADJUSTMENT:' || NEW.id AND type = 'ADJUSTMENT') THEN
        RAISE EXCEPTION 'adjustment % is posted exactly when its money has moved', NEW.id USING ERRCODE = 'LG012';
    END IF;
    RETURN NULL;
"""
MOVEMENTS = """
    FROM (
        SELECT true AS inward, entry.amount_cents::numeric AS cents, other.kind, other.owner_id
        FROM public.core_ledgerentry entry JOIN public.core_account other ON other.id = entry.from_account_id
        WHERE entry.to_account_id = {account}
        UNION ALL
        SELECT false, entry.amount_cents, other.kind, other.owner_id
        FROM public.core_ledgerentry entry JOIN public.core_account other ON other.id = entry.to_account_id
        WHERE entry.from_account_id = {account}
    ) movement
"""


def agreement(table: str, account: str, *, found_by: str, sums: str, agrees: str) -> str:
    """The body of a guard: the holder is read, its money is summed, and the two agree, or LG012."""
    return f"""
        SELECT * INTO holder FROM {table} WHERE {found_by};
        IF NOT FOUND THEN
            RAISE EXCEPTION 'money on account % belongs to nothing in {table}', NEW.id USING ERRCODE = 'LG012';
        END IF;
        {sums} INTO sums {MOVEMENTS.format(account=f"holder.{account}")};
        IF NOT ({agrees}) THEN
            RAISE EXCEPTION '{table} % is % but its money says otherwise: %', holder.id, holder.status, sums USING ERRCODE = 'LG012';
        END IF;
        RETURN NULL;
    """  # noqa: S608 - every part is a constant of this file


def escrow_agrees() -> Guard:
    """Whenever an escrow changes, its money agrees with it."""
    body = agreement("public.core_escrow", "account_id", found_by="id = NEW.id", sums=ESCROW_SUMS, agrees=ESCROW_AGREES)
    return at_commit("escrow_agrees", pgtrigger.Insert | pgtrigger.Update, body, holder="record", sums="record")


def payout_agrees() -> Guard:
    """Whenever a payout changes, its money agrees with it."""
    body = agreement("public.core_payout", "hold_account_id", found_by="id = NEW.id", sums=PAYOUT_SUMS, agrees=PAYOUT_AGREES)
    return at_commit("payout_agrees", pgtrigger.Insert | pgtrigger.Update, body, holder="record", sums="record")


def top_up_agrees() -> Guard:
    """Whenever a top-up changes, its money agrees with it."""
    return at_commit("topup_agrees", pgtrigger.Insert | pgtrigger.Update, TOP_UP_AGREES)


def adjustment_agrees() -> Guard:
    """Whenever an adjustment changes, its money agrees with it."""
    return at_commit("adjustment_agrees", pgtrigger.Insert | pgtrigger.Update, ADJUSTMENT_AGREES)


def holder_triggers() -> list[Guard]:
    """Whenever money moves on an account that holds it for an escrow or a payout, the two agree."""
    escrow = agreement("public.core_escrow", "account_id", found_by="account_id = NEW.id", sums=ESCROW_SUMS, agrees=ESCROW_AGREES)
    payout = agreement("public.core_payout", "hold_account_id", found_by="hold_account_id = NEW.id", sums=PAYOUT_SUMS, agrees=PAYOUT_AGREES)
    return [
        at_commit("account_escrow_agrees", pgtrigger.Update, escrow, condition=kind("ESCROW"), holder="record", sums="record"),
        at_commit("account_payout_agrees", pgtrigger.Update, payout, condition=kind("PAYOUT_HOLD"), holder="record", sums="record"),
    ]


def kind(name: str) -> pgtrigger.Condition:
    """The guard looks at accounts of this kind alone."""
    return pgtrigger.Q(new__kind=name)
