"""Verification of creators: the code, the request, the decision."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice
from api.permissions import IsCreator, staff
from core.base.links import LINK_LENGTH_MAX
from core.base.models import QuerySet
from core.desk.claims.errors import AnotherDecides, CaseTaken
from core.desk.rulings.errors import BeingDecided
from core.people import selectors, services
from core.people.errors import (
    AlreadyVerified,
    NoVerificationCode,
    ProfileIncomplete,
    VerificationNotInForce,
    VerificationNotPending,
    VerificationPending,
)
from core.people.models import CreatorProfile, Verification

DECISIONS = [VerificationNotPending, CaseTaken, AnotherDecides, BeingDecided]
# Attempts that a moderator has, or had, to look at; the first is the queue itself.
REVIEWED = [(status.value, status.label) for status in Verification.Status if status not in ("ISSUED", "EXPIRED")]


# ── Shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class CodeOut(Shape):
    code = serializers.CharField(help_text="Goes into the bio of the account that will be checked.")
    expiresAt = serializers.DateTimeField(source="code_expires_at")
    status = serializers.ChoiceField(choices=CreatorProfile.VerificationStatus.choices, source="profile.verification_status")


class SubmitIn(Shape):
    accountUrl = serializers.CharField(max_length=LINK_LENGTH_MAX)


class VerificationOut(Shape):
    id = serializers.UUIDField()
    profileId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Verification.Status.choices)
    code = serializers.CharField()
    codeExpiresAt = serializers.DateTimeField()
    accountUrl = serializers.CharField()
    reason = serializers.CharField()
    createdAt = serializers.DateTimeField()
    submittedAt = serializers.DateTimeField(allow_null=True)
    reviewedAt = serializers.DateTimeField(allow_null=True)


class SubmittedOut(Shape):
    status = serializers.ChoiceField(choices=CreatorProfile.VerificationStatus.choices)
    verification = VerificationOut()


class OwnVerificationOut(Shape):
    status = serializers.ChoiceField(choices=CreatorProfile.VerificationStatus.choices)
    verifiedAt = serializers.DateTimeField(allow_null=True)
    history = VerificationOut(many=True)


class ReasonIn(Shape):
    reason = serializers.CharField(max_length=1_000, help_text="10 to 1000 characters; the creator reads it.")


class QueuedOut(Shape):
    """One line of the queue: all that a moderator compares, without the e-mail."""

    id = serializers.UUIDField()
    profileId = serializers.UUIDField()
    userId = serializers.UUIDField(source="profile__user_id")
    displayName = serializers.CharField(source="profile__display_name")
    bio = serializers.CharField(source="profile__bio")
    country = serializers.CharField(source="profile__country")
    languages = serializers.ListField(child=serializers.CharField(), source="profile__languages")
    platforms = serializers.ListField(child=serializers.CharField(), source="profile__platforms")
    niches = serializers.ListField(child=serializers.CharField(), source="profile__niches")
    portfolio = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=Verification.Status.choices)
    code = serializers.CharField()
    accountUrl = serializers.CharField()
    reason = serializers.CharField()
    submittedAt = serializers.DateTimeField()
    reviewedAt = serializers.DateTimeField(allow_null=True)
    reviewedBy = serializers.CharField(source="reviewed_by__staff_name", allow_null=True)
    earlierAttempts = serializers.IntegerField()


class QueueFilters(Filters):
    status = Choice(choices=REVIEWED, method="kept")

    def kept(self, rows: QuerySet, name: str, status: str) -> QuerySet:
        """The selector has chosen by the state already: each state is a list of its own."""
        return rows


# ── Views ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class VerificationViewset(Viewset):
    permission_classes = [IsCreator]
    throttle_scope = {"generate": "verification", "submit": "verification"}

    @describe("Where my verification stands, and all attempts, newest first", response=OwnVerificationOut)
    def own(self, request: Any) -> HttpResponse:
        profile, _has_portfolio = selectors.own_creator_profile(by=request.user)
        history = selectors.verification_list(by=request.user)
        shown = {"status": profile.verification_status, "verified_at": profile.verified_at, "history": history}
        return self.show(OwnVerificationOut(shown).data)

    @describe(
        "The code for my account's bio",
        detail="Good for seven days; until then the same code is answered.",
        response=CodeOut,
        errors=[AlreadyVerified],
    )
    def generate(self, request: Any) -> HttpResponse:
        self.no_body()
        return self.show(services.issue_verification_code(by=request.user))

    @describe(
        "Ask a moderator to look at my account",
        detail="The profile has to be complete, and the code has to stand in the account's bio.",
        request=SubmitIn,
        response=SubmittedOut,
        errors=[NoVerificationCode, AlreadyVerified, VerificationPending, ProfileIncomplete],
        example={"accountUrl": "https://www.tiktok.com/@anna"},
    )
    def submit(self, request: Any) -> HttpResponse:
        verification = services.submit_verification(by=request.user, **self.body())
        return self.show({"status": verification.profile.verification_status, "verification": VerificationOut(verification).data})


class ReviewViewset(Viewset):
    permission_classes = [staff("moderator")]
    throttle_scope = {"verify": "write", "reject": "write", "revoke": "write"}

    @describe(
        "Creators who wait for a check, longest first",
        detail="`status` chooses another list: those verified, rejected or revoked.",
        response=QueuedOut,
        page=True,
        filters=QueueFilters,
    )
    def list(self, request: Any) -> HttpResponse:
        rows = selectors.verification_queue(by=request.user, status=request.query_params.get("status") or Verification.Status.PENDING)
        columns = [str(field.source) for field in QueuedOut().fields.values()]
        return self.page(rows.values(*columns), order=("submitted_at", "id"), shape=queued)

    @describe("Verify the creator", response={"verification": VerificationOut}, errors=DECISIONS)
    def verify(self, request: Any, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.verify_creator(pk, by=request.user))

    @describe(
        "Reject the creator's request",
        request=ReasonIn,
        response={"verification": VerificationOut},
        errors=DECISIONS,
        example={"reason": "The code does not stand in the account's bio."},
    )
    def reject(self, request: Any, pk: UUID) -> HttpResponse:
        return self.show(services.reject_creator(pk, by=request.user, **self.body()))

    @describe(
        "Revoke a verification",
        request=ReasonIn,
        response={"verification": VerificationOut},
        errors=[VerificationNotInForce],
        example={"reason": "The account now belongs to somebody else."},
    )
    def revoke(self, request: Any, pk: UUID) -> HttpResponse:
        return self.show(services.revoke_verification(pk, by=request.user, **self.body()))


def queued(row: dict[str, Any]) -> dict[str, Any]:
    """One line of the queue."""
    return QueuedOut(row | {"earlier_attempts": row["earlier_attempts"] or 0}).data


urls = [
    route("creator/verification", VerificationViewset, get="own"),
    route("creator/verification/generate", VerificationViewset, post="generate"),
    route("creator/verification/submit", VerificationViewset, post="submit"),
    route("creator/verification/request", VerificationViewset, post="submit"),
    route("admin/creators", ReviewViewset, get="list"),
    route("admin/creators/<uuid:pk>/verify", ReviewViewset, post="verify"),
    route("admin/creators/<uuid:pk>/reject", ReviewViewset, post="reject"),
    route("admin/creators/<uuid:pk>/revoke", ReviewViewset, post="revoke"),
]
