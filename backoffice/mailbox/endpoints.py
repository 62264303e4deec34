"""Webhooks of people: whether their receivers answer, and what engineers do when they do not."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from backoffice import audit_panel, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog, succeed
from backoffice.lists import Tab
from backoffice.mailbox import words
from backoffice.mailbox.consumer_dialogs import OVERLAPS
from backoffice.mailbox.deliveries import replayed
from backoffice.mailbox.delivery_dialogs import ResendForm, why_field
from backoffice.mailbox.once import shown_once
from backoffice.page import Fact, Page, Panel, Table
from core.webhooks import care
from core.webhooks.models import EVERY_TYPE, Endpoint
from core.webhooks.services import host_of
from outbox.channels import WEBHOOK
from outbox.models import Attempt, Delivery

KEEPERS = ("engineer",)
SHOWN = 20
LATEST = 50


class EndpointFacts(Confirm):
    """Every dialog names the owner and the host."""

    def facts(self) -> Sequence[tuple[Any, Any]]:
        return ((_("Owner"), show.name(self.row.owner)), (_("Host"), host_of(self.row)))


class Off(EndpointFacts):
    offered = (
        gettext_lazy("The owner has asked for it."),
        gettext_lazy("The receiver does harm to others."),
        gettext_lazy("The receiver has not answered for days, and its queue is in the way."),
    )
    reason = why_field()


class Rotate(EndpointFacts):
    hours = forms.TypedChoiceField(
        label=gettext_lazy("The old secret still signs"), choices=OVERLAPS, coerce=int, initial=24, widget=UnfoldAdminSelectWidget()
    )

    def starting(self) -> dict[str, Any]:
        return {"hours": 24}


def _on(endpoint: Endpoint, user: Any) -> bool:
    return endpoint.is_active


def _off(endpoint: Endpoint, user: Any) -> bool:
    return not endpoint.is_active


def _why_off(endpoint: Endpoint, user: Any) -> str:
    return _("The webhook is switched off.")


class EndpointAdmin(ReadOnlyAdmin):
    """Engineers care for them; the address itself may hold a secret and is not shown, only its host."""

    see = KEEPERS
    title = gettext_lazy("Webhooks")
    icon = "webhook"
    tabs = (
        Tab(
            "on",
            pgettext_lazy("webhooks", "Switched on"),
            lambda rows: rows.filter(is_active=True),
            ("-id",),
            gettext_lazy("Nobody has a webhook yet. Brands and creators make theirs in their profile."),
        ),
        Tab(
            "closed",
            pgettext_lazy("webhooks", "Closed by us"),
            lambda rows: rows.filter(is_active=False).exclude(closed_for=""),
            ("-id",),
            gettext_lazy("Every receiver answers: we have closed none."),
        ),
        Tab(
            "off",
            pgettext_lazy("webhooks", "Switched off"),
            lambda rows: rows.filter(is_active=False, closed_for=""),
            ("-id",),
            gettext_lazy("None is switched off."),
        ),
    )
    list_display = ("where", "whose", "state", "hears", "old_secret", "made")
    search_fields = ("owner__email",)
    search_help_text = gettext_lazy("Id of the webhook or of its owner")
    actions_detail = ("sample", "resend", "rotate", "switch_on", "switch_off")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Endpoint.objects.filter(deleted_at=None).select_related(*show.joined("owner"))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By a whole id."""
        term = search_term.strip()
        if not term:
            return queryset, False
        same = self.by_id(queryset, term)
        if same is None:
            return queryset.none(), False
        return same if same[0].exists() else (queryset.filter(owner_id=term), False)

    @display(description=gettext_lazy("Host"))
    def where(self, endpoint: Endpoint) -> Any:
        return host_of(endpoint)

    @display(description=gettext_lazy("Owner"))
    def whose(self, endpoint: Endpoint) -> Any:
        return show.two_lines(show.name(endpoint.owner), endpoint.owner.get_role_display())

    @display(description=gettext_lazy("State"))
    def state(self, endpoint: Endpoint) -> Any:
        return state(endpoint)

    @display(description=gettext_lazy("Hears of"))
    def hears(self, endpoint: Endpoint) -> Any:
        return types(endpoint)

    @display(description=gettext_lazy("The old secret"))
    def old_secret(self, endpoint: Endpoint) -> Any:
        return show.until(endpoint.old_secret_until)

    @display(description=gettext_lazy("Made"))
    def made(self, endpoint: Endpoint) -> Any:
        return show.ago(endpoint.created_at)

    def page(self, request: HttpRequest, endpoint: Endpoint) -> Page:
        return Page(
            heading=host_of(endpoint),
            state=state(endpoint),
            subheading=show.name(endpoint.owner),
            main=[_attempts(endpoint)],
            side=[_facts(endpoint), audit_panel.of(endpoint)],
        )

    # ── Steps ──

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Send a sample"),
        icon="send",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Send a sample?"),
        text=gettext_lazy("A signed event that says that it is a sample. What waits for a repeat goes out first."),
        form_class=EndpointFacts,
        when=_on,
        why=_why_off,
    )
    def sample(self, request: HttpRequest, endpoint: Endpoint, form: Confirm) -> None:
        self.run(request, care.send_sample_for, endpoint.pk, done=_("The sample is on its way. Its try appears here."))

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Send again what did not arrive"),
        icon="replay",
        title=gettext_lazy("Send again what did not arrive"),
        text=gettext_lazy("First you see what would go out. Nothing is sent until you confirm that."),
        submit=gettext_lazy("Go on"),
        form_class=ResendForm,
        when=_on,
        why=_why_off,
    )
    def resend(self, request: HttpRequest, endpoint: Endpoint, form: ResendForm) -> str:
        replayed(request, form)
        return show.detail_url(endpoint)

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Change the secret"),
        icon="key",
        title=gettext_lazy("Change the webhook's secret?"),
        text=gettext_lazy("The new secret is shown once. The owner has to put it into the receiver before the old one ends."),
        form_class=Rotate,
    )
    def rotate(self, request: HttpRequest, endpoint: Endpoint, form: Rotate) -> HttpResponse:
        renewed, secret = care.rotate_secret_for(endpoint.pk, by=request.user, overlap_hours=form.cleaned_data["hours"])
        return shown_once(
            request,
            title=_("The secret of %(name)s") % {"name": host_of(renewed)},
            text=_("Copy it now and give it to the owner by a safe way. Nobody can see it again."),
            secret=secret,
            address=show.detail_url(renewed),
        )

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Switch on"),
        icon="toggle_on",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Switch the webhook on?"),
        text=gettext_lazy("It hears of what happens from now on."),
        form_class=EndpointFacts,
        when=_off,
    )
    def switch_on(self, request: HttpRequest, endpoint: Endpoint, form: Confirm) -> None:
        self.run(request, care.switch_on_endpoint, endpoint.pk, done=_("The webhook is switched on."))

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Switch off"),
        icon="toggle_off",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Switch the webhook off?"),
        text=gettext_lazy("Nothing is sent there, and what happens meanwhile is not told later."),
        form_class=Off,
        when=_on,
    )
    def switch_off(self, request: HttpRequest, endpoint: Endpoint, form: Confirm) -> None:
        care.switch_off_endpoint(endpoint.pk, by=request.user, reason=form.cleaned_data["reason"])
        succeed(request, _("The webhook is switched off."))


def state(endpoint: Endpoint) -> Any:
    """Whether anything is sent there, and if not, why."""
    if endpoint.is_active:
        return show.badge(_("Is on"), show.GREEN)
    if endpoint.closed_for:
        return show.two_lines(show.badge(_("Is closed by us"), show.RED), endpoint.get_closed_for_display())  # type: ignore[attr-defined]
    return show.badge(_("Is off"), show.GREY)


def types(endpoint: Endpoint) -> Any:
    """What it asks for: everything, or the first types of it."""
    if endpoint.types == [EVERY_TYPE]:
        return _("every event")
    shown = [words.type_label(each) for each in endpoint.types[:3]]
    return show.lines([*shown, *([f"+{len(endpoint.types) - 3}"] if len(endpoint.types) > 3 else [])])


def _facts(endpoint: Endpoint) -> Panel:
    return Panel(
        _("Webhook"),
        facts=[
            Fact(_("Owner"), show.two_lines(show.name(endpoint.owner), endpoint.owner.get_role_display())),
            Fact(_("Hears of"), types(endpoint)),
            Fact(_("The old secret signs"), show.until(endpoint.old_secret_until)),
            Fact(_("Switched on since"), show.exact(endpoint.active_since) if endpoint.is_active else show.NOTHING),
            Fact(_("Made"), show.exact(endpoint.created_at)),
            Fact(_("Id"), show.code(str(endpoint.pk))),
        ],
    )


def _attempts(endpoint: Endpoint) -> Panel:
    """The tries of its newest parcels. Its tries as a whole have no order of their own."""
    newest = Delivery.objects.filter(channel=WEBHOOK, recipient_id=endpoint.pk).order_by("-id").values_list("id", flat=True)[:LATEST]
    tries = Attempt.objects.filter(delivery_id__in=list(newest)).select_related("delivery").order_by("-id")[:SHOWN]
    rows = [
        (
            show.inside(each.delivery, words.type_label(each.delivery.type)),
            words.outcome(each.outcome),
            words.code(each.code),
            each.status or show.NOTHING,
            words.milliseconds(each.milliseconds),
            show.ago(each.at),
        )
        for each in tries
    ]
    headings = (_("What"), _("Outcome"), _("Cause"), _("Status"), _("Took"), _("When"))
    more = show.list_url(Delivery, q=str(endpoint.pk), tab="sent")
    return Panel(_("Tries"), table=Table(headings, rows, empty=_("Nothing was sent there yet. Send a sample."), numbers=(3, 4)), more=more)
