"""Payouts: the creator's side, and the decisions of finance."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.actions import ActionOut
from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice
from api.money_shapes import AmountIn, BankReferenceIn, ReasonIn
from api.permissions import IsCreator, staff
from api.previews import dry_run
from api.timers import TimerOut
from core.base.vocabulary import Currency
from core.money import errors, selectors, services
from core.money.destinations import OTHER_MAX
from core.money.models import CENTS_MAX, Payout, PayoutMethod
from core.money.policies import FINANCE
from core.money.readiness import CREATOR, STAFF, readiness

EXAMPLE_ID = "0199f0c0-0000-7000-8000-000000000001"


class MethodIn(Shape):
    kind = serializers.ChoiceField(choices=PayoutMethod.Kind.choices)
    details = serializers.CharField(
        max_length=OTHER_MAX, help_text="A card number, +7 and ten digits for SBP, an IBAN, or your own words for OTHER. Never shown again."
    )


class MethodOut(Shape):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PayoutMethod.Kind.choices)
    masked = serializers.CharField(help_text="All that is ever shown of the details.")
    createdAt = serializers.DateTimeField()


class RequestIn(AmountIn):
    payoutMethodId = serializers.UUIDField(source="method_id")


class PayoutOut(Shape):
    id = serializers.UUIDField()
    amountCents = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    status = serializers.ChoiceField(choices=Payout.Status.choices)
    payoutMethodId = serializers.UUIDField(source="method_id")
    methodKind = serializers.ChoiceField(source="method.kind", choices=PayoutMethod.Kind.choices)
    destination = serializers.CharField(source="method.masked", help_text="Masked.")
    reason = serializers.CharField(help_text="Why it was rejected, failed or came back.")
    bankReference = serializers.CharField()
    approvedAt = serializers.DateTimeField(allow_null=True)
    sentAt = serializers.DateTimeField(allow_null=True)
    closedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class PayoutRowOut(PayoutOut):
    timers = TimerOut(many=True, help_text="The clock that runs, if any.")


class PayoutPageOut(PayoutRowOut):
    waitingOn = serializers.ChoiceField(choices=[(STAFF, STAFF)], allow_null=True, help_text="Who has to act; null when it is settled.")
    actions = ActionOut(many=True, help_text="CANCEL.")


class AdminPayoutOut(PayoutOut):
    creatorId = serializers.UUIDField()
    creatorName = serializers.CharField(source="creator.creator_profile.display_name")
    needsSecond = serializers.BooleanField(help_text="Two different people approve it.")
    approvedById = serializers.UUIDField(allow_null=True)
    secondApprovedById = serializers.UUIDField(allow_null=True)


class AdminPayoutRowOut(AdminPayoutOut):
    timers = TimerOut(many=True, help_text="The clock that runs, if any.")


class AdminPayoutPageOut(AdminPayoutRowOut):
    waitingOn = serializers.ChoiceField(choices=[(STAFF, STAFF)], allow_null=True, help_text="Who has to act; null when it is settled.")
    actions = ActionOut(many=True, help_text="APPROVE, REJECT, SEND, MARK_PAID, MARK_FAILED, MARK_RETURNED.")


class BlockerOut(Shape):
    code = serializers.CharField(help_text="The `details.code` that a request would be refused with.")
    message = serializers.CharField()
    whatToDo = serializers.CharField()
    clearedBy = serializers.ChoiceField(choices=(CREATOR, STAFF))
    until = serializers.DateTimeField(allow_null=True, help_text="When it is over at the latest, where that is known.")


class ReadinessOut(Shape):
    ready = serializers.BooleanField(help_text="Whether a request would be taken.")
    currency = serializers.ChoiceField(choices=Currency.choices)
    amountCents = serializers.IntegerField(help_text="What it was judged for.")
    minimumCents = serializers.IntegerField(help_text="The smallest payout.")
    availableCents = serializers.IntegerField(help_text="What is in the wallet.")
    needsSecond = serializers.BooleanField(help_text="Whether two people would have to approve it.")
    blockers = BlockerOut(many=True)


class ReadinessIn(Shape):
    currency = serializers.ChoiceField(choices=Currency.choices)
    amountCents = serializers.IntegerField(
        required=False, min_value=1, max_value=CENTS_MAX, help_text="Left out: the smallest payout is judged."
    )


class PayoutFilters(Filters):
    status = Choice(choices=Payout.Status.choices)
    currency = Choice(choices=Currency.choices)


class MethodViewset(Viewset):
    permission_classes = [IsCreator]
    throttle_scope = {"create": "money", "remove": "money"}

    @describe("Where my payouts can go", response=MethodOut, page=True)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.method_list(by=request.user), order=("created_at", "id"))

    @describe(
        "Add a destination",
        request=MethodIn,
        response={"method": MethodOut},
        status=201,
        errors=[errors.TooManyPayoutMethods, errors.PayoutMethodExists],
        example={"kind": "SBP", "details": "+79990001122"},
    )
    def create(self, request: Request) -> HttpResponse:
        return self.show(services.add_payout_method(by=request.user, **self.body()))

    @describe("Remove a destination", detail="Payouts that went there keep it.", response={"method": MethodOut})
    def remove(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.remove_payout_method(pk, by=request.user))


class PayoutViewset(Viewset):
    permission_classes = [IsCreator]
    throttle_scope = {"create": "money", "cancel": "money"}

    @describe(
        "Ask for a payout",
        detail="The money leaves the wallet at once and waits until the payout is settled. One payout at a time waits for a decision.",
        request=RequestIn,
        response={"payout": PayoutOut},
        status=201,
        errors=[
            errors.AccountBlocked,
            errors.EmailNotVerified,
            errors.PayoutMethodMissing,
            errors.PayoutTooSmall,
            errors.PayoutPending,
            errors.NotEnoughMoney,
        ],
        dry_run=True,
        example={"amountCents": 100000, "currency": "RUB", "payoutMethodId": EXAMPLE_ID},
    )
    def create(self, request: Request) -> HttpResponse:
        asked = self.body()
        return dry_run(self, lambda: services.request_payout(by=request.user, **asked), lambda payout: payout)

    @describe(
        "What stands between me and a payout",
        detail="A request is taken exactly when the list is empty.",
        response=ReadinessOut,
        query=ReadinessIn,
    )
    def readiness(self, request: Request) -> HttpResponse:
        return self.show(readiness(by=request.user, **self.query()))

    @describe("My payouts, newest first", response=PayoutRowOut, page=True, filters=PayoutFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.payout_list(by=request.user), order=("-created_at", "-id"))

    @describe("One of my payouts", response={"payout": PayoutPageOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(selectors.payout_page(pk, by=request.user))

    @describe(
        "Call off a payout", detail="The money is back in the wallet.", response={"payout": PayoutOut}, errors=[errors.PayoutWrongState]
    )
    def cancel(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.cancel_payout(pk, by=request.user))


class AdminPayoutViewset(Viewset):
    permission_classes = {
        "list": [staff(*FINANCE)],
        "retrieve": [staff(*FINANCE)],
        "approve": [staff(*FINANCE)],
        "reject": [staff("finance")],
        "send": [staff("finance")],
        "paid": [staff("finance")],
        "failed": [staff("finance")],
        "returned": [staff("finance")],
    }
    throttle_scope = dict.fromkeys(("approve", "reject", "send", "paid", "failed", "returned"), "money")

    @describe("Payouts, those that wait longest first", response=AdminPayoutRowOut, page=True, filters=PayoutFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.payout_list(by=request.user), order=("created_at", "id"))

    @describe("One payout", response={"payout": AdminPayoutPageOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(selectors.payout_page(pk, by=request.user))

    @describe(
        "Approve a payout",
        detail="Above the limit two different people approve; until the second one has, the payout stays PENDING.",
        response={"payout": AdminPayoutOut},
        errors=[errors.PayoutWrongState, errors.SecondPersonRequired],
        dry_run=True,
    )
    def approve(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return dry_run(self, lambda: services.approve_payout(pk, by=request.user), lambda payout: payout)

    @describe(
        "Reject a payout",
        detail="The money is back in the creator's wallet.",
        request=ReasonIn,
        response={"payout": AdminPayoutOut},
        errors=[errors.PayoutWrongState],
        example={"reason": "The account holder is somebody else."},
    )
    def reject(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.reject_payout(pk, by=request.user, **self.body()))

    @describe("The bank has the order", response={"payout": AdminPayoutOut}, errors=[errors.PayoutWrongState])
    def send(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.send_payout(pk, by=request.user))

    @describe(
        "The payout was paid",
        request=BankReferenceIn,
        response={"payout": AdminPayoutOut},
        errors=[errors.PayoutWrongState],
        example={"bankReference": "PP-2031"},
    )
    def paid(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.mark_payout_paid(pk, by=request.user, **self.body()))

    @describe(
        "The bank refused the payout",
        detail="The money is back in the creator's wallet.",
        request=ReasonIn,
        response={"payout": AdminPayoutOut},
        errors=[errors.PayoutWrongState],
        example={"reason": "The account is closed."},
    )
    def failed(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.fail_payout(pk, by=request.user, **self.body()))

    @describe(
        "The bank returned a paid payout",
        detail="The money is back in the creator's wallet.",
        request=ReasonIn,
        response={"payout": AdminPayoutOut},
        errors=[errors.PayoutWrongState],
        example={"reason": "The recipient's bank sent it back."},
    )
    def returned(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.return_payout(pk, by=request.user, **self.body()))


urls = [
    route("payouts", PayoutViewset, get="list"),
    route("payouts/readiness", PayoutViewset, get="readiness"),
    route("payouts/request", PayoutViewset, post="create"),
    route("payouts/methods", MethodViewset, get="list", post="create"),
    route("payouts/methods/<uuid:pk>", MethodViewset, delete="remove"),
    route("payouts/<uuid:pk>", PayoutViewset, get="retrieve"),
    route("payouts/<uuid:pk>/cancel", PayoutViewset, post="cancel"),
    route("admin/payouts", AdminPayoutViewset, get="list"),
    route("admin/payouts/<uuid:pk>", AdminPayoutViewset, get="retrieve"),
    route("admin/payouts/<uuid:pk>/approve", AdminPayoutViewset, post="approve"),
    route("admin/payouts/<uuid:pk>/reject", AdminPayoutViewset, post="reject"),
    route("admin/payouts/<uuid:pk>/send", AdminPayoutViewset, post="send"),
    route("admin/payouts/<uuid:pk>/paid", AdminPayoutViewset, post="paid"),
    route("admin/payouts/<uuid:pk>/failed", AdminPayoutViewset, post="failed"),
    route("admin/payouts/<uuid:pk>/returned", AdminPayoutViewset, post="returned"),
]
