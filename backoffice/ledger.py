"""The ledger: every movement of money, newest first, read by going back from the last one seen."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from backoffice import entries, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.lists import BEFORE, TAB, Stream
from backoffice.page import Fact, Page, Panel, Table
from core.money.models import LedgerEntry

ACCOUNT = "account"
ID_DIGITS_MAX = 18


class Entries(Stream):
    """Narrowed to one account when the address names it."""

    OWN = (TAB, BEFORE, ACCOUNT)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        rows = super().get_queryset(request, exclude_parameters)
        account = request.GET.get(ACCOUNT, "")
        if not account:
            return rows
        known = account.isascii() and account.isdigit() and len(account) <= ID_DIGITS_MAX
        return rows.filter(Q(from_account_id=int(account)) | Q(to_account_id=int(account))) if known else rows.none()


class LedgerAdmin(ReadOnlyAdmin):
    """What moved, from where to where, why, and who did it."""

    see = ("finance", "finance_approver")
    title = gettext_lazy("Ledger")
    icon = "menu_book"
    exports_for = ("finance", "finance_approver")
    empty = gettext_lazy("No movement fits. Widen the dates or reset the filters.")
    changelist_class = Entries
    ordering = ("-id",)
    list_display = ("when", "what", "source", "target", "who", "amount")
    list_filter = (
        filters.days("created_at", gettext_lazy("Date")),
        filters.choice("type", gettext_lazy("What happened")),
        filters.choice("currency", gettext_lazy("Currency")),
    )
    search_fields = ("reference",)
    search_help_text = gettext_lazy("Reference, or id of the deal or the payout")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return LedgerEntry.objects.select_related(*entries.WITH_ENDS, *show.joined("actor"), "job")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By the whole reference, or by the id of what the money moved for."""
        term = search_term.strip()
        if not term:
            return queryset, False
        same = self.by_id(queryset.none(), term)
        if same is None:
            return queryset.filter(reference=term), False
        return queryset.filter(Q(job_id=term) | Q(payout_id=term)), False

    @display(description=gettext_lazy("When"))
    def when(self, entry: LedgerEntry) -> Any:
        return show.exact(entry.created_at)

    @display(description=gettext_lazy("What"))
    def what(self, entry: LedgerEntry) -> Any:
        return entry.get_type_display()

    @display(description=pgettext_lazy("account", "From"))
    def source(self, entry: LedgerEntry) -> Any:
        return entries.end(entry.from_account)

    @display(description=pgettext_lazy("account", "To"))
    def target(self, entry: LedgerEntry) -> Any:
        return entries.end(entry.to_account)

    @display(description=gettext_lazy("Who"))
    def who(self, entry: LedgerEntry) -> Any:
        return show.name(entry.actor)

    @display(description=gettext_lazy("Amount"))
    def amount(self, entry: LedgerEntry) -> Any:
        return show.amount(entry.amount_cents, entry.currency)

    def page(self, request: HttpRequest, entry: LedgerEntry) -> Page:
        ends = [
            (show.inside(account, entries.end(account)), sign, show.amount(after, entry.currency))
            for account, sign, after in (
                (entry.from_account, show.amount(-entry.amount_cents, entry.currency), entry.from_balance_after),
                (entry.to_account, show.amount(entry.amount_cents, entry.currency), entry.to_balance_after),
            )
        ]
        return Page(
            heading=show.amount(entry.amount_cents, entry.currency),
            subheading=entry.get_type_display(),
            main=[Panel(_("Both ends"), table=Table((_("Account"), _("Movement"), _("Balance after")), ends, numbers=(1, 2)))],
            side=[_facts(entry)],
        )


def _facts(entry: LedgerEntry) -> Panel:
    mirrored = LedgerEntry.objects.filter(reverses=entry).first()
    return Panel(
        _("Entry"),
        facts=[
            Fact(_("Number"), entry.pk),
            Fact(_("When"), show.exact(entry.created_at)),
            Fact(_("Reference"), show.code(entry.reference)),
            Fact(_("Deal"), entry.job.title if entry.job else show.NOTHING),
            Fact(_("Who"), show.name(entry.actor)),
            Fact(_("Reason"), entry.reason or show.NOTHING),
            Fact(_("Reversed by"), show.inside(mirrored, mirrored.pk) if mirrored else show.NOTHING),
            Fact(_("Request"), show.code(entry.request_id) or show.NOTHING),
        ],
    )
