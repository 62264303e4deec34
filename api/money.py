"""Escrows, and the books for finance. Wallets, payouts and rules have pages of their own."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api import adjustments, explanations, payouts, rules, wallets
from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice, Flag, Identifier, Text, Whole
from api.money_shapes import Period
from api.permissions import BrandOrCreator, IsBrand, SignedIn, staff
from api.previews import dry_run
from core.base.errors import Invalid
from core.base.models import QuerySet
from core.base.vocabulary import Currency
from core.money import errors, selectors, services
from core.money.models import Account, Escrow, LedgerEntry
from core.money.policies import FINANCE

ACCOUNT_ID_MAX = 2**63 - 1


class EscrowEntryOut(Shape):
    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=LedgerEntry.Type.choices)
    reference = serializers.CharField()
    amountCents = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    createdAt = serializers.DateTimeField()


class EscrowOut(Shape):
    id = serializers.UUIDField()
    jobId = serializers.UUIDField()
    jobTitle = serializers.CharField(source="job.title")
    brandId = serializers.UUIDField()
    creatorId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Escrow.Status.choices)
    amountCents = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    commissionBps = serializers.IntegerField(help_text="Frozen when the creator was chosen.")
    commissionCents = serializers.IntegerField()
    creatorNetCents = serializers.IntegerField()
    creatorShareCents = serializers.IntegerField(allow_null=True, help_text="Of a SPLIT: the creator's part before commission.")
    fundedAt = serializers.DateTimeField(allow_null=True)
    closedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class EscrowPageOut(EscrowOut):
    entries = EscrowEntryOut(many=True)


class FundedOut(Shape):
    escrow = EscrowOut()
    alreadyFunded = serializers.BooleanField(help_text="True when there was nothing left to do.")


class EntryOut(Shape):
    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=LedgerEntry.Type.choices)
    reference = serializers.CharField()
    fromAccountId = serializers.IntegerField()
    fromKind = serializers.ChoiceField(choices=Account.Kind.choices)
    toAccountId = serializers.IntegerField()
    toKind = serializers.ChoiceField(choices=Account.Kind.choices)
    amountCents = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    jobId = serializers.UUIDField(allow_null=True)
    payoutId = serializers.UUIDField(allow_null=True)
    actorId = serializers.UUIDField()
    reason = serializers.CharField()
    requestId = serializers.CharField()
    createdAt = serializers.DateTimeField()


class AccountOut(Shape):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Account.Kind.choices)
    currency = serializers.ChoiceField(choices=Currency.choices)
    ownerId = serializers.UUIDField(allow_null=True)
    ownerName = serializers.CharField(allow_null=True)
    balanceCents = serializers.IntegerField()
    version = serializers.IntegerField(help_text="How many movements an account with a limit has had.")
    jobId = serializers.UUIDField(allow_null=True)
    payoutId = serializers.UUIDField(allow_null=True)
    createdAt = serializers.DateTimeField()


class EscrowFilters(Filters):
    status = Choice(choices=Escrow.Status.choices)
    currency = Choice(choices=Currency.choices)


class AdminEscrowFilters(EscrowFilters):
    userId = Identifier(method="of_party", help_text="The brand or the creator.")

    def of_party(self, rows: QuerySet, name: str, user: UUID) -> QuerySet:
        """The escrows in which this person is a party."""
        return rows.filter(Q(brand_id=user) | Q(creator_id=user))


class LedgerFilters(Period):
    type = Choice(choices=LedgerEntry.Type.choices)
    currency = Choice(choices=Currency.choices)
    reference = Text(max_length=80)
    accountId = Whole(max_value=ACCOUNT_ID_MAX, method="of_account")
    jobId = Identifier(field_name="job_id")
    payoutId = Identifier(field_name="payout_id")

    NARROW = ("from", "reference", "accountId", "jobId", "payoutId")

    def of_account(self, rows: QuerySet, name: str, account: int) -> QuerySet:
        """The entries that this account is an end of."""
        return rows.filter(Q(from_account=account) | Q(to_account=account))


class AccountFilters(Filters):
    kind = Choice(choices=Account.Kind.choices)
    currency = Choice(choices=Currency.choices)
    userId = Identifier(field_name="owner_id")
    nonZero = Flag(method="only_non_zero")

    def only_non_zero(self, rows: QuerySet, name: str, wanted: bool) -> QuerySet:
        """Those that hold something, or those that hold nothing."""
        return rows.exclude(balanceCents=0) if wanted else rows.filter(balanceCents=0)


def escrow_row(escrow: Escrow) -> dict[str, Any]:
    """The escrow as a reader sees it, for the answer to a verb."""
    return EscrowOut.of(escrow)


class EscrowViewset(Viewset):
    permission_classes = {"fund": [IsBrand], "retrieve": [SignedIn], "list": [BrandOrCreator]}
    throttle_scope = {"fund": "money"}

    @describe(
        "Fund the escrow of a job",
        detail="The whole amount moves from the brand's wallet. Repeating it changes nothing and is answered with `alreadyFunded`.",
        response=FundedOut,
        errors=[
            errors.NotEnoughMoney,
            errors.EscrowMissing,
            errors.EscrowReleased,
            errors.EscrowRefunded,
            errors.EscrowVoided,
            errors.DealNotInWork,
            errors.DisputeOpen,
        ],
        dry_run=True,
    )
    def fund(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return dry_run(
            self,
            lambda: services.fund_escrow(pk, by=request.user),
            lambda escrow: {"escrow": escrow_row(escrow), "alreadyFunded": escrow.was_funded_before},
        )

    @describe("The escrow of a job, with its movements", response={"escrow": EscrowPageOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(selectors.escrow_page(pk, by=request.user))

    @describe("The escrows of my deals, newest first", response=EscrowOut, page=True, filters=EscrowFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.escrow_list(by=request.user), order=("-created_at", "-id"))


class BooksViewset(Viewset):
    permission_classes = [staff(*FINANCE)]

    @describe(
        "The ledger, newest first",
        detail="Needs `from`, `reference`, `accountId`, `jobId` or `payoutId`: nobody reads all of it at once.",
        response=EntryOut,
        page=True,
        filters=LedgerFilters,
    )
    def ledger(self, request: Request) -> HttpResponse:
        if not any(request.query_params.get(name) for name in LedgerFilters.NARROW):
            raise Invalid(form=[_("Choose a period, an account, a deal, a payout or a reference.")])
        return self.page(selectors.entry_list(by=request.user), order=("-id",))

    @describe("All escrows, newest first", response=EscrowOut, page=True, filters=AdminEscrowFilters)
    def escrows(self, request: Request) -> HttpResponse:
        return self.page(selectors.escrow_list(by=request.user), order=("-created_at", "-id"))

    @describe("All accounts and what they hold", response=AccountOut, page=True, filters=AccountFilters)
    def accounts(self, request: Request) -> HttpResponse:
        return self.page(selectors.account_list(by=request.user), order=("id",))


urls = [
    route("escrow/<uuid:pk>", EscrowViewset, get="retrieve"),
    route("escrow/<uuid:pk>/fund", EscrowViewset, post="fund"),
    route("escrows", EscrowViewset, get="list"),
    route("admin/ledger", BooksViewset, get="ledger"),
    route("admin/escrows", BooksViewset, get="escrows"),
    route("admin/accounts", BooksViewset, get="accounts"),
    *wallets.urls,
    *explanations.urls,
    *payouts.urls,
    *adjustments.urls,
    *rules.urls,
]
