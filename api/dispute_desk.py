"""Disputes, for the staff who decide them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.dispute_shapes import DESK_COLUMNS, SIDES, AppealOut, DeskRowOut, DisputeFilters, RequestOut
from api.permissions import staff
from api.previews import PreviewOut, dry_run
from core.base.shapes import RowJSON
from core.base.vocabulary import Currency
from core.disputes import errors, selectors, services
from core.disputes.models import TEXT_MAX, Dispute, InformationRequest, Resolution
from core.disputes.policies import CONFIRMERS, JUDGES, READERS
from core.disputes.services.desk import HOURS_MAX
from core.disputes.verdicts.appeals import OUTCOMES
from core.disputes.verdicts.models import DisputeDecision
from core.money.errors import AdjustmentLimitReached, EscrowUnfunded, SecondPersonRequired

NOTE = "The brief asked for sound, and the video has none."
RESOLVING = [errors.DisputeClosed, errors.DisputeAlreadyResolved, errors.DecisionWaiting, EscrowUnfunded]


class AssignIn(Shape):
    assigneeId = serializers.UUIDField(required=False, help_text="Another moderator on duty; yourself when left out.")


class AssignmentOut(Shape):
    status = serializers.ChoiceField(choices=Dispute.Status.choices)
    assigneeId = serializers.UUIDField()


class AskIn(Shape):
    party = serializers.ChoiceField(choices=SIDES)
    wants = serializers.ChoiceField(choices=InformationRequest.Wants.choices)
    question = serializers.CharField(max_length=TEXT_MAX)
    hours = serializers.IntegerField(required=False, min_value=1, max_value=HOURS_MAX, help_text="How long to wait for the answer.")


class ExtendIn(Shape):
    hours = serializers.IntegerField(min_value=1, max_value=HOURS_MAX)
    reason = serializers.CharField(max_length=TEXT_MAX)


class ExtensionOut(Shape):
    extendedHours = serializers.IntegerField(help_text="All extensions together.")


class NoteIn(Shape):
    note = serializers.CharField(max_length=TEXT_MAX, help_text="Both sides read it.")


class ResolveIn(NoteIn):
    resolution = serializers.ChoiceField(choices=Resolution.choices)
    creatorShareCents = serializers.IntegerField(required=False, min_value=1, help_text="Of a SPLIT alone, before commission.")


class RulingOut(Shape):
    status = serializers.ChoiceField(choices=Dispute.Status.choices)
    waitsForSecond = serializers.BooleanField(help_text="A second person has to confirm it before anything moves.")
    alreadyResolved = serializers.BooleanField(required=False, help_text="Only when it had been decided like that before.")
    resolution = serializers.ChoiceField(choices=Resolution.choices, required=False)
    refunded = serializers.BooleanField(required=False)
    refundedCents = serializers.IntegerField(required=False)
    payoutCents = serializers.IntegerField(required=False, help_text="What the creator has got, after commission.")
    commissionCents = serializers.IntegerField(required=False)
    currency = serializers.ChoiceField(choices=Currency.choices, required=False)


class SendBackIn(Shape):
    comment = serializers.CharField(max_length=TEXT_MAX)


class SentBackOut(Shape):
    status = serializers.ChoiceField(choices=DisputeDecision.Status.choices)


class JudgeIn(NoteIn):
    outcome = serializers.ChoiceField(choices=[(outcome.value, outcome.label) for outcome in OUTCOMES])
    creatorShareCents = serializers.IntegerField(
        required=False, min_value=0, help_text="When overturned: what the creator should have got, before commission."
    )


class DeskViewset(Viewset):
    permission_classes = {
        "list": [staff(*READERS)],
        "assign": [staff(*JUDGES)],
        "ask": [staff(*JUDGES)],
        "extend": [staff(*JUDGES)],
        "decide_appeal": [staff(*JUDGES)],
    }
    throttle_scope = {"assign": "write", "ask": "write", "extend": "write", "decide_appeal": "money"}

    @describe("Disputes, those that wait longest first", response=DeskRowOut, page=True, filters=DisputeFilters)
    def list(self, request: Request) -> HttpResponse:
        disputes = selectors.desk_list(by=request.user).annotate(row=RowJSON(**DESK_COLUMNS))
        return self.page(disputes, order=("created_at", "id"))

    @describe(
        "Take a dispute, or hand it over",
        request=AssignIn,
        response=AssignmentOut,
        errors=[errors.DisputeClosed],
        example={},
    )
    def assign(self, request: Request, pk: UUID) -> HttpResponse:
        dispute = services.assign_dispute(pk, by=request.user, **self.body())
        return self.show({"status": dispute.status, "assigneeId": dispute.assignee_id})

    @describe(
        "Ask one side something",
        detail="EXPLANATION is answered by a message, EVIDENCE by links. A late answer is marked, and counts.",
        request=AskIn,
        response={"request": RequestOut},
        status=201,
        errors=[errors.DisputeClosed, errors.RequestWaiting],
        example={"party": "CREATOR", "wants": "EVIDENCE", "question": "Please show the unedited footage.", "hours": 48},
    )
    def ask(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.ask_for_information(pk, by=request.user, **self.body()))

    @describe(
        "Give both sides more time",
        detail="Every clock of the dispute runs so much longer, for both alike, and both are told why.",
        request=ExtendIn,
        response=ExtensionOut,
        errors=[errors.DisputeClosed, errors.ExtensionTooLong],
        example={"hours": 48, "reason": "The creator is in hospital."},
    )
    def extend(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show({"extendedHours": services.extend_dispute(pk, by=request.user, **self.body()).extended_hours})

    @describe(
        "Judge an appeal",
        detail="UPHELD leaves everything. OVERTURNED names what the creator should have got: corrections of both wallets wait for finance.",
        request=JudgeIn,
        response={"appeal": AppealOut},
        errors=[errors.NoAppeal, errors.AppealDecided, errors.OwnDecision, AdjustmentLimitReached],
        example={"outcome": "OVERTURNED", "creatorShareCents": 225000, "note": "Half of the work was usable."},
    )
    def decide_appeal(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.decide_appeal(pk, by=request.user, **self.body()))


class DecisionViewset(Viewset):
    permission_classes = {
        "resolve": [staff(*JUDGES)],
        "resolve_refund": [staff(*JUDGES)],
        "resolve_release": [staff(*JUDGES)],
        "confirm": [staff(*CONFIRMERS)],
        "send_back": [staff(*CONFIRMERS)],
    }
    throttle_scope = "money"

    @describe(
        "Decide a dispute",
        detail="Above the limit the decision waits for a second person. Deciding the same once more changes nothing. "
        "`dryRun` shows what would move once everybody has signed.",
        request=ResolveIn,
        response=RulingOut,
        errors=RESOLVING,
        dry_run=True,
        example={"resolution": "SPLIT", "creatorShareCents": 225000, "note": NOTE},
    )
    def resolve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.decide(pk, **self.body())

    @describe("Decide for the brand: a refund", request=NoteIn, response=RulingOut, errors=RESOLVING, dry_run=True, example={"note": NOTE})
    def resolve_refund(self, request: Request, pk: UUID) -> HttpResponse:
        return self.decide(pk, resolution=Resolution.REFUND.value, **self.body())

    @describe(
        "Decide for the creator: a release", request=NoteIn, response=RulingOut, errors=RESOLVING, dry_run=True, example={"note": NOTE}
    )
    def resolve_release(self, request: Request, pk: UUID) -> HttpResponse:
        return self.decide(pk, resolution=Resolution.RELEASE.value, **self.body())

    @describe(
        "Confirm somebody else's decision",
        detail="The terms are carried out as they wait.",
        response=RulingOut,
        errors=[errors.DisputeClosed, errors.NoDecisionWaiting, SecondPersonRequired],
        dry_run=True,
    )
    def confirm(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return dry_run(self, lambda: services.confirm_decision(pk, by=request.user), ruling)

    @describe(
        "Send somebody else's decision back",
        request=SendBackIn,
        response=SentBackOut,
        errors=[errors.DisputeClosed, errors.NoDecisionWaiting, SecondPersonRequired],
        example={"comment": "The second version has sound."},
    )
    def send_back(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show({"status": services.send_decision_back(pk, by=request.user, **self.body()).status})

    def decide(self, pk: UUID, **terms: Any) -> HttpResponse:
        """The decision, or what it would move."""
        if self.dry_run():
            return self.show(services.preview_resolution(pk, by=self.request.user, **terms), serializer=PreviewOut)
        return self.show(ruling(services.resolve_dispute(pk, by=self.request.user, **terms)))


def ruling(done: services.Ruling) -> dict[str, Any]:
    """What staff learn about the decision and the money."""
    dispute = done.dispute
    told: dict[str, Any] = {"status": dispute.status, "waitsForSecond": done.waits}
    if done.waits:
        return told
    told["resolution"] = dispute.resolution
    if done.resolved_before:
        return told | {"alreadyResolved": True}
    return told | {
        "refunded": done.refunded_cents > 0,
        "refundedCents": done.refunded_cents,
        "payoutCents": done.payout_cents,
        "commissionCents": done.commission_cents,
        "currency": dispute.currency,
    }


def desk(action: str, viewset: type[Viewset], **methods: Any) -> Any:
    """The route of one dispute, for staff."""
    return route(f"admin/disputes/<uuid:pk>/{action}", viewset, **methods)


urls = [
    route("admin/disputes", DeskViewset, get="list"),
    desk("assign", DeskViewset, post="assign"),
    desk("ask", DeskViewset, post="ask"),
    desk("extend", DeskViewset, post="extend"),
    desk("appeal/decide", DeskViewset, post="decide_appeal"),
    desk("resolve", DecisionViewset, post="resolve"),
    desk("resolve-refund", DecisionViewset, post="resolve_refund"),
    desk("resolve-release", DecisionViewset, post="resolve_release"),
    desk("confirm", DecisionViewset, post="confirm"),
    desk("send-back", DecisionViewset, post="send_back"),
]
