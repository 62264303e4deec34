"""Work and its review: versions delivered, changes asked for, the deal completed or called off."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.permissions import IsBrand, IsCreator, SignedIn
from api.previews import dry_run
from core.base.errors import WrongState
from core.base.links import LINK_LENGTH_MAX
from core.base.shapes import RowJSON
from core.base.vocabulary import Currency
from core.deals import errors, selectors, services
from core.deals.models import Submission, SubmissionItem
from core.deals.work import ITEMS_MAX, NOTE_MAX
from core.money.errors import DisputeOpen, EscrowUnfunded

LINK = "https://disk.example.com/video-1.mp4"
# What a list of versions shows, by column: the same as SubmissionOut.
COLUMNS = {
    "id": "id",
    "jobId": "job_id",
    "version": "version",
    "status": "status",
    "note": "note",
    "items": "files",
    "reviewComment": "review_comment",
    "reviewedAt": "reviewed_at",
    "createdAt": "created_at",
}


class FileShape(Shape):
    type = serializers.ChoiceField(choices=SubmissionItem.Type.choices)
    url = serializers.CharField(max_length=LINK_LENGTH_MAX)


class SubmissionIn(Shape):
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_MAX)
    items = serializers.ListField(child=FileShape(), min_length=1, max_length=ITEMS_MAX)


class SubmittedOut(Shape):
    submissionId = serializers.UUIDField()
    version = serializers.IntegerField()


class SubmissionOut(Shape):
    id = serializers.UUIDField()
    jobId = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Submission.Status.choices)
    note = serializers.CharField(help_text="What the creator wrote.")
    items = FileShape(many=True, source="files")
    reviewComment = serializers.CharField(help_text="What the brand wants different.")
    reviewedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class ChangesIn(Shape):
    comment = serializers.CharField(max_length=services.COMMENT_MAX)


class ChangesOut(Shape):
    status = serializers.ChoiceField(choices=[Submission.Status.CHANGES_REQUESTED.value])
    dueAt = serializers.DateTimeField(help_text="Until when the creator has time: as agreed, or longer where too little was left.")


class ApprovalOut(Shape):
    releaseStatus = serializers.ChoiceField(choices=["released", "already_released"])
    creatorCents = serializers.IntegerField(required=False)
    commissionCents = serializers.IntegerField(required=False)
    currency = serializers.ChoiceField(choices=Currency.choices, required=False)
    warning = serializers.CharField(required=False, help_text="Only when the work had been accepted before.")


class CancelIn(Shape):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=services.REASON_MAX)


class CancellationOut(Shape):
    refunded = serializers.BooleanField(required=False)
    refundedCents = serializers.IntegerField(required=False)
    currency = serializers.ChoiceField(choices=Currency.choices, required=False)
    alreadyCanceled = serializers.BooleanField(required=False, help_text="Only when it had been canceled before.")


class SubmissionViewset(Viewset):
    permission_classes = {"create": [IsCreator], "list": [SignedIn], "retrieve": [SignedIn]}
    throttle_scope = {"create": "write"}

    @describe(
        "Deliver a version of the work",
        detail="At least one FINAL_VIDEO, and what else was agreed. A version that still waits is replaced by this one.",
        request=SubmissionIn,
        response=SubmittedOut,
        status=201,
        errors=[WrongState, DisputeOpen, EscrowUnfunded],
        example={"note": "Subtitles are burnt in.", "items": [{"type": "FINAL_VIDEO", "url": LINK}]},
    )
    def create(self, request: Request, pk: UUID) -> HttpResponse:
        submission = services.submit_work(pk, by=request.user, **self.body())
        return self.show({"submissionId": submission.id, "version": submission.version})

    @describe("The versions of a deal, newest first", response=SubmissionOut, page=True)
    def list(self, request: Request, pk: UUID) -> HttpResponse:
        versions = selectors.submission_list(pk, by=request.user).annotate(row=RowJSON(**COLUMNS))
        return self.page(versions, order=("-version", "-id"))

    @describe("One version", response={"submission": SubmissionOut})
    def retrieve(self, request: Request, pk: UUID, submission_id: UUID) -> HttpResponse:
        return self.show(selectors.submission_page(pk, submission_id, by=request.user))


class ReviewViewset(Viewset):
    permission_classes = [IsBrand]
    throttle_scope = {"request_changes": "write", "approve": "money"}

    @describe(
        "Ask the creator for changes",
        detail="The creator has time for them: `dueAt` may be later than agreed.",
        request=ChangesIn,
        response=ChangesOut,
        errors=[WrongState, DisputeOpen, errors.NothingSubmitted, errors.RevisionsExhausted],
        example={"comment": "Please show the package in the first three seconds."},
    )
    def request_changes(self, request: Request, pk: UUID) -> HttpResponse:
        submission = services.request_changes(pk, by=request.user, **self.body())
        return self.show({"status": submission.status, "dueAt": submission.job.due_at})

    @describe(
        "Accept the work and pay the creator",
        detail="Repeating it changes nothing, and is answered with a warning.",
        response=ApprovalOut,
        errors=[WrongState, DisputeOpen, EscrowUnfunded, errors.NothingSubmitted],
        dry_run=True,
    )
    def approve(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return dry_run(self, lambda: services.approve_work(pk, by=request.user), approval)


class CancellationViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"cancel": "money"}

    @describe(
        "Cancel a job",
        detail="The brand until the first delivery; after that our team. Money in the escrow goes back to the brand's wallet.",
        request=CancelIn,
        response=CancellationOut,
        errors=[DisputeOpen, errors.CompletedForGood, errors.OnlyStaffOnReview, errors.OnlyStaffAfterDelivery],
        dry_run=True,
        example={"reason": "The product is not sold any more."},
    )
    def cancel(self, request: Request, pk: UUID) -> HttpResponse:
        said = self.body()
        return dry_run(self, lambda: services.cancel_job(pk, by=request.user, **said), cancellation)


def approval(done: services.Approval) -> dict[str, Any]:
    """What the brand learns about the money."""
    if done.released_before:
        return {"releaseStatus": "already_released", "warning": _("The work was already accepted. Nothing has changed.")}
    return {
        "releaseStatus": "released",
        "creatorCents": done.creator_cents,
        "commissionCents": done.commission_cents,
        "currency": done.currency,
    }


def cancellation(done: services.Cancellation) -> dict[str, Any]:
    """What the canceler learns about the money."""
    if done.canceled_before:
        return {"alreadyCanceled": True}
    return {"refunded": done.refunded_cents > 0, "refundedCents": done.refunded_cents, "currency": done.currency}


urls = [
    route("jobs/<uuid:pk>/submissions", SubmissionViewset, get="list", post="create"),
    route("jobs/<uuid:pk>/submissions/<uuid:submission_id>", SubmissionViewset, get="retrieve"),
    route("jobs/<uuid:pk>/review/request-changes", ReviewViewset, post="request_changes"),
    route("jobs/<uuid:pk>/review/approve", ReviewViewset, post="approve"),
    route("jobs/<uuid:pk>/cancel", CancellationViewset, post="cancel"),
]
