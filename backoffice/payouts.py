"""Payouts: creators' money on its way out, signed by one or two people, and followed through the bank."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import audit_panel, entries, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog
from backoffice.lists import Tab
from backoffice.money_dialogs import BankDocument, MoneyReason, Preview
from backoffice.page import Fact, Page, Panel, Table
from core.money import services
from core.money.models import Payout
from core.people.policies import staff_can

FIRST, SECOND = ("finance",), ("finance", "finance_approver")
SHOWN = 5


class PayoutFacts(Confirm):
    """Every dialog names the person, the amount and the destination."""

    def facts(self) -> list[tuple[Any, Any]]:
        payout = self.row
        return [
            (_("Creator"), show.name(payout.creator)),
            (_("Amount"), show.amount(payout.amount_cents, payout.currency)),
            (_("Destination"), show.two_lines(payout.method.masked, payout.method.get_kind_display())),
        ]


class Approve(PayoutFacts, Preview):
    verb = staticmethod(services.approve_payout)


class Send(PayoutFacts, Preview):
    verb = staticmethod(services.send_payout)


class Paid(PayoutFacts, BankDocument):
    verb = staticmethod(services.mark_payout_paid)


class Reject(PayoutFacts, MoneyReason):
    verb = staticmethod(services.reject_payout)
    offered = (
        gettext_lazy("The details of the destination do not look right: check them and ask again."),
        gettext_lazy("The destination belongs to another person."),
        gettext_lazy("We need to check the deal first; we will write to you."),
    )


class Fail(PayoutFacts, MoneyReason):
    verb = staticmethod(services.fail_payout)
    offered = (
        gettext_lazy("The bank does not know this account."),
        gettext_lazy("The recipient's name does not match the account."),
        gettext_lazy("The recipient's bank refused the transfer."),
    )


class Return(PayoutFacts, MoneyReason):
    verb = staticmethod(services.return_payout)
    offered = (gettext_lazy("The recipient's bank sent the money back."), gettext_lazy("The account was closed before the money came."))


def _waits_first(payout: Payout, user: Any) -> bool:
    return payout.status == "PENDING" and payout.approved_by_id is None and payout.creator_id != user.pk and staff_can(user, *FIRST)


def _waits_second(payout: Payout, user: Any) -> bool:
    return payout.status == "PENDING" and payout.approved_by_id not in (None, user.pk) and payout.creator_id != user.pk


def _in(*states: str) -> Any:
    return lambda payout, user: payout.status in states and payout.creator_id != user.pk


def _tab(key: str, title: Any, empty: Any, counter: str = "", *, newest: bool = False, **lookup: Any) -> Tab:
    order = ("-created_at", "-id") if newest else ("created_at", "id")
    return Tab(key, title, lambda rows: rows.filter(**lookup), order, empty, counter)


class PayoutAdmin(ReadOnlyAdmin):
    """What finance staff decide; support looks on."""

    see = ("finance", "finance_approver", "support")
    title = gettext_lazy("Payouts")
    icon = "payments"
    exports_for = ("finance", "finance_approver")
    tabs = (
        _tab(
            "pending",
            pgettext_lazy("tab", "To check"),
            gettext_lazy("Nobody is waiting for a decision. Look into “To send”."),
            "payouts_first",
            status="PENDING",
            approved_by=None,
        ),
        _tab(
            "second",
            pgettext_lazy("tab", "Second signature"),
            gettext_lazy("No payout waits for a second signature."),
            "payouts_second",
            status="PENDING",
            approved_by__isnull=False,
        ),
        _tab(
            "approved",
            pgettext_lazy("tab", "To send"),
            gettext_lazy("Every approved payout is with the bank."),
            "payouts_approved",
            status="APPROVED",
        ),
        _tab(
            "sent",
            pgettext_lazy("tab", "With the bank"),
            gettext_lazy("The bank has answered about every payout."),
            "payouts_sent",
            status="SENT",
        ),
        _tab("paid", pgettext_lazy("tab", "Paid"), gettext_lazy("Nothing has been paid yet."), newest=True, status="PAID"),
        _tab(
            "failed",
            pgettext_lazy("tab", "Not carried out"),
            gettext_lazy("No payout was refused, canceled or returned."),
            newest=True,
            status__in=("REJECTED", "CANCELED", "FAILED", "RETURNED"),
        ),
    )
    list_display = ("creator_name", "destination", "state", "signatures", "asked", "amount")
    list_filter = (
        filters.choice("currency", gettext_lazy("Currency")),
        filters.choice("method__kind", gettext_lazy("Payout method")),
        filters.days("created_at", gettext_lazy("Date")),
    )
    search_fields = ("creator__creator_profile__display_name",)
    search_help_text = gettext_lazy("Creator's name, or id of the payout")
    actions_detail = ("approve", "approve_second", "reject", "send", "mark_paid", "fail", "give_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Payout.objects.select_related("creator__creator_profile", "method", "approved_by", "second_approved_by")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return self.by_id(queryset, search_term) or super().get_search_results(request, queryset, search_term)

    # ── Columns ──

    @display(description=gettext_lazy("Creator"))
    def creator_name(self, payout: Payout) -> Any:
        return show.name(payout.creator)

    @display(description=gettext_lazy("Destination"))
    def destination(self, payout: Payout) -> Any:
        return show.two_lines(payout.method.masked, payout.method.get_kind_display())

    @display(description=gettext_lazy("State"))
    def state(self, payout: Payout) -> Any:
        return show.state(payout)

    @display(description=gettext_lazy("Signatures"))
    def signatures(self, payout: Payout) -> Any:
        return show.lines(signers(payout))

    @display(description=gettext_lazy("Asked for"))
    def asked(self, payout: Payout) -> Any:
        return show.waiting(payout.created_at) if payout.status in Payout.HOLDING else show.ago(payout.created_at)

    @display(description=gettext_lazy("Amount"))
    def amount(self, payout: Payout) -> Any:
        return show.amount(payout.amount_cents, payout.currency)

    # ── Page ──

    def page(self, request: HttpRequest, payout: Payout) -> Page:
        return Page(
            heading=show.amount(payout.amount_cents, payout.currency),
            state=show.state(payout),
            subheading=show.name(payout.creator),
            notices=_notices(payout, request.user),
            main=[
                _details(payout, request.user),
                entries.panel(_("Movements of money"), entries.of_payout(payout), request.user, _("No money has moved yet.")),
                _earlier(payout),
            ],
            side=[_signatures(payout), audit_panel.of(payout)],
        )

    # ── Dialogs ──

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Approve"),
        icon="check",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Approve the payout?"),
        text=gettext_lazy("Above the limit this is the first of two signatures."),
        form_class=Approve,
        when=_waits_first,
    )
    def approve(self, request: HttpRequest, payout: Payout, form: Confirm) -> None:
        done = _("Signed. Another person gives the second signature.") if payout.needs_second else _("The payout is approved.")
        self.run(request, services.approve_payout, payout.id, done=done)

    @dialog(
        fresh=True,
        can=SECOND,
        label=gettext_lazy("Sign second"),
        icon="done_all",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Give the second signature?"),
        text=gettext_lazy("After it the payout may be sent to the bank."),
        form_class=Approve,
        when=_waits_second,
    )
    def approve_second(self, request: HttpRequest, payout: Payout, form: Confirm) -> None:
        self.run(request, services.approve_payout, payout.id, done=_("The payout is approved by two people."))

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Reject"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Reject the payout?"),
        text=gettext_lazy("The money goes back to the creator's wallet, and the creator reads the reason."),
        form_class=Reject,
        when=_in("PENDING"),
    )
    def reject(self, request: HttpRequest, payout: Payout, form: Confirm) -> None:
        self.run(request, services.reject_payout, payout.id, done=_("The payout is rejected, the money is back."), **form.cleaned_data)

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Mark as sent"),
        icon="send",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Has the order been sent to the bank?"),
        text=gettext_lazy("The creator will read that the money is on its way."),
        form_class=Send,
        when=_in("APPROVED"),
    )
    def send(self, request: HttpRequest, payout: Payout, form: Confirm) -> None:
        self.run(request, services.send_payout, payout.id, done=_("Marked as sent to the bank."))

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Mark as paid"),
        icon="task_alt",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Has the bank paid?"),
        text=gettext_lazy("The money leaves the marketplace's books."),
        form_class=Paid,
        when=_in("SENT"),
    )
    def mark_paid(self, request: HttpRequest, payout: Payout, form: Confirm) -> None:
        self.run(request, services.mark_payout_paid, payout.id, done=_("The payout is paid."), **form.cleaned_data)

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Mark as refused"),
        icon="error",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Has the bank refused?"),
        text=gettext_lazy("The money goes back to the creator's wallet, and the creator reads the reason."),
        form_class=Fail,
        when=_in("APPROVED", "SENT"),
    )
    def fail(self, request: HttpRequest, payout: Payout, form: Confirm) -> None:
        self.run(request, services.fail_payout, payout.id, done=_("Marked as refused, the money is back."), **form.cleaned_data)

    @dialog(
        fresh=True,
        can=FIRST,
        label=gettext_lazy("Mark as returned"),
        icon="undo",
        title=gettext_lazy("Has the bank sent the money back?"),
        text=gettext_lazy("The money goes back to the creator's wallet, and the creator reads the reason."),
        form_class=Return,
        when=_in("PAID"),
    )
    def give_back(self, request: HttpRequest, payout: Payout, form: Confirm) -> None:
        self.run(request, services.return_payout, payout.id, done=_("Marked as returned, the money is in the wallet."), **form.cleaned_data)


def signers(payout: Payout) -> list[str]:
    """Who has signed, and whether somebody is still to."""
    names = [show.name(user) for user in (payout.approved_by, payout.second_approved_by) if user is not None]
    if payout.status == "PENDING" and names and payout.needs_second:
        names.append(_("one more is needed"))
    return names


def _notices(payout: Payout, user: Any) -> list[tuple[str, str]]:
    said = []
    if payout.status == "PENDING" and payout.needs_second and payout.approved_by_id is None:
        said.append((show.AMBER, _("The amount is above the limit: two people sign.")))
    if payout.status == "PENDING" and payout.approved_by_id == user.pk:
        said.append((show.BLUE, _("You gave the first signature. The second one is somebody else's.")))
    if payout.reason:
        said.append((show.RED, _("Reason: %(reason)s") % {"reason": payout.reason}))
    return said


def _details(payout: Payout, user: Any) -> Panel:
    return Panel(
        _("Payout"),
        facts=[
            Fact(_("Creator"), show.person(payout.creator, linked=staff_can(user, "moderator", "support"))),
            Fact(_("Amount"), show.amount(payout.amount_cents, payout.currency)),
            Fact(_("Destination"), show.two_lines(payout.method.masked, payout.method.get_kind_display())),
            Fact(_("Destination added"), show.ago(payout.method.created_at)),
            Fact(_("Asked for"), show.two_lines(show.ago(payout.created_at), show.exact(payout.created_at))),
            Fact(_("Given to the bank"), show.exact(payout.sent_at)),
            Fact(_("Closed at"), show.exact(payout.closed_at)),
            Fact(_("Bank document"), payout.bank_reference or show.NOTHING),
            Fact(_("Id of the payout"), show.code(str(payout.pk))),
        ],
    )


def _signatures(payout: Payout) -> Panel:
    facts = [Fact(_("First"), show.two_lines(show.name(payout.approved_by), show.exact(payout.approved_at)))]
    if payout.needs_second:
        facts.append(Fact(_("Second"), show.two_lines(show.name(payout.second_approved_by), show.exact(payout.second_approved_at))))
    note = "" if payout.needs_second else _("One signature is enough for this amount.")
    return Panel(_("Signatures"), facts=facts, note=note)


def _earlier(payout: Payout) -> Panel:
    others = Payout.objects.filter(creator_id=payout.creator_id).exclude(pk=payout.pk).select_related("method").order_by("-created_at")
    rows = [
        (
            show.inside(each, show.exact(each.created_at)),
            each.method.masked,
            show.state(each),
            show.amount(each.amount_cents, each.currency),
        )
        for each in others[:SHOWN]
    ]
    headings = (_("Asked for"), _("Destination"), _("State"), _("Amount"))
    table = Table(headings, rows, empty=_("This is the creator's first payout: look at the destination twice."), numbers=(3,))
    return Panel(_("Earlier payouts of the creator"), table=table)
