"""Jobs: the moderation queue, first publications and edits in one line, oldest first."""

from typing import Any

from django import forms
from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import audit_panel, filters, job_panels, job_text, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, Reason, dialog
from backoffice.lists import Tab
from backoffice.page import Page
from core.jobs import content as contents
from core.jobs import services
from core.jobs.models import Job, JobRevision

PENDING_REVISIONS = JobRevision.objects.filter(job=OuterRef("pk"), status="PENDING")
IN_LINE = Q(status="PUBLISHED", moderation_status="PENDING")


def waiting_jobs(rows: QuerySet) -> QuerySet:
    """The jobs that wait for a moderator: published for the first time, or with an edit of the approved text."""
    revised = JobRevision.objects.filter(status="PENDING").values("job_id")
    first = Job.objects.filter(IN_LINE).values("id")
    return rows.filter(id__in=first.union(revised, all=True))


class OfText(Confirm):
    """Names the text that the moderator read: the version that the page showed when its button was pressed."""

    content_version = forms.IntegerField(widget=forms.HiddenInput)

    def starting(self) -> dict[str, Any]:
        return {"content_version": self.request.GET.get("version")}

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_("Job"), self.row.title), (_("Brand"), show.name(self.row.brand))]


class Reject(OfText, Reason):
    """Which text stays out, and why."""

    offered = (
        gettext_lazy("The description promises or demands what the advertising law forbids."),
        gettext_lazy("Contacts or links for a deal outside the marketplace are in the text."),
        gettext_lazy("It is not clear what to film: add examples and requirements."),
        gettext_lazy("The budget does not match the amount of work described."),
        gettext_lazy("The niche or the platform is chosen wrongly."),
    )


class TakeDown(Reason):
    """Why an approved job leaves the feed."""

    offered = (
        gettext_lazy("There are complaints about the job; the facts were confirmed."),
        gettext_lazy("The product may not be advertised."),
        gettext_lazy("The brand asks creators to deal outside the marketplace."),
    )

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_("Job"), self.row.title), (_("Brand"), show.name(self.row.brand))]


def _waits(job: Any, user: Any) -> bool:
    return job.pending_version is not None or (job.status == "PUBLISHED" and job.moderation_status == "PENDING")


def _may_leave(job: Any, user: Any) -> bool:
    return job.moderation_status == "APPROVED" and job.active_creator_id is None and job.status in ("PUBLISHED", "PAUSED")


class JobAdmin(ReadOnlyAdmin):
    """What moderators read and decide."""

    see = ("moderator", "support")
    title = gettext_lazy("Jobs")
    icon = "movie_edit"
    tabs = (
        Tab(
            "pending",
            pgettext_lazy("tab", "Waiting"),
            waiting_jobs,
            ("waiting_since", "id"),
            gettext_lazy("The queue is empty: every job has been read. The last decisions are under “Approved” and “Rejected”."),
            "jobs",
        ),
        Tab(
            "approved",
            pgettext_lazy("tab", "Approved"),
            lambda rows: rows.filter(moderation_status="APPROVED"),
            ("-moderated_at", "-id"),
            gettext_lazy("No job has been approved yet. Take one from “Waiting”."),
        ),
        Tab(
            "rejected",
            pgettext_lazy("tab", "Rejected"),
            lambda rows: rows.filter(moderation_status="REJECTED"),
            ("-moderated_at", "-id"),
            gettext_lazy("No job has been rejected. Take one from “Waiting”."),
        ),
    )
    list_display = ("what", "brand_name", "budget", "kind", "where", "since")
    list_filter = (
        filters.choice("niche", gettext_lazy("Niche")),
        filters.choice("platform", gettext_lazy("Platform")),
        filters.choice("status", gettext_lazy("State")),
    )
    search_fields = ("title",)
    search_help_text = gettext_lazy("Title or id of the job")
    actions_detail = ("approve", "reject", "take_down")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        since = Coalesce(Subquery(PENDING_REVISIONS.values("submitted_at")[:1]), "submitted_at", output_field=DateTimeField())
        return (
            Job.objects.select_related("brand__brand_profile", "moderated_by")
            .annotate(pending_version=Subquery(PENDING_REVISIONS.values("version")[:1]), waiting_since=since)
            .defer("search", "agreed_terms")
            .exclude(status="DRAFT")
        )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By words of the title, or by the whole id."""
        return self.by_id(queryset, search_term) or super().get_search_results(request, queryset, search_term)

    # ── Columns ──

    @display(description=gettext_lazy("Job"))
    def what(self, job: Any) -> Any:
        return job.title or _("Untitled")

    @display(description=gettext_lazy("Brand"))
    def brand_name(self, job: Any) -> Any:
        return show.name(job.brand)

    @display(description=gettext_lazy("Budget"))
    def budget(self, job: Any) -> Any:
        return job_panels.budget(job)

    @display(description=gettext_lazy("Type"))
    def kind(self, job: Any) -> Any:
        if job.pending_version is not None:
            return show.badge(_("Edit"), show.BLUE)
        if job.moderation_status == "PENDING":
            return show.badge(_("First publication"), show.AMBER)
        return show.state(job, "moderation_status")

    @display(description=gettext_lazy("State"))
    def where(self, job: Any) -> Any:
        return show.state(job)

    @display(description=gettext_lazy("Waits / decided"))
    def since(self, job: Any) -> Any:
        return show.waiting(job.waiting_since) if _waits(job, None) else show.ago(job.moderated_at)

    # ── Page ──

    def find(self, request: HttpRequest, object_id: str) -> Any:
        job = super().find(request, object_id)
        job.pending = JobRevision.objects.filter(job=job, status="PENDING").first() if job.pending_version is not None else None
        return job

    def dialog_query(self, job: Any) -> dict[str, Any]:
        """The version that this page shows travels with its buttons."""
        return {"version": job.pending_version or job.content_version}

    def page(self, request: HttpRequest, job: Any) -> Page:
        live = contents.of(job)
        new = contents.thaw(job.pending.content) if job.pending else live
        return Page(
            heading=new["title"] or _("Untitled"),
            state=self.kind(job),
            subheading=show.name(job.brand),
            notices=job_panels.notices(job, new, live),
            main=job_text.panels(new, live if job.pending else None),
            side=[job_panels.moderation(job), job_panels.brand(job, request.user), audit_panel.of(job)],
        )

    # ── Dialogs ──

    @dialog(
        can=("moderator",),
        label=gettext_lazy("Approve"),
        icon="check",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Approve this text?"),
        text=gettext_lazy("It will be in the feed at once, and the brand will be told."),
        form_class=OfText,
        when=_waits,
    )
    def approve(self, request: HttpRequest, job: Any, form: Confirm) -> str:
        self.run(request, services.approve_job, job.id, done=_("“%(title)s” is approved.") % {"title": job.title}, **form.cleaned_data)
        return self.next_in_line(request, job)

    @dialog(
        can=("moderator",),
        label=gettext_lazy("Reject"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Reject this text?"),
        text=gettext_lazy("The brand will read the reason, and may change the text and send it again."),
        form_class=Reject,
        when=_waits,
    )
    def reject(self, request: HttpRequest, job: Any, form: Confirm) -> str:
        self.run(request, services.reject_job, job.id, done=_("“%(title)s” is rejected.") % {"title": job.title}, **form.cleaned_data)
        return self.next_in_line(request, job)

    @dialog(
        can=("moderator",),
        label=gettext_lazy("Take down"),
        icon="visibility_off",
        title=gettext_lazy("Take the job out of the feed?"),
        text=gettext_lazy("The approved text stops being public at once, and the brand will read the reason."),
        form_class=TakeDown,
        when=_may_leave,
    )
    def take_down(self, request: HttpRequest, job: Any, form: Confirm) -> None:
        self.run(request, services.take_down_job, job.id, done=_("The job is out of the feed."), **form.cleaned_data)

    def next_in_line(self, request: HttpRequest, job: Any) -> str:
        """The next job that waits, or the empty queue."""
        return self.next_url(request, waiting_jobs(self.get_queryset(request)).order_by("waiting_since", "id"), job)
