"""Escrows: the money of deals, who waits for it, and since when. Nothing is done here: deals move their escrows."""

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
from core.money.models import Escrow
from core.people.policies import staff_can


class EscrowAdmin(ReadOnlyAdmin):
    """What a deal holds, and where it went."""

    see = ("finance", "finance_approver", "support")
    title = gettext_lazy("Escrows")
    icon = "lock"
    exports_for = ("finance", "finance_approver")
    tabs = (
        Tab(
            "funded",
            pgettext_lazy("tab", "Funded"),
            lambda rows: rows.filter(status="FUNDED"),
            ("funded_at", "id"),
            gettext_lazy("No deal holds money now. New ones are under “Not funded”."),
        ),
        Tab(
            "unfunded",
            pgettext_lazy("tab", "Not funded"),
            lambda rows: rows.filter(status="UNFUNDED"),
            ("-created_at", "-id"),
            gettext_lazy("Every deal is funded."),
        ),
        Tab(
            "closed",
            pgettext_lazy("tab", "Closed"),
            lambda rows: rows.exclude(status__in=("FUNDED", "UNFUNDED")),
            ("-created_at", "-id"),
            gettext_lazy("No deal has ended yet."),
        ),
    )
    list_display = ("deal", "parties", "state", "commission", "since", "amount")
    list_filter = (filters.choice("currency", gettext_lazy("Currency")),)
    search_fields = ("job__title",)
    search_help_text = gettext_lazy("Title of the job, or id of the escrow")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Escrow.objects.select_related(
            "job", "brand__brand_profile", "creator__creator_profile", "commission_rule__brand__brand_profile", "account"
        ).defer("job__search")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return self.by_id(queryset, search_term) or super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("Deal"))
    def deal(self, escrow: Escrow) -> Any:
        return escrow.job.title

    @display(description=gettext_lazy("Brand and creator"))
    def parties(self, escrow: Escrow) -> Any:
        return show.two_lines(show.name(escrow.brand), show.name(escrow.creator))

    @display(description=gettext_lazy("State"))
    def state(self, escrow: Escrow) -> Any:
        return show.state(escrow)

    @display(description=gettext_lazy("Commission"))
    def commission(self, escrow: Escrow) -> Any:
        return show.percent(escrow.commission_bps)

    @display(description=gettext_lazy("Since"))
    def since(self, escrow: Escrow) -> Any:
        return show.ago(escrow.closed_at or escrow.funded_at or escrow.created_at)

    @display(description=gettext_lazy("Amount"))
    def amount(self, escrow: Escrow) -> Any:
        return show.amount(escrow.amount_cents, escrow.currency)

    def page(self, request: HttpRequest, escrow: Escrow) -> Page:
        return Page(
            heading=show.amount(escrow.amount_cents, escrow.currency),
            state=show.state(escrow),
            subheading=escrow.job.title,
            main=[
                _deal(escrow, request.user),
                entries.panel(
                    _("Movements of money"),
                    entries.of_escrow(escrow),
                    request.user,
                    _("No money has moved yet: the brand has to fund the escrow."),
                ),
            ],
            side=[_times(escrow), audit_panel.of(escrow)],
        )


def _deal(escrow: Escrow, user: Any) -> Panel:
    people, ledger = staff_can(user, "moderator", "support"), staff_can(user, *entries.LEDGER)
    held = show.amount(escrow.account.balance_cents, escrow.currency)
    share, fee = escrow.creator_share_cents, show.amount(escrow.commission_cents, escrow.currency)
    shared = [] if share is None else [Fact(_("The creator's part"), show.amount(share, escrow.currency))]
    return Panel(
        _("Deal"),
        facts=[
            Fact(_("Job"), show.inside(escrow.job, escrow.job.title) if people else escrow.job.title),
            Fact(_("State of the job"), show.state(escrow.job)),
            Fact(_("Brand"), show.person(escrow.brand, linked=people)),
            Fact(_("Creator"), show.person(escrow.creator, linked=people)),
            Fact(_("Amount"), show.amount(escrow.amount_cents, escrow.currency)),
            Fact(_("Held now"), show.inside(escrow.account, held) if ledger else held),
            *shared,
            Fact(_("Commission"), show.two_lines(show.percent(escrow.commission_bps), fee)),
            Fact(_("The creator gets"), show.amount(escrow.creator_net_cents, escrow.currency)),
        ],
    )


def _times(escrow: Escrow) -> Panel:
    return Panel(
        _("Times"),
        facts=[
            Fact(_("Opened"), show.exact(escrow.created_at)),
            Fact(_("Funded at"), show.exact(escrow.funded_at)),
            Fact(_("Closed at"), show.exact(escrow.closed_at)),
            Fact(_("Id of the escrow"), show.code(str(escrow.pk))),
        ],
    )
