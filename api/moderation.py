"""What moderators read, and what they decide about jobs."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.job_shapes import ChangeOut, JobOut, shown
from api.permissions import staff
from core.desk.claims.errors import AnotherDecides, CaseTaken
from core.desk.rulings.errors import BeingDecided
from core.jobs import errors, selectors, services
from core.jobs.models import Job

DECISIONS = [errors.NothingPending, errors.ContentChanged, CaseTaken, AnotherDecides, BeingDecided]


class QueueQuery(Shape):
    status = serializers.ChoiceField(choices=[(tab, tab) for tab in selectors.MODERATION_TABS], default="PENDING")


class ApprovalIn(Shape):
    contentVersion = serializers.IntegerField(min_value=1, help_text="The version that was read, as the queue gives it.")


class TakedownIn(Shape):
    reason = serializers.CharField(min_length=services.REASON_MIN, max_length=services.REASON_MAX, help_text="The brand reads it.")


class RejectionIn(ApprovalIn, TakedownIn):
    pass


class ModeratedJobOut(JobOut):
    """A job as a moderator reads it; `contentVersion` is what a decision has to name."""

    moderationStatus = serializers.ChoiceField(choices=Job.Moderation.choices)
    moderationReason = serializers.CharField()
    submittedAt = serializers.DateTimeField()
    awaitsModeration = serializers.BooleanField()
    moderator = serializers.CharField(allow_null=True)
    contentVersion = serializers.IntegerField()
    changes = serializers.DictField(
        child=ChangeOut(), allow_null=True, help_text="The change of an approved job that waits; null when the job itself does, or nothing."
    )


class ModeratedJobViewset(Viewset):
    permission_classes = [staff("moderator")]
    throttle_scope = {"approve": "write", "reject": "write", "takedown": "write"}

    @describe(
        "The moderators' queue",
        detail="PENDING: jobs and changes that wait, in the order in which they came. APPROVED and REJECTED: newest decision first.",
        response=ModeratedJobOut,
        page=True,
        query=QueueQuery,
    )
    def list(self, request: Request) -> HttpResponse:
        which, order = selectors.MODERATION_TABS[self.query()["status"]]
        jobs = selectors.moderation_list(by=request.user).filter(which)
        return self.page(jobs, order=order, shape=lambda row: shown(selectors.moderation_row(row)))

    @describe("One job as a moderator reads it", response={"job": ModeratedJobOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.job(pk)

    @describe(
        "Approve what was read",
        detail="The job joins the feed; a waiting change replaces the approved text at once, and applicants are told.",
        request=ApprovalIn,
        response={"job": ModeratedJobOut},
        errors=DECISIONS,
        example={"contentVersion": 1},
    )
    def approve(self, request: Request, pk: UUID) -> HttpResponse:
        said = self.body()
        return self.job(services.approve_job(pk, by=request.user, content_version=said["content_version"]).id)

    @describe(
        "Reject what was read",
        detail="A rejected change leaves the approved text public.",
        request=RejectionIn,
        response={"job": ModeratedJobOut},
        errors=DECISIONS,
        example={"contentVersion": 1, "reason": "Say in the title what is to be filmed."},
    )
    def reject(self, request: Request, pk: UUID) -> HttpResponse:
        said = self.body()
        job = services.reject_job(pk, by=request.user, content_version=said["content_version"], reason=said["reason"])
        return self.job(job.id)

    @describe(
        "Take an approved job out of the feed",
        detail="Possible until a creator is chosen.",
        request=TakedownIn,
        response={"job": ModeratedJobOut},
        errors=[errors.HasCreator, errors.JobClosed, errors.NotApproved],
        example={"reason": "The product may not be advertised."},
    )
    def takedown(self, request: Request, pk: UUID) -> HttpResponse:
        return self.job(services.take_down_job(pk, by=request.user, reason=self.body()["reason"]).id)

    def job(self, pk: UUID) -> HttpResponse:
        """The job as a moderator reads it."""
        return self.show({"job": shown(selectors.moderation_page(pk, by=self.request.user))})


urls = [
    route("admin/jobs", ModeratedJobViewset, get="list"),
    route("admin/jobs/<uuid:pk>", ModeratedJobViewset, get="retrieve"),
    route("admin/jobs/<uuid:pk>/approve", ModeratedJobViewset, post="approve"),
    route("admin/jobs/<uuid:pk>/reject", ModeratedJobViewset, post="reject"),
    route("admin/jobs/<uuid:pk>/takedown", ModeratedJobViewset, post="takedown"),
]
