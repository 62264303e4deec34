"""Disputes: what each side says, how much is frozen, and how it ended."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from backoffice import audit_panel, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.lists import Tab
from backoffice.page import Fact, Page, Panel, Table
from core.disputes.models import OPEN_STATUSES, Dispute
from core.people.policies import staff_can

SHOWN = 50


class DisputeAdmin(ReadOnlyAdmin):
    """Disputes, the oldest open one first."""

    see = ("moderator", "finance", "finance_approver", "support")
    title = gettext_lazy("Disputes")
    icon = "gavel"
    tabs = (
        Tab(
            "open",
            pgettext_lazy("tab", "Open"),
            lambda rows: rows.filter(status__in=OPEN_STATUSES),
            ("created_at", "id"),
            gettext_lazy("No deal is disputed."),
        ),
        Tab(
            "closed",
            pgettext_lazy("tab", "Closed"),
            lambda rows: rows.exclude(status__in=OPEN_STATUSES),
            ("-created_at", "-id"),
            gettext_lazy("No dispute is over yet."),
        ),
    )
    list_display = ("deal", "opener", "why", "state", "assigned", "since", "amount")
    list_filter = (filters.choice("reason", gettext_lazy("Reason")), filters.choice("currency", gettext_lazy("Currency")))
    search_fields = ("job__title",)
    search_help_text = gettext_lazy("Title of the job")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        people = show.joined("opened_by", "respondent")
        return Dispute.objects.select_related("job", "assignee", "decided_by", "confirmed_by", *people)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return self.by_id(queryset, search_term) or super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("Job"))
    def deal(self, dispute: Dispute) -> Any:
        return dispute.job.title

    @display(description=gettext_lazy("Opened by"))
    def opener(self, dispute: Dispute) -> Any:
        return show.name(dispute.opened_by)

    @display(description=gettext_lazy("Reason"))
    def why(self, dispute: Dispute) -> Any:
        return dispute.get_reason_display()

    @display(description=gettext_lazy("State"))
    def state(self, dispute: Dispute) -> Any:
        return show.state(dispute)

    @display(description=gettext_lazy("Who works on it"))
    def assigned(self, dispute: Dispute) -> Any:
        return show.name(dispute.assignee)

    @display(description=gettext_lazy("Since"))
    def since(self, dispute: Dispute) -> Any:
        return show.waiting(dispute.created_at) if dispute.status in OPEN_STATUSES else show.ago(dispute.created_at)

    @display(description=gettext_lazy("At stake"))
    def amount(self, dispute: Dispute) -> Any:
        return show.amount(dispute.frozen_cents, dispute.currency)

    def page(self, request: HttpRequest, dispute: Dispute) -> Page:
        return Page(
            heading=dispute.job.title,
            state=show.state(dispute),
            subheading=dispute.get_reason_display(),
            notices=[(show.BLUE, _("Decided: %(note)s") % {"note": dispute.note})] if dispute.note else [],
            main=[_case(dispute, request.user), _thread(dispute)],
            side=[_money(dispute), _decision(dispute), audit_panel.of(dispute)],
        )


def _case(dispute: Dispute, user: Any) -> Panel:
    linked = staff_can(user, "moderator", "support")
    return Panel(
        _("The case"),
        facts=[
            Fact(_("Opened by"), show.person(dispute.opened_by, linked=linked)),
            Fact(_("Other side"), show.person(dispute.respondent, linked=linked)),
            Fact(_("In their words"), dispute.statement or show.NOTHING),
            Fact(_("When"), show.two_lines(show.ago(dispute.created_at), show.exact(dispute.created_at))),
            Fact(_("Answered"), show.exact(dispute.answered_at)),
            Fact(_("Without an answer"), dispute.get_on_silence_display()),
            Fact(_("Who works on it"), show.name(dispute.assignee)),
        ],
    )


def _thread(dispute: Dispute) -> Panel:
    said = dispute.messages.select_related(*show.joined("author")).order_by("created_at", "id")[:SHOWN]
    rows = [(show.exact(each.created_at), show.two_lines(show.name(each.author), each.get_kind_display()), each.text) for each in said]
    return Panel(_("What was said"), table=Table((_("When"), _("Who"), _("Text")), rows, empty=_("Nobody has said anything yet.")))


def _money(dispute: Dispute) -> Panel:
    return Panel(
        _("Money"),
        facts=[
            Fact(_("Price"), show.amount(dispute.amount_cents, dispute.currency)),
            Fact(_("At stake"), show.amount(dispute.frozen_cents, dispute.currency)),
            Fact(_("The creator gets"), show.amount(dispute.creator_share_cents, dispute.currency)),
        ],
    )


def _decision(dispute: Dispute) -> Panel:
    return Panel(
        _("Decision"),
        facts=[
            Fact(_("Decision"), dispute.get_resolution_display() or show.NOTHING),
            Fact(_("What brought it about"), dispute.get_resolved_through_display() or show.NOTHING),
            Fact(_("First"), show.name(dispute.decided_by)),
            Fact(_("Second"), show.name(dispute.confirmed_by)),
            Fact(_("Closed at"), show.exact(dispute.resolved_at or dispute.withdrawn_at)),
        ],
    )
