"""Invitations: a brand asks a creator to do a job, and the creator answers."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.actions import ActionOut
from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice, Identifier
from api.hiring import ApplicantOut, AppliedJobOut
from api.job_shapes import BrandCardOut
from api.permissions import BrandOrCreator, IsBrand, IsCreator
from api.timers import TimerOut
from core.base.errors import NotFound
from core.hiring import errors
from core.hiring.invitations import selectors, services
from core.hiring.models import Application, Invitation
from core.hiring.offers import MESSAGE_MAX
from core.people.errors import BrandProfileIncomplete, CreatorNotVerified, ProfileIncomplete

ASKING = [
    NotFound,
    BrandProfileIncomplete,
    errors.JobAlreadyTaken,
    errors.InviteOnlyForPublished,
    errors.CreatorNotAvailable,
    errors.CreatorApplied,
    errors.InvitationAnswered,
    errors.InvitedTooRecently,
]


class InvitationIn(Shape):
    jobId = serializers.UUIDField(help_text="One of my live jobs.")
    creatorId = serializers.UUIDField(help_text="The creator's profile: `id` in the catalogue, `profileId` elsewhere. Not the account.")
    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=Invitation.MESSAGE_MAX)


class AcceptanceIn(Shape):
    """Nothing need be said; without a price the largest budget of the job counts."""

    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=MESSAGE_MAX)
    priceQuote = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=Application.QUOTE_MAX,
        help_text="Whole units of the job's currency, for the whole package.",
    )


class InvitationOut(Shape):
    """To its creator with the brand, to its brand with the creator."""

    id = serializers.UUIDField()
    jobId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Invitation.Status.choices)
    message = serializers.CharField()
    sentAt = serializers.DateTimeField(help_text="The last time.")
    dueAt = serializers.DateTimeField(allow_null=True, help_text="When it expires unless it is answered; null once nobody waits.")
    respondedAt = serializers.DateTimeField(allow_null=True)
    resentCount = serializers.IntegerField()
    applicationId = serializers.UUIDField(allow_null=True, help_text="Of this creator for this job, if there is one.")
    conversationId = serializers.UUIDField(allow_null=True)
    waitingOn = serializers.ChoiceField(choices=[("CREATOR", "CREATOR")], allow_null=True, help_text="Who has to act now.")
    job = AppliedJobOut()
    brand = BrandCardOut(required=False)
    creator = ApplicantOut(required=False)
    againAt = serializers.DateTimeField(
        allow_null=True, required=False, help_text="To the brand: from when it may be sent again; null after an answer."
    )


class InvitationPageOut(InvitationOut):
    """The same, with its clock, and with what the reader may do now."""

    timers = TimerOut(many=True)
    actions = ActionOut(many=True, help_text="ACCEPT and DECLINE to the creator, WITHDRAW and RESEND to the brand.")


class SentOut(Shape):
    invitationId = serializers.UUIDField()
    invitation = InvitationPageOut()


class AcceptedInvitationOut(Shape):
    applicationId = serializers.UUIDField()
    conversationId = serializers.UUIDField()
    invitation = InvitationPageOut()


class DeclinedOut(Shape):
    declined = serializers.BooleanField()
    invitation = InvitationPageOut()


class InvitationFilters(Filters):
    status = Choice(choices=Invitation.Status.choices)
    jobId = Identifier(field_name="job_id")


class InvitationViewset(Viewset):
    permission_classes = {
        "create": [IsBrand],
        "list": [BrandOrCreator],
        "retrieve": [BrandOrCreator],
        "accept": [IsCreator],
        "decline": [IsCreator],
        "withdraw": [IsBrand],
        "resend": [IsBrand],
    }
    throttle_scope = {"create": "invite", "resend": "invite", "accept": "apply", "decline": "write", "withdraw": "write"}

    @describe(
        "Invite a creator to my job",
        detail="Only listed creators: public and verified. Inviting the same creator again replaces the message and counts as sending the "
        "invitation again: not before `againAt`, and not after an answer.",
        request=InvitationIn,
        response=SentOut,
        status=201,
        errors=ASKING,
        example={
            "jobId": "0190f3b2-7c1d-7a10-9c55-2f6a0c1b2d3e",
            "creatorId": "0190f3b2-7c1d-7a10-9c55-2f6a0c1b2d3f",
            "message": "We liked your film about coffee.",
        },
    )
    def create(self, request: Request) -> HttpResponse:
        asked = self.body()
        invitation = services.invite_creator(asked["job_id"], asked["creator_id"], by=request.user, message=asked["message"])
        return self.show({"invitationId": invitation.id, "invitation": self.read(invitation.id)})

    @describe(
        "My invitations, the newest sent first",
        detail="A creator sees those received, a brand those sent.",
        response=InvitationOut,
        page=True,
        filters=InvitationFilters,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.own_invitations(request.user), order=("-sent_at", "-id"))

    @describe("One of my invitations", response={"invitation": InvitationPageOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.invitation(pk)

    @describe(
        "I would do the job",
        detail="Makes an application, or brings back a withdrawn one, and opens the conversation; the brand still has to choose. An "
        "application that already waits stays as it is.",
        request=AcceptanceIn,
        response=AcceptedInvitationOut,
        errors=[errors.InvitationHandled, ProfileIncomplete, CreatorNotVerified, errors.JobNotAvailable, errors.AlreadyApplied],
        example={"message": "Gladly.", "priceQuote": 4500},
    )
    def accept(self, request: Request, pk: UUID) -> HttpResponse:
        said = self.body()
        accepted = services.accept_invitation(pk, by=request.user, message=said["message"], price_quote=said.get("price_quote"))
        ids = {"applicationId": accepted.application_id, "conversationId": accepted.conversation_id}
        return self.show(ids | {"invitation": self.read(pk)})

    @describe("I do not want this job", response=DeclinedOut, errors=[errors.InvitationHandled])
    def decline(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        services.decline_invitation(pk, by=request.user)
        return self.show({"declined": True, "invitation": self.read(pk)})

    @describe("I take the invitation back", response={"invitation": InvitationPageOut}, errors=[errors.InvitationHandled])
    def withdraw(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        services.withdraw_invitation(pk, by=request.user)
        return self.invitation(pk)

    @describe(
        "Send the invitation again",
        detail="In the same words. Also one that expired or was withdrawn; not before `againAt`, and not after an answer.",
        response={"invitation": InvitationPageOut},
        errors=ASKING,
    )
    def resend(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        services.resend_invitation(pk, by=request.user)
        return self.invitation(pk)

    def invitation(self, pk: UUID) -> HttpResponse:
        """The invitation as the caller may see it."""
        return self.show({"invitation": self.read(pk)})

    def read(self, pk: UUID) -> dict[str, Any]:
        """The same, inside of another answer."""
        return selectors.invitation_page(pk, by=self.request.user)


urls = [
    route("invitations", InvitationViewset, get="list", post="create"),
    route("invitations/<uuid:pk>", InvitationViewset, get="retrieve"),
    route("invitations/<uuid:pk>/accept", InvitationViewset, post="accept"),
    route("invitations/<uuid:pk>/decline", InvitationViewset, post="decline"),
    route("invitations/<uuid:pk>/withdraw", InvitationViewset, post="withdraw"),
    route("invitations/<uuid:pk>/resend", InvitationViewset, post="resend"),
]
