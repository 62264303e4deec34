"""Jobs: the moderation queue, first publications and edits in one line, oldest first."""

from datetime import timedelta
from typing import Any, ClassVar

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from backoffice import audit_panel, counters, filters, job_panels, job_text, show
from backoffice.cases import state, words
from backoffice.cases.desk import Desk
from backoffice.dialogs import Confirm, Reason, dialog
from backoffice.lists import Tab
from backoffice.page import Page
from core.base.vocabulary import Queue
from core.jobs import content as contents
from core.jobs import services
from core.jobs.models import Job, JobRevision
from core.jobs.moderation import cases
from core.jobs.moderation import queue as line

PENDING_REVISIONS = JobRevision.objects.filter(job=OuterRef("pk"), status="PENDING")


class TakeDown(Reason):
    """Why an approved job leaves the feed."""

    offered = (
        gettext_lazy("There are complaints about the job; the facts were confirmed."),
        gettext_lazy("The product may not be advertised."),
        gettext_lazy("The brand asks creators to deal outside the marketplace."),
    )

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_("Job"), self.row.title), (_("Brand"), show.name(self.row.brand))]


def _may_leave(job: Any, user: Any) -> bool:
    return job.moderation_status == "APPROVED" and job.active_creator_id is None and job.status in ("PUBLISHED", "PAUSED")


class JobAdmin(Desk):
    """What moderators read and decide."""

    see = ("moderator", "support")
    title = gettext_lazy("Jobs")
    icon = "movie_edit"
    queue = Queue.JOBS
    verbs: ClassVar[dict[str, Any]] = {
        "take": cases.take_job,
        "take_next": cases.take_next_job,
        "rule": cases.rule_on_job,
        "undo": cases.undo_job_ruling,
        "escalate": cases.escalate_job,
    }
    tabs = (
        Tab(
            "mine",
            pgettext_lazy("tab", "Mine"),
            lambda rows: line.waiting(rows).filter(is_mine=True),
            line.ORDER,
            gettext_lazy("You are holding no case. Take the next one: press T."),
        ),
        Tab(
            "pending",
            pgettext_lazy("tab", "Not taken"),
            line.free,
            line.ORDER,
            gettext_lazy("The queue is empty: every job has been read. The last decisions are under “Approved” and “Rejected”."),
            "jobs",
        ),
        Tab(
            "urgent",
            pgettext_lazy("tab", "Due within an hour"),
            line.urgent,
            line.ORDER,
            gettext_lazy("Nothing is late, and nothing will be within the hour."),
        ),
        Tab(
            "repeated",
            pgettext_lazy("tab", "Sent in again"),
            line.repeated,
            line.ORDER,
            gettext_lazy("No rejected job was sent in again."),
        ),
        Tab(
            "edits",
            pgettext_lazy("tab", "Edits of published ones"),
            line.edits,
            line.ORDER,
            gettext_lazy("No published job was changed."),
        ),
        Tab(
            "escalated",
            pgettext_lazy("tab", "Handed on"),
            line.handed_on,
            line.ORDER,
            gettext_lazy("Nobody has handed a case on."),
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
    list_display = ("what", "since", "brand_name", "budget", "kind", "marks", "holder")
    list_filter = (
        filters.choice("niche", gettext_lazy("Niche")),
        filters.choice("platform", gettext_lazy("Platform")),
        filters.choice("status", gettext_lazy("State")),
    )
    search_fields = ("title",)
    search_help_text = gettext_lazy("Title or id of the job")
    actions_detail = ("approve", "reject", "ask_for_changes", "escalate", "take_down")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = (
            Job.objects.select_related("brand__brand_profile", "moderated_by")
            .annotate(
                pending_version=Subquery(PENDING_REVISIONS.values("version")[:1]),
                pending=Subquery(PENDING_REVISIONS.values("content")[:1]),
                is_copy=Exists(line.same_text(OuterRef("description"), OuterRef("pk"))),
            )
            .defer("search", "agreed_terms")
            .exclude(status="DRAFT")
        )
        return self.with_desk(rows, request)

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

    @display(description=gettext_lazy("Look twice"))
    def marks(self, job: Any) -> Any:
        return job_panels.marks(job)

    @display(description=gettext_lazy("With whom"))
    def holder(self, job: Any) -> Any:
        return words.holder(job)

    @display(description=gettext_lazy("Time left / decided"))
    def since(self, job: Any) -> Any:
        return words.left(job.submitted_at, self.promise()) if state.waits(job) else show.ago(job.moderated_at)

    def promise(self) -> timedelta:
        """How long a brand waits at most, as we say. Remembered for a few seconds, like the counters."""
        known: Any = cache.get_or_set(f"{__name__}.promise", line.promise, counters.SECONDS)
        return known

    # ── The desk ──

    def author(self, job: Any) -> Any:
        return job.brand

    def facts(self, job: Any) -> list[tuple[Any, Any]]:
        return [(_("Job"), job.title), (_("Brand"), show.name(job.brand))]

    def called(self, job: Any) -> str:
        return f"«{job.title}»"

    def subject_called(self, subject_id: Any) -> str:
        return f"«{Job.objects.values_list('title', flat=True).get(pk=subject_id)}»"

    def read(self, request: HttpRequest) -> dict[str, Any]:
        version = request.GET.get("version", "")
        return {"content_version": int(version) if version.isdecimal() else 0}

    def read_in_list(self, job: Any) -> dict[str, Any]:
        return {"content_version": job.pending_version or job.content_version}

    # ── Page ──

    def dialog_query(self, job: Any) -> dict[str, Any]:
        """The version that this page shows travels with its buttons."""
        return {"version": job.pending_version or job.content_version}

    def page(self, request: HttpRequest, job: Any) -> Page:
        live = contents.of(job)
        new = contents.thaw(job.pending) if job.pending else live
        return Page(
            heading=new["title"] or _("Untitled"),
            state=self.kind(job),
            subheading=show.name(job.brand),
            notices=[*self.notices_of(job), *job_panels.notices(job, new, live)],
            main=job_text.panels(new, live if job.pending else None),
            side=[job_panels.moderation(job), job_panels.brand(job, request.user), audit_panel.of(job)],
        )

    # ── Dialogs ──

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
