"""Whom a person keeps away, and what they report to moderators."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice, Identifier
from api.permissions import BrandOrCreator, staff
from api.renderers import Raw
from core.base.errors import NotFound, WrongState
from core.people import services as people
from core.people.contacts import selectors as contacts
from core.people.errors import NotYourself
from core.people.models import User
from core.reports import selectors, services
from core.reports.models import Report

ID = "0199f0c0-0000-7000-8000-000000000001"


class ContactOut(Shape):
    id = serializers.UUIDField()
    profileId = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=[User.Role.BRAND.value, User.Role.CREATOR.value])


class ContactBlockIn(Shape):
    personId = serializers.UUIDField(help_text="The `userId` of a profile.")


class ContactBlockOut(Shape):
    id = serializers.UUIDField()
    person = ContactOut()
    createdAt = serializers.DateTimeField()


class UnblockedOut(Shape):
    unblocked = serializers.BooleanField()


class ReportIn(Shape):
    subjectType = serializers.ChoiceField(choices=Report.Subject.choices)
    subjectId = serializers.UUIDField(help_text="Of a person, the `userId`.")
    reason = serializers.ChoiceField(choices=Report.Reason.choices)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=Report.TEXT_MAX)


class ReportOut(Shape):
    id = serializers.UUIDField()
    subjectType = serializers.ChoiceField(choices=Report.Subject.choices)
    subjectId = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=Report.Reason.choices)
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=Report.Status.choices)
    createdAt = serializers.DateTimeField()


class ModeratedReportOut(ReportOut):
    """A report as moderators see it."""

    subjectText = serializers.CharField(allow_null=True, help_text="What the message or the review says, or the title of the job.")
    reporter = ContactOut()
    reported = ContactOut()
    note = serializers.CharField(help_text="Why it was decided so.")
    decidedBy = serializers.CharField(allow_null=True)
    decidedAt = serializers.DateTimeField(allow_null=True)


class QueueQuery(Shape):
    status = serializers.ChoiceField(choices=[(tab, tab) for tab in selectors.TABS], default="OPEN")


class ReportFilters(Filters):
    subjectType = Choice(field_name="subject_type", choices=Report.Subject.choices)
    reason = Choice(choices=Report.Reason.choices)
    reporterId = Identifier(field_name="reporter_id")
    reportedId = Identifier(field_name="reported_id")


class DismissIn(Shape):
    note = serializers.CharField(max_length=Report.TEXT_MAX, help_text="For moderators.")


class UpholdIn(Shape):
    note = serializers.CharField(max_length=Report.TEXT_MAX, help_text="For moderators, and for the author of a review that is hidden.")
    hide = serializers.BooleanField(required=False, default=False, help_text="Take the reported review out of sight.")


class BlockViewset(Viewset):
    permission_classes = [BrandOrCreator]
    throttle_scope = {"create": "write", "remove": "write"}

    @describe(
        "Keep a person away",
        detail="No messages, invitations or applications between the two from now on; deals that run go on. The other side is told "
        "nothing. Asked again, it is answered with 200.",
        request=ContactBlockIn,
        response={"block": ContactBlockOut},
        status=201,
        also=(200,),
        errors=[NotFound, NotYourself],
        example={"personId": ID},
    )
    def create(self, request: Request) -> HttpResponse:
        block = people.block_contact(self.body()["person_id"], by=request.user)
        shown = Raw(contacts.contact_block_page(block.id, by=request.user))
        return self.show({"block": shown}, status=201 if block.is_new else 200)

    @describe("Whom I keep away, newest first", response=ContactBlockOut, page=True)
    def list(self, request: Request) -> HttpResponse:
        return self.page(contacts.contact_block_list(by=request.user), order=("-created_at", "-id"))

    @describe("Keep a person away no more", response=UnblockedOut)
    def remove(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        people.unblock_contact(pk, by=request.user)
        return self.show({"unblocked": True})


class ReportViewset(Viewset):
    permission_classes = [BrandOrCreator]
    throttle_scope = {"create": "report"}

    @describe(
        "Ask moderators to look at a person, a job, a message or a review",
        detail="At what one sees, and nothing else. The one who is reported learns nothing of it. Asked again while nobody has decided, "
        "the same report is answered with 200.",
        request=ReportIn,
        response={"report": ReportOut},
        status=201,
        also=(200,),
        errors=[NotFound, NotYourself],
        example={"subjectType": "MESSAGE", "subjectId": ID, "reason": "OFF_PLATFORM", "text": "Asks me to be paid elsewhere."},
    )
    def create(self, request: Request) -> HttpResponse:
        report = services.open_report(by=request.user, **self.body())
        return self.show(report, status=201 if report.is_new else 200)


class ModeratedReportViewset(Viewset):
    permission_classes = [staff("moderator")]
    throttle_scope = {"uphold": "write", "dismiss": "write"}

    @describe(
        "The queue of reports",
        detail="In the order in which they came; OPEN unless another `status` is named.",
        response=ModeratedReportOut,
        page=True,
        filters=ReportFilters,
        query=QueueQuery,
    )
    def list(self, request: Request) -> HttpResponse:
        reports = selectors.report_list(by=request.user, status=self.query()["status"])
        return self.page(reports, order=("created_at", "id"))

    @describe(
        "The report is right",
        detail="Who reported is told. `hide` takes a reported review out of sight; blocking a person is a step of its own.",
        request=UpholdIn,
        response={"report": ModeratedReportOut},
        errors=[WrongState],
        example={"note": "The review insults a person.", "hide": True},
    )
    def uphold(self, request: Request, pk: UUID) -> HttpResponse:
        said = self.body()
        return self.report(services.uphold_report(pk, by=request.user, note=said["note"], hide_review=said["hide"]).id)

    @describe(
        "The report found nothing against the rules",
        detail="Who reported is told.",
        request=DismissIn,
        response={"report": ModeratedReportOut},
        errors=[WrongState],
        example={"note": "A harsh review, and a fair one."},
    )
    def dismiss(self, request: Request, pk: UUID) -> HttpResponse:
        return self.report(services.dismiss_report(pk, by=request.user, note=self.body()["note"]).id)

    def report(self, pk: UUID) -> HttpResponse:
        """The report as moderators see it."""
        return self.show({"report": Raw(selectors.report_page(pk, by=self.request.user))})


urls = [
    route("blocks", BlockViewset, get="list", post="create"),
    route("blocks/<uuid:pk>", BlockViewset, delete="remove"),
    route("reports", ReportViewset, post="create"),
    route("admin/reports", ModeratedReportViewset, get="list"),
    route("admin/reports/<uuid:pk>/uphold", ModeratedReportViewset, post="uphold"),
    route("admin/reports/<uuid:pk>/dismiss", ModeratedReportViewset, post="dismiss"),
]
