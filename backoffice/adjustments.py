"""Corrections of wallets by hand: who drafted them, who signed, and why."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from backoffice import audit_panel, entries, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.lists import Tab
from backoffice.page import Fact, Page, Panel
from core.money.adjustments.models import Adjustment
from core.money.models import LedgerEntry
from core.people.policies import staff_can


class AdjustmentAdmin(ReadOnlyAdmin):
    """What waits for its second signature first."""

    see = ("finance", "finance_approver")
    title = gettext_lazy("Corrections")
    icon = "tune"
    tabs = (
        Tab(
            "pending",
            pgettext_lazy("tab", "Waiting"),
            lambda rows: rows.filter(status="PENDING"),
            ("created_at", "id"),
            gettext_lazy("No correction waits for a signature."),
        ),
        Tab(
            "closed",
            pgettext_lazy("tab", "Decided"),
            lambda rows: rows.exclude(status="PENDING"),
            ("-created_at", "-id"),
            gettext_lazy("No correction is decided yet."),
        ),
    )
    list_display = ("owner", "category_text", "state", "drafter", "since", "amount")
    list_filter = (filters.choice("category", gettext_lazy("Category")), filters.choice("currency", gettext_lazy("Currency")))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Adjustment.objects.select_related(*show.joined("person"), "drafted_by", "decided_by", "job")

    @display(description=gettext_lazy("Whose wallet"))
    def owner(self, adjustment: Adjustment) -> Any:
        return show.name(adjustment.person)

    @display(description=gettext_lazy("Category"))
    def category_text(self, adjustment: Adjustment) -> Any:
        return adjustment.get_category_display()

    @display(description=gettext_lazy("State"))
    def state(self, adjustment: Adjustment) -> Any:
        return show.state(adjustment)

    @display(description=gettext_lazy("Drafted by"))
    def drafter(self, adjustment: Adjustment) -> Any:
        return show.name(adjustment.drafted_by)

    @display(description=gettext_lazy("Since"))
    def since(self, adjustment: Adjustment) -> Any:
        return show.waiting(adjustment.created_at) if adjustment.status == "PENDING" else show.ago(adjustment.created_at)

    @display(description=gettext_lazy("Amount"))
    def amount(self, adjustment: Adjustment) -> Any:
        return show.amount(adjustment.signed_cents, adjustment.currency)

    def page(self, request: HttpRequest, adjustment: Adjustment) -> Page:
        linked = staff_can(request.user, "moderator", "support")
        moved = LedgerEntry.objects.filter(reference=f"ADJUSTMENT:{adjustment.pk}")
        return Page(
            heading=show.amount(adjustment.signed_cents, adjustment.currency),
            state=show.state(adjustment),
            subheading=show.name(adjustment.person),
            notices=[(show.RED, _("Reason: %(reason)s") % {"reason": adjustment.refusal})] if adjustment.refusal else [],
            main=[
                Panel(
                    _("Correction"),
                    facts=[
                        Fact(_("Whose wallet"), show.person(adjustment.person, linked=linked)),
                        Fact(_("Amount"), show.amount(adjustment.signed_cents, adjustment.currency)),
                        Fact(_("Category"), adjustment.get_category_display()),
                        Fact(_("Reason"), adjustment.reason),
                        Fact(_("Job"), adjustment.job.title if adjustment.job else show.NOTHING),
                        Fact(_("When"), show.two_lines(show.ago(adjustment.created_at), show.exact(adjustment.created_at))),
                    ],
                ),
                entries.panel(_("Movements of money"), moved, request.user, _("Nothing has moved.")),
            ],
            side=[
                Panel(
                    _("Signatures"),
                    facts=[
                        Fact(_("First"), show.name(adjustment.drafted_by)),
                        Fact(_("Second"), show.two_lines(show.name(adjustment.decided_by), show.exact(adjustment.decided_at))),
                    ],
                ),
                audit_panel.of(adjustment),
            ],
        )
