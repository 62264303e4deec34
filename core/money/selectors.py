"""Reads about money. Lists come as JSON rows; each total is one statement, so that it shows one moment."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import BigIntegerField, Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from core.base.models import QuerySet
from core.base.policy import actions
from core.base.shapes import RowJSON
from core.money import judgements, policies
from core.money.faults import Fault, ledger_faults, report_ledger_faults
from core.money.models import Account, Escrow, LedgerEntry, Payout
from core.people.models import BrandProfile, CreatorProfile
from core.people.selectors import staff_ids
from core.timers.selectors import clocks

__all__ = [
    "Fault",
    "account_list",
    "brand_name",
    "creator_name",
    "entry_list",
    "escrow_list",
    "escrow_page",
    "finance_ids",
    "ledger_faults",
    "method_list",
    "payout_list",
    "payout_page",
    "report_ledger_faults",
    "second_signer_ids",
    "statement",
    "top_up_list",
    "wallet_list",
]


# People


def finance_ids() -> list[UUID]:
    """Those who may give the first signature."""
    return staff_ids("finance")


def second_signer_ids(*, but) -> list[UUID]:
    """Those who may give the second signature after this person."""
    return sorted({*staff_ids(*policies.FINANCE)} - {but.id})


def brand_name(brand_id: UUID) -> str:
    """What finance staff read instead of an id."""
    return BrandProfile.objects.filter(user_id=brand_id).values_list("company_name", flat=True).first() or ""


def creator_name(creator_id: UUID) -> str:
    """What finance staff read instead of an id."""
    return CreatorProfile.objects.filter(user_id=creator_id).values_list("display_name", flat=True).first() or ""


# Wallets

WALLETS = """
    SELECT currency, sum(balance)::bigint, sum(held)::bigint, sum(reserved)::bigint FROM (
        SELECT currency, balance_cents AS balance, 0 AS held, 0 AS reserved FROM core_account WHERE owner_id = %(user)s
        UNION ALL
        SELECT currency, 0, amount_cents, 0 FROM core_payout WHERE creator_id = %(user)s AND status IN ('PENDING', 'APPROVED', 'SENT')
        UNION ALL
        SELECT currency, 0, 0, amount_cents FROM core_escrow WHERE (brand_id = %(user)s OR creator_id = %(user)s) AND status = 'FUNDED'
    ) part GROUP BY currency ORDER BY currency
"""


def wallet_list(*, by) -> list[dict[str, Any]]:
    """Per currency: what can be spent, what is on its way out, and what waits in the escrows of one's deals (before commission)."""
    with connection.cursor() as cursor:
        cursor.execute(WALLETS, {"user": by.id})
        return [
            {"currency": currency, "balance_cents": balance, "held_cents": held, "escrow_cents": reserved}
            for currency, balance, held, reserved in cursor.fetchall()
        ]


def statement(*, by) -> models.QuerySet[Any, Any]:
    """The movements of one's wallets, to be ordered by `place`. The amount has the sign that it has for the reader.

    The place is the id in a form that no index has: with the id itself the database would read the whole ledger backwards, in
    search of somebody's few rows. So a page costs what the reader's own wallets have seen, and nothing of what others did.
    """
    own = list(Account.objects.filter(owner=by).values_list("pk", flat=True))
    outward = Q(from_account__in=own)
    rows = LedgerEntry.objects.filter(outward | Q(to_account__in=own))
    return rows.annotate(place=F("id") + Value(0, output_field=BigIntegerField())).values(
        "id",
        "type",
        "currency",
        amountCents=Case(When(outward, then=Value(0) - F("amount_cents")), default="amount_cents", output_field=BigIntegerField()),
        balanceAfterCents=Case(When(outward, then=F("from_balance_after")), default=F("to_balance_after")),
        counterKind=Case(When(outward, then=F("to_account__kind")), default=F("from_account__kind")),
        jobId=F("job_id"),
        jobTitle=F("job__title"),
        payoutId=F("payout_id"),
        createdAt=F("created_at"),
    )


# Escrows


def escrow_list(*, by) -> QuerySet:
    """The escrows that one may see."""
    return policies.visible_escrows(by).annotate(
        row=RowJSON(
            id="id",
            jobId="job_id",
            jobTitle="job__title",
            brandId="brand_id",
            creatorId="creator_id",
            status="status",
            amountCents="amount_cents",
            currency="currency",
            commissionBps="commission_bps",
            commissionCents=FEE,
            creatorNetCents=GROSS - FEE,
            creatorShareCents="creator_share_cents",
            fundedAt="funded_at",
            closedAt="closed_at",
            createdAt="created_at",
        )
    )


GROSS = Coalesce("creator_share_cents", "amount_cents")
# Integer division rounds down, so this is half up, as in `arithmetic.commission`.
FEE = (GROSS * F("commission_bps") + Value(5_000, output_field=BigIntegerField())) / Value(10_000, output_field=BigIntegerField())


def escrow_page(job_id, *, by) -> Escrow:
    """The escrow of a job that one may see, with its `entries`, oldest first. Raises NotFound."""
    escrow = policies.visible_escrows(by).select_related("job").find(job_id=job_id)
    touching = Q(from_account=escrow.account_id) | Q(to_account=escrow.account_id)
    escrow.entries = list(LedgerEntry.objects.filter(touching).order_by("id"))
    return escrow


# Top-ups and payouts


TOP_UP_COLUMNS: dict[str, Any] = {
    "id": "id",
    "number": "number",
    "brandId": "brand_id",
    "amountCents": "amount_cents",
    "currency": "currency",
    "provider": "provider",
    "status": "status",
    "reason": "reason",
    "closedAt": "closed_at",
    "createdAt": "created_at",
}
TOP_UP_STAFF_COLUMNS = TOP_UP_COLUMNS | {
    "brandName": "brand__brand_profile__company_name",
    "needsSecond": "needs_second",
    "confirmedById": "confirmed_by_id",
    "secondConfirmedById": "second_confirmed_by_id",
    "bankReference": "bank_reference",
}


def top_up_list(*, by) -> QuerySet:
    """The top-ups that one may see; finance also sees whose they are and who signed."""
    columns = TOP_UP_COLUMNS if policies.is_brand(by) else TOP_UP_STAFF_COLUMNS
    return policies.visible_top_ups(by).annotate(row=RowJSON(**columns))


def method_list(*, by) -> QuerySet:
    """One's own destinations, masked."""
    return policies.visible_methods(by).annotate(row=RowJSON(id="id", kind="kind", masked="masked", createdAt="created_at"))


PAYOUT_COLUMNS: dict[str, Any] = {
    "id": "id",
    "amountCents": "amount_cents",
    "currency": "currency",
    "status": "status",
    "payoutMethodId": "method_id",
    "methodKind": "method__kind",
    "destination": "method__masked",
    "reason": "reason",
    "bankReference": "bank_reference",
    "approvedAt": "approved_at",
    "sentAt": "sent_at",
    "closedAt": "closed_at",
    "createdAt": "created_at",
}
PAYOUT_CLOCKS = ("DECIDE_PAYOUT", "SEND_PAYOUT")
PAYOUT_STAFF_COLUMNS = PAYOUT_COLUMNS | {
    "creatorId": "creator_id",
    "creatorName": "creator__creator_profile__display_name",
    "needsSecond": "needs_second",
    "approvedById": "approved_by_id",
    "secondApprovedById": "second_approved_by_id",
}


def payout_list(*, by) -> QuerySet:
    """The payouts that one may see; finance also sees whose they are and who signed."""
    columns = PAYOUT_COLUMNS if policies.is_creator(by) else PAYOUT_STAFF_COLUMNS
    return policies.visible_payouts(by).annotate(row=RowJSON(**columns, timers=clocks("id", *PAYOUT_CLOCKS)))


def payout_page(payout_id, *, by) -> Any:
    """One payout with its destination and its running `timers`, whom it is `waiting_on`, and the `actions` of this person.

    Raises NotFound.
    """
    found = policies.visible_payouts(by).annotate(timers=clocks("id", *PAYOUT_CLOCKS))
    payout = found.select_related("method", "creator__creator_profile").find(id=payout_id)
    payout.waiting_on = "STAFF" if payout.status in Payout.HOLDING else None
    payout.actions = actions(**_judges(payout, by))
    return payout


def _judges(payout: Payout, by: Any) -> dict[str, Any]:
    """What this kind of person does with a payout, each with its judge; what the creator has called off already is not offered."""
    if payout.creator_id == by.pk:
        return {} if payout.status == Payout.Status.CANCELED else {"CANCEL": partial(judgements.judge_calling_back, payout)}
    judges: dict[str, Any] = {"APPROVE": partial(judgements.judge_signing, payout, by=by)}
    if policies.is_finance(by):
        judges |= {step: partial(judgements.judge_step, payout, step, by=by) for step in judgements.STEPS}
    return judges


# The books, for finance


def entry_list(*, by) -> QuerySet:
    """Every movement, with both its ends."""
    return policies.visible_entries(by).annotate(
        row=RowJSON(
            id="id",
            type="type",
            reference="reference",
            fromAccountId="from_account_id",
            fromKind="from_account__kind",
            toAccountId="to_account_id",
            toKind="to_account__kind",
            amountCents="amount_cents",
            currency="currency",
            jobId="job_id",
            payoutId="payout_id",
            actorId="actor_id",
            reason="reason",
            requestId="request_id",
            createdAt="created_at",
        )
    )


def account_list(*, by) -> models.QuerySet[Any, Any]:
    """Every account with what it holds. Those without a limit keep no balance: theirs is the sum of their movements."""
    holds = Case(When(is_limited=True, then=F("balance_cents")), default=moved("to_account") - moved("from_account"))
    return policies.visible_accounts(by).values(
        "id",
        "kind",
        "currency",
        "version",
        ownerId=F("owner_id"),
        ownerName=Coalesce("owner__brand_profile__company_name", "owner__creator_profile__display_name"),
        balanceCents=holds,
        jobId=F("escrow__job_id"),
        payoutId=F("payout__id"),
        createdAt=F("created_at"),
    )


def moved(end: str) -> Coalesce:
    """What has moved over this end of the account."""
    sums = LedgerEntry.objects.filter(**{end: OuterRef("pk")}).order_by().values(end).annotate(cents=Sum("amount_cents")).values("cents")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())
