"""Top-ups: brands' money on its way in. Finance staff find the transfer in the bank statement and confirm it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from backoffice import audit_panel, entries, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog
from backoffice.lists import Tab
from backoffice.money_dialogs import REHEARSED, BankDocument, MoneyReason, Preview
from backoffice.page import Fact, Page, Panel
from core.money import services
from core.money.models import LedgerEntry, TopUp
from core.people.policies import staff_can

FIRST, SECOND = ("finance",), ("finance", "finance_approver")
PROVIDERS = {"mock": gettext_lazy("Test provider"), "manual": gettext_lazy("Bank transfer")}


class TopUpFacts(Confirm):
    """Every dialog names the brand, the amount and the number on the transfer."""

    def facts(self) -> list[tuple[Any, Any]]:
        top_up = self.row
        return [
            (_("Brand"), show.name(top_up.brand)),
            (_("Amount"), show.amount(top_up.amount_cents, top_up.currency)),
            (_("Number on the transfer"), top_up.number or show.NOTHING),
        ]


class ConfirmFirst(TopUpFacts, BankDocument):
    verb = staticmethod(services.confirm_top_up)

    def rehearse(self) -> Any:
        return services.confirm_top_up(self.row.pk, by=self.request.user, bank_reference=f"{REHEARSED} {self.row.pk}")


class ConfirmSecond(TopUpFacts, Preview):
    """The second person reads the number in the bank statement, and not on this page."""

    verb = staticmethod(services.confirm_top_up)
    bank_reference = forms.CharField(
        label=gettext_lazy("Number of the bank's document"), max_length=80, widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True})
    )


class Reject(TopUpFacts, MoneyReason):
    verb = staticmethod(services.reject_top_up)
    offered = (
        gettext_lazy("The transfer has not come within the agreed time."),
        gettext_lazy("The amount of the transfer differs: create a new top-up for the sum that you sent."),
        gettext_lazy("The transfer came from another company's account."),
    )


def _is_pending(top_up: TopUp, user: Any) -> bool:
    return top_up.status == "PENDING"


def _waits_first(top_up: TopUp, user: Any) -> bool:
    return top_up.status == "PENDING" and top_up.confirmed_by_id is None


def _waits_second(top_up: TopUp, user: Any) -> bool:
    return top_up.status == "PENDING" and top_up.confirmed_by_id not in (None, user.pk)


class TopUpAdmin(ReadOnlyAdmin):
    """What finance staff confirm; support looks on."""

    see = ("finance", "finance_approver", "support")
    title = gettext_lazy("Top-ups")
    icon = "add_card"
    exports_for = ("finance", "finance_approver")
    tabs = (
        Tab(
            "pending",
            pgettext_lazy("tab", "Waiting"),
            lambda rows: rows.filter(status="PENDING"),
            ("created_at", "id"),
            gettext_lazy("No transfer is expected. Confirmed ones are on the next tab."),
            "top_ups",
        ),
        Tab(
            "confirmed",
            pgettext_lazy("tab", "Received"),
            lambda rows: rows.filter(status="CONFIRMED"),
            ("-created_at", "-id"),
            gettext_lazy("No money has come in yet."),
        ),
        Tab(
            "closed",
            pgettext_lazy("tab", "Rejected and canceled"),
            lambda rows: rows.filter(status__in=("REJECTED", "CANCELED")),
            ("-created_at", "-id"),
            gettext_lazy("No top-up was rejected or canceled."),
        ),
    )
    list_display = ("brand_name", "number_text", "state", "signatures", "asked", "amount")
    list_filter = (filters.choice("currency", gettext_lazy("Currency")), filters.days("created_at", gettext_lazy("Date")))
    search_fields = ("brand__brand_profile__company_name", "bank_reference")
    search_help_text = gettext_lazy("Company, bank document, or number on the transfer")
    actions_detail = ("confirm", "confirm_second", "reject")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return TopUp.objects.select_related("brand__brand_profile", *show.joined("confirmed_by"), "second_confirmed_by")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        if search_term.isascii() and search_term.isdigit() and len(search_term) < 12:
            return queryset.filter(number=int(search_term)), False
        return self.by_id(queryset, search_term) or super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("Brand"))
    def brand_name(self, top_up: TopUp) -> Any:
        return show.name(top_up.brand)

    @display(description=gettext_lazy("Number"))
    def number_text(self, top_up: TopUp) -> Any:
        return str(top_up.number or show.NOTHING)

    @display(description=gettext_lazy("State"))
    def state(self, top_up: TopUp) -> Any:
        return show.state(top_up)

    @display(description=gettext_lazy("Signatures"))
    def signatures(self, top_up: TopUp) -> Any:
        names = [show.name(user) for user in (top_up.confirmed_by, top_up.second_confirmed_by) if user is not None]
        if top_up.status == "PENDING" and names:
            names.append(_("one more is needed"))
        return show.lines(names)

    @display(description=gettext_lazy("Asked for"))
    def asked(self, top_up: TopUp) -> Any:
        return show.waiting(top_up.created_at) if top_up.status == "PENDING" else show.ago(top_up.created_at)

    @display(description=gettext_lazy("Amount"))
    def amount(self, top_up: TopUp) -> Any:
        return show.amount(top_up.amount_cents, top_up.currency)

    def page(self, request: HttpRequest, top_up: TopUp) -> Page:
        linked = staff_can(request.user, "moderator", "support")
        moved = LedgerEntry.objects.filter(reference=f"BRAND_TOPUP:{top_up.pk}")
        seconds = [Fact(_("Second"), show.name(top_up.second_confirmed_by))] if top_up.needs_second else []
        return Page(
            heading=show.amount(top_up.amount_cents, top_up.currency),
            state=show.state(top_up),
            subheading=show.name(top_up.brand),
            notices=_notices(top_up, request.user),
            main=[
                Panel(
                    _("Top-up"),
                    facts=[
                        Fact(_("Brand"), show.person(top_up.brand, linked=linked)),
                        Fact(_("Amount"), show.amount(top_up.amount_cents, top_up.currency)),
                        Fact(_("Way"), PROVIDERS.get(top_up.provider, _("Another way"))),
                        Fact(_("Number on the transfer"), top_up.number or show.NOTHING),
                        Fact(_("Asked for"), show.two_lines(show.ago(top_up.created_at), show.exact(top_up.created_at))),
                        Fact(_("Closed at"), show.exact(top_up.closed_at)),
                        Fact(_("Bank document"), top_up.bank_reference if top_up.status != "PENDING" else show.NOTHING),
                        Fact(_("Id of the top-up"), show.code(str(top_up.pk))),
                    ],
                ),
                entries.panel(_("Movements of money"), moved, request.user, _("The money is not in the wallet yet.")),
            ],
            side=[
                Panel(_("Signatures"), facts=[Fact(_("First"), show.name(top_up.confirmed_by)), *seconds]),
                audit_panel.of(top_up),
            ],
        )

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Confirm"),
        icon="check",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Has the transfer arrived?"),
        text=gettext_lazy("Find it in the bank statement by its number. Above the limit this is the first of two signatures."),
        form_class=ConfirmFirst,
        when=_waits_first,
    )
    def confirm(self, request: HttpRequest, top_up: TopUp, form: Confirm) -> None:
        done = _("Signed. Another person gives the second signature.") if top_up.needs_second else _("The money is in the brand's wallet.")
        self.run(request, services.confirm_top_up, top_up.id, done=done, **form.cleaned_data)

    @dialog(
        fresh=True,
        can=SECOND,
        label=gettext_lazy("Sign second"),
        icon="done_all",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Give the second signature?"),
        text=gettext_lazy("Find the transfer in the bank statement yourself: the number has to be the one that the first person entered."),
        form_class=ConfirmSecond,
        when=_waits_second,
    )
    def confirm_second(self, request: HttpRequest, top_up: TopUp, form: Confirm) -> None:
        self.run(request, services.confirm_top_up, top_up.id, done=_("The money is in the brand's wallet."), **form.cleaned_data)

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Reject"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Reject the top-up?"),
        text=gettext_lazy("No money moves, and the brand reads the reason."),
        form_class=Reject,
        when=_is_pending,
    )
    def reject(self, request: HttpRequest, top_up: TopUp, form: Confirm) -> None:
        self.run(request, services.reject_top_up, top_up.id, done=_("The top-up is rejected."), **form.cleaned_data)


def _notices(top_up: TopUp, user: Any) -> list[tuple[str, str]]:
    said = []
    if top_up.status == "PENDING" and top_up.needs_second and top_up.confirmed_by_id is None:
        said.append((show.AMBER, _("The amount is above the limit: two people sign.")))
    if top_up.status == "PENDING" and top_up.confirmed_by_id == user.pk:
        said.append((show.BLUE, _("You gave the first signature. The second one is somebody else's.")))
    if top_up.reason:
        said.append((show.RED, _("Reason: %(reason)s") % {"reason": top_up.reason}))
    return said
