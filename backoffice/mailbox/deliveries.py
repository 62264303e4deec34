"""Parcels: what is on its way, what failed, what will not arrive unless somebody does something."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.bulk import bulk
from backoffice.dialogs import Confirm, dialog, succeed
from backoffice.lists import Tab
from backoffice.mailbox import delivery_page, words
from backoffice.mailbox.delivery_dialogs import DeliveryFacts, ReplayForm, RetryTogether, Skip
from backoffice.mailbox.windows import Looked, Window
from backoffice.page import Page
from core.mailbox import services
from core.people.models import User
from core.people.policies import staff_can
from core.webhooks.models import Endpoint
from outbox.models import Delivery

KEEPERS, CARE = ("engineer",), ("engineer", "support")
State = Delivery.State
INDEXED = ("waiting", "sending", "failing", "dead")  # tabs with an index of their own


class Parcels(Looked):
    """Narrowed to nothing at first for those who help one person at a time."""

    def is_bounded(self, request: HttpRequest) -> bool:
        return not self.query and (self.tab is None or self.tab.key not in INDEXED)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        rows = super().get_queryset(request, exclude_parameters)
        if not self.query and not staff_can(request.user, *KEEPERS):
            self.empty = _("Find the person first: by e-mail, or by the id on their page.")
        return rows


class ChannelFilter(DropdownFilter):
    """By the way out."""

    title = gettext_lazy("Channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in words.CHANNELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(channel=self.value()) if self.value() else queryset


class TypeFilter(DropdownFilter):
    """By what it tells."""

    title = gettext_lazy("What it tells")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return words.carried_types()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(type=self.value()) if self.value() else queryset


def _tab(key: str, title: Any, empty: Any, counter: str = "", **lookup: Any) -> Tab:
    return Tab(key, title, lambda rows: rows.filter(**lookup), ("-id",), empty, counter)


def _in(*states: str) -> Any:
    def is_in(delivery: Delivery, user: Any) -> bool:
        return delivery.state in states

    return is_in


def why_not_again(delivery: Delivery, user: Any) -> str:
    """Why a parcel cannot be sent once more now."""
    if delivery.state == State.SENT:
        return _("It has arrived.")
    return _("It is on its way already.")


class DeliveryAdmin(ReadOnlyAdmin):
    """Engineers do everything; support finds one person's parcels and tries one again."""

    see = CARE
    title = gettext_lazy("Parcels")
    icon = "local_shipping"
    tabs = (
        _tab("dead", pgettext_lazy("tab", "Undeliverable"), gettext_lazy("Everything is delivered: no dead letters."), state="DEAD"),
        _tab("failing", pgettext_lazy("tab", "Errors"), gettext_lazy("Nothing is being repeated."), state="PENDING", failures__gt=0),
        _tab("waiting", pgettext_lazy("tab", "In the queue"), gettext_lazy("Nothing waits."), state__in=("PENDING", "HELD")),
        _tab("sending", pgettext_lazy("tab", "Being sent"), gettext_lazy("Nothing is being sent now."), state__in=("LEASED", "SENDING")),
        _tab("sent", pgettext_lazy("tab", "Delivered"), gettext_lazy("Nothing was delivered yet that fits."), state="SENT"),
        _tab(
            "skipped", pgettext_lazy("tab", "Left out"), gettext_lazy("Nothing was left out that fits."), state__in=("SKIPPED", "UNCERTAIN")
        ),
    )
    changelist_class = Parcels
    ordering = ("-id",)
    list_display = ("what", "way", "where", "tries", "next_try", "call", "when")
    list_filter = (ChannelFilter, TypeFilter, ("created_at", filters.named(Window, gettext_lazy("Date"))))
    search_fields = ("recipient_id",)
    search_help_text = gettext_lazy("Id of the person, the webhook, the object or the request; for support also the e-mail")
    actions_list = ("replay",)
    actions_detail = ("retry", "skip")
    bulk_actions = ("retry_many",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Delivery.objects.select_related("event")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By a whole id; by e-mail for those who look people up. Support sees nothing without somebody to help."""
        term = search_term.strip()
        keeper = staff_can(request.user, *KEEPERS)
        if not term:
            return (queryset if keeper else queryset.none()), False
        if "@" in term:
            known = User.objects.filter(email__iexact=term).values_list("id", flat=True).first() if _may_look_up(request.user) else None
            return (_of(queryset, known) if known else queryset.none()), False
        try:
            number = UUID(term)
        except ValueError:
            return _by_call(queryset, term, keeper), False
        theirs = _of(queryset, number)
        if not keeper:
            return theirs, False
        for narrowed in (theirs, queryset.filter(aggregate__in=words.aggregates_of(number))):
            if narrowed.order_by().exists():
                return narrowed, False
        return queryset.filter(request_id=term), False

    @display(description=gettext_lazy("What"))
    def what(self, delivery: Delivery) -> Any:
        kind, _colon, number = delivery.aggregate.partition(":")
        return show.two_lines(words.type_label(delivery.type), f"{words.THINGS.get(kind, kind)} {number[-12:]}")

    @display(description=gettext_lazy("Channel"))
    def way(self, delivery: Delivery) -> Any:
        return show.two_lines(words.channel(delivery.channel), show.code(str(delivery.recipient_id)[-12:]))

    @display(description=gettext_lazy("State"))
    def where(self, delivery: Delivery) -> Any:
        return show.two_lines(words.state(delivery), words.code(delivery.reason))

    @display(description=gettext_lazy("Tries"))
    def tries(self, delivery: Delivery) -> Any:
        return delivery.failures or show.NOTHING

    @display(description=gettext_lazy("Next try"))
    def next_try(self, delivery: Delivery) -> Any:
        return show.until(delivery.next_at) if delivery.state in (State.PENDING, State.HELD) and delivery.failures else show.NOTHING

    @display(description=gettext_lazy("Request"))
    def call(self, delivery: Delivery) -> Any:
        return show.code(delivery.request_id[:8]) or show.NOTHING

    @display(description=gettext_lazy("Written"))
    def when(self, delivery: Delivery) -> Any:
        return show.ago(delivery.created_at)

    def in_short(self, row: Any) -> tuple[Any, Any]:
        return words.type_label(row.type), words.channel(row.channel)

    def mark(self, row: Any) -> str:
        """The carrier moves parcels all the time; the verb judges the state."""
        return ""

    def page(self, request: HttpRequest, delivery: Delivery) -> Page:
        return delivery_page.page(delivery, request.user)

    # ── Steps ──

    @dialog(
        can=CARE,
        label=gettext_lazy("Send again"),
        icon="replay",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Send this once more?"),
        text=gettext_lazy("It goes out at once, with its record clean. The receiver of a webhook recognises it by its id."),
        form_class=DeliveryFacts,
        when=_in(*services.ENDED),
        why=why_not_again,
    )
    def retry(self, request: HttpRequest, delivery: Delivery, form: Confirm) -> None:
        self.run(request, services.retry_delivery, delivery.pk, done=_("It is on its way again."))

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Give up"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Give this parcel up?"),
        text=gettext_lazy("It will not arrive. What waited behind it goes on."),
        form_class=Skip,
        when=_in(*services.SKIPPABLE),
    )
    def skip(self, request: HttpRequest, delivery: Delivery, form: Confirm) -> None:
        self.run(request, services.skip_delivery, delivery.pk, done=_("The parcel is given up."), reason=form.cleaned_data["reason"])

    @bulk(
        can=KEEPERS,
        label=gettext_lazy("Send again"),
        icon="replay",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Send these once more?"),
        text=gettext_lazy("Each goes out at once. For thousands of them take “Send a range again”, which has a pace."),
        form_class=RetryTogether,
        when=_in(*services.ENDED),
        why=why_not_again,
    )
    def retry_many(self, request: HttpRequest, delivery: Delivery, form: RetryTogether) -> None:
        services.retry_delivery(delivery.pk, by=request.user)

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Send a range again"),
        icon="history",
        title=gettext_lazy("Send a range again"),
        text=gettext_lazy("First you see what would go out. Nothing is sent until you confirm that."),
        submit=gettext_lazy("Go on"),
        form_class=ReplayForm,
    )
    def replay(self, request: HttpRequest, row: None, form: ReplayForm) -> str:
        return replayed(request, form)


def replayed(request: HttpRequest, form: ReplayForm) -> str:
    """The range goes out. The list says how many."""
    asked = form.cleaned_data
    count = services.replay_deliveries(form.range(), by=request.user, reason=asked["reason"], per_second=asked["per_second"])
    succeed(request, ngettext("%(count)s parcel goes out again.", "%(count)s parcels go out again.", count) % {"count": count})
    return show.list_url(Delivery, tab="waiting")


def _may_look_up(user: Any) -> bool:
    return staff_can(user, "support", "moderator")


def _of(rows: QuerySet, owner: UUID) -> QuerySet:
    """The parcels of this person by every channel, or of this webhook."""
    recipients = [owner, *Endpoint.objects.filter(owner_id=owner).values_list("id", flat=True)]
    return rows.filter(channel__in=list(words.CHANNELS), recipient_id__in=recipients)


def _by_call(rows: QuerySet, term: str, keeper: bool) -> QuerySet:
    if not keeper:
        return rows.none()
    return rows.filter(aggregate=term) if ":" in term else rows.filter(request_id=term)
