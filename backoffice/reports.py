"""What people reported. A moderator looks at it, and decides."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from backoffice import audit_panel, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog
from backoffice.lists import Tab
from backoffice.page import Fact, Page, Panel
from core.people.policies import staff_can
from core.reports import selectors, services
from core.reports.models import Report

MODERATORS = ("moderator",)


class Decide(Confirm):
    """The dialog repeats what was reported, and asks why it is decided so."""

    note = forms.CharField(
        label=gettext_lazy("Why so"),
        max_length=Report.TEXT_MAX,
        help_text=gettext_lazy("For moderators: the one who reported reads the outcome alone."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
    )

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (_("Reported"), self.row.get_subject_type_display()),
            (_("Of whom"), show.name(self.row.reported)),
            (_("Reason"), self.row.get_reason_display()),
        ]


class Uphold(Decide):
    """A review may be taken out of sight at once."""

    hide = forms.BooleanField(
        label=gettext_lazy("Hide the review"),
        required=False,
        help_text=gettext_lazy("Its author then reads the text above."),
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if self.row.subject_type != Report.Subject.REVIEW:
            del self.fields["hide"]


def _is_open(report: Report, user: Any) -> bool:
    return report.status == "OPEN"


class ReportAdmin(ReadOnlyAdmin):
    """What was reported, oldest first."""

    see = MODERATORS
    title = gettext_lazy("Reports")
    icon = "flag"
    tabs = (
        Tab(
            "open",
            pgettext_lazy("tab", "Waiting"),
            lambda rows: rows.filter(status="OPEN"),
            ("created_at", "id"),
            gettext_lazy("Nobody complains. Decided reports are on the next tabs."),
        ),
        Tab(
            "upheld",
            pgettext_lazy("tab", "Upheld"),
            lambda rows: rows.filter(status="UPHELD"),
            ("-decided_at", "-id"),
            gettext_lazy("No report was upheld yet."),
        ),
        Tab(
            "dismissed",
            pgettext_lazy("tab", "Dismissed"),
            lambda rows: rows.filter(status="DISMISSED"),
            ("-decided_at", "-id"),
            gettext_lazy("No report was dismissed yet."),
        ),
    )
    list_display = ("subject", "reported_name", "why", "state", "since")
    list_filter = (
        filters.choice("subject_type", gettext_lazy("Reported")),
        filters.choice("reason", gettext_lazy("Reason")),
    )
    actions_detail = ("uphold", "dismiss")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Report.objects.select_related(*show.joined("reporter", "reported"), "decided_by")

    @display(description=gettext_lazy("Reported"))
    def subject(self, report: Report) -> Any:
        return report.get_subject_type_display()

    @display(description=gettext_lazy("Of whom"))
    def reported_name(self, report: Report) -> Any:
        return show.name(report.reported)

    @display(description=gettext_lazy("Reason"))
    def why(self, report: Report) -> Any:
        return report.get_reason_display()

    @display(description=gettext_lazy("State"))
    def state(self, report: Report) -> Any:
        return show.state(report)

    @display(description=gettext_lazy("Waits / decided"))
    def since(self, report: Report) -> Any:
        return show.waiting(report.created_at) if report.status == "OPEN" else show.ago(report.decided_at)

    def page(self, request: HttpRequest, report: Report) -> Page:
        linked = staff_can(request.user, "moderator", "support")
        return Page(
            heading=report.get_subject_type_display(),
            state=show.state(report),
            subheading=report.get_reason_display(),
            notices=[(show.BLUE, _("Decided: %(note)s") % {"note": report.note})] if report.note else [],
            main=[
                Panel(
                    _("What was reported"),
                    facts=[
                        Fact(_("Of whom"), show.person(report.reported, linked=linked)),
                        Fact(_("It says"), selectors.words_of(report) or show.NOTHING),
                        Fact(_("Id"), show.code(str(report.subject_id))),
                    ],
                ),
                Panel(
                    _("The report"),
                    facts=[
                        Fact(_("From whom"), show.person(report.reporter, linked=linked)),
                        Fact(_("Reason"), report.get_reason_display()),
                        Fact(_("In their words"), report.text or show.NOTHING),
                        Fact(_("When"), show.two_lines(show.ago(report.created_at), show.exact(report.created_at))),
                        Fact(_("Decided"), show.two_lines(show.name(report.decided_by), show.exact(report.decided_at))),
                    ],
                ),
            ],
            side=[audit_panel.of(report)],
        )

    @dialog(
        can=MODERATORS,
        label=gettext_lazy("Uphold"),
        icon="check",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Is the report right?"),
        text=gettext_lazy("The one who reported is told. Blocking a person is a step of its own, on the person's page."),
        form_class=Uphold,
        when=_is_open,
    )
    def uphold(self, request: HttpRequest, report: Report, form: Confirm) -> None:
        asked = {"note": form.cleaned_data["note"], "hide_review": form.cleaned_data.get("hide", False)}
        self.run(request, services.uphold_report, report.id, done=_("The report is upheld."), **asked)

    @dialog(
        can=MODERATORS,
        label=gettext_lazy("Dismiss"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Dismiss the report?"),
        text=gettext_lazy("The one who reported is told that nothing was found."),
        form_class=Decide,
        when=_is_open,
    )
    def dismiss(self, request: HttpRequest, report: Report, form: Confirm) -> None:
        self.run(request, services.dismiss_report, report.id, done=_("The report is dismissed."), **form.cleaned_data)
