"""Events: every fact that left the business, newest first, with what became of it."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from backoffice import filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.lists import Stream, Tab
from backoffice.mailbox import masks, words
from backoffice.mailbox.windows import Window
from backoffice.page import Fact, Page, Panel, Table
from outbox.models import Delivery, Event

SHOWN = 20


class TypeFilter(DropdownFilter):
    """By what happened."""

    title = gettext_lazy("What happened")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return words.event_types()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(type=self.value()) if self.value() else queryset


class EventAdmin(ReadOnlyAdmin):
    """Engineers look; nobody changes a fact."""

    see = ("engineer",)
    title = pgettext_lazy("outbox", "Events")
    icon = "bolt"
    tabs = (
        Tab("all", pgettext_lazy("events", "All"), lambda rows: rows, ("-id",), gettext_lazy("No event fits. Widen the dates.")),
        Tab(
            "queued",
            gettext_lazy("Without a place"),
            lambda rows: rows.filter(position=None),
            ("-id",),
            gettext_lazy("Every event has its place: nothing waits for the sequencer."),
        ),
    )
    changelist_class = Stream
    ordering = ("-id",)
    list_display = ("what", "subject", "place", "parcels", "call", "when")
    list_filter = (TypeFilter, ("occurred_at", filters.named(Window, gettext_lazy("Date"))))
    search_fields = ("aggregate",)
    search_help_text = gettext_lazy("Id of the event, of the object or of the request")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        carried = Delivery.objects.only("id", "event_id", "channel", "state", "recipient_id").order_by("channel", "id")
        return Event.objects.prefetch_related(Prefetch("deliveries", queryset=carried))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By a whole id: of the event, of the object, or of the request."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if ":" in term:
            return queryset.filter(aggregate=term), False
        try:
            uid = UUID(term)
        except ValueError:
            return queryset.filter(request_id=term), False
        for narrowed in (queryset.filter(uid=uid), queryset.filter(aggregate__in=words.aggregates_of(uid))):
            if narrowed.order_by().exists():
                return narrowed, False
        return queryset.filter(request_id=term), False

    @display(description=gettext_lazy("What happened"))
    def what(self, event: Event) -> Any:
        return words.type_label(event.type)

    @display(description=gettext_lazy("Object"))
    def subject(self, event: Event) -> Any:
        return words.thing(event.aggregate)

    @display(description=gettext_lazy("Place"))
    def place(self, event: Event) -> Any:
        return show.badge(_("waits for its place"), show.AMBER) if event.position is None else event.position

    @display(description=gettext_lazy("Parcels"))
    def parcels(self, event: Event) -> Any:
        counted: dict[str, int] = {}
        for delivery in event.deliveries.all():
            counted[delivery.state] = counted.get(delivery.state, 0) + 1
        return show.lines(
            show.badge(f"{Delivery.State(state).label} · {count}", words.TONES[state]) for state, count in sorted(counted.items())
        )

    @display(description=gettext_lazy("Request"))
    def call(self, event: Event) -> Any:
        return show.code(event.request_id[:8]) or show.NOTHING

    @display(description=gettext_lazy("When"))
    def when(self, event: Event) -> Any:
        return show.ago(event.occurred_at)

    def page(self, request: HttpRequest, event: Event) -> Page:
        payload = masks.panel(event.type, event.payload, request.user)
        return Page(
            heading=words.type_label(event.type),
            subheading=show.exact(event.occurred_at),
            state="" if event.position else show.badge(_("waits for its place"), show.AMBER),
            main=[*([payload] if payload else []), _carried(event), siblings(event)],
            side=[_facts(event)],
        )


def _facts(event: Event) -> Panel:
    return Panel(
        _("Event"),
        facts=[
            Fact(_("Place"), show.NOTHING if event.position is None else event.position),
            Fact(_("Type"), words.raw(event.type)),
            Fact(_("Object"), words.thing(event.aggregate)),
            Fact(_("Concerns"), _("%(count)s people") % {"count": len(event.recipient_ids)}),
            Fact(_("Id"), show.code(str(event.uid))),
            Fact(_("Request"), request_link(event.request_id)),
        ],
    )


def request_link(request_id: str) -> Any:
    """The id of the request, which leads to everything that came of it."""
    return show.link(show.list_url(Event, q=request_id), show.code(request_id)) if request_id else show.NOTHING


def _carried(event: Event) -> Panel:
    rows = [
        (show.inside(each, words.channel(each.channel)), show.code(str(each.recipient_id)[-12:]), words.state(each))
        for each in event.deliveries.all()[:SHOWN]
    ]
    empty = _("No webhook asked for it. People are told by notices, programs pull it themselves.")
    return Panel(_("Parcels"), table=Table((_("Channel"), _("Recipient"), _("State")), rows, empty=empty))


def siblings(event: Event) -> Panel:
    """What else happened to the same thing."""
    others = Event.objects.filter(aggregate=event.aggregate).exclude(id=event.id).order_by("-id")[:SHOWN]
    rows = [
        (
            show.inside(each, words.type_label(each.type)),
            show.NOTHING if each.position is None else each.position,
            show.ago(each.occurred_at),
        )
        for each in others
    ]
    return Panel(
        _("The same object"),
        table=Table((_("What happened"), _("Place"), _("When")), rows, empty=_("Nothing else has happened to it."), numbers=(1,)),
        more=show.list_url(Event, q=event.aggregate) if rows else "",
    )
