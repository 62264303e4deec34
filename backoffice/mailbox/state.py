"""How the mailbox runs: channels, workers, consumers, and the last day in drawings. Channels are paused and resumed here."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from backoffice import audit_panel, show
from backoffice.base import READING, ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog, shown_dialogs, succeed
from backoffice.mailbox import charts, words
from backoffice.mailbox.delivery_dialogs import why_field
from backoffice.page import Fact, Page, Panel, Table
from core.mailbox import services
from outbox import gauges
from outbox.consumers import selectors as consumers
from outbox.consumers.models import Consumer
from outbox.models import Channel, Delivery, Event, Heartbeat
from outbox.pulse import STALE_SECONDS

KEEPERS = ("engineer",)
SECONDS = 10
SHOWN = 20
WORKERS = {
    "worker": gettext_lazy("Worker"),
    "bot": gettext_lazy("Telegram bot"),
    "live": gettext_lazy("Live updates"),
    "ledger": gettext_lazy("Check of the ledger"),
}
LEDGER_STALE = timedelta(hours=26)


class ChooseChannel(Confirm):
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=list(words.CHANNELS.items()), widget=UnfoldAdminSelectWidget())


class PauseChannel(ChooseChannel):
    offered = (
        gettext_lazy("The other side is down: we wait until it is back."),
        gettext_lazy("Wrong messages went out: we stop until it is mended."),
    )
    reason = why_field()


def any_paused(row: Any, user: Any) -> bool:
    """Whether there is anything to resume."""
    return any(channel.is_paused or rests(channel) for channel in known_channels())


def rests(channel: Channel) -> bool:
    """Whether the channel has paused itself after a fault."""
    return channel.rests_until is not None and channel.rests_until > timezone.now()


def known_channels() -> list[Channel]:
    """Every channel that was ever paused or rested, remembered for a few seconds."""
    found: list[Channel] = cache.get_or_set(f"{__name__}.channels", lambda: list(Channel.objects.all()), SECONDS)  # type: ignore[assignment]
    return found


class ChannelAdmin(ReadOnlyAdmin):
    """One page instead of a list: there are three channels."""

    see = KEEPERS
    title = gettext_lazy("State of the mailbox")
    icon = "monitor_heart"
    list_display = ("name",)
    actions_list = ("pause", "resume")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Channel.objects.all()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """How it runs now. It is read and nothing else: a form sent here is refused with 405."""
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": self.title,
            "trail": [],
            "page": overview(),
            "dialogs": shown_dialogs(self, request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/detail.html", context)

    def page(self, request: HttpRequest, channel: Channel) -> Page:
        return Page(
            heading=words.channel(channel.name),
            state=_channel_state(channel),
            main=[audit_panel.of(channel)],
            side=[
                Panel(
                    _("Channel"),
                    facts=[Fact(_("Cause"), words.code(channel.reason)), Fact(_("Rests until"), show.exact(channel.rests_until))],
                )
            ],
        )

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Pause a channel"),
        icon="pause",
        title=gettext_lazy("Pause a channel?"),
        text=gettext_lazy("Nothing leaves by it until somebody resumes it. What comes meanwhile waits."),
        form_class=PauseChannel,
    )
    def pause(self, request: HttpRequest, row: None, form: Confirm) -> None:
        asked = form.cleaned_data
        services.pause_channel(asked["channel"], by=request.user, reason=asked["reason"])
        forget()
        succeed(request, _("%(name)s is paused.") % {"name": words.channel(asked["channel"])})

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Resume a channel"),
        icon="play_arrow",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Resume a channel?"),
        text=gettext_lazy("It carries again at once, also when it rested because of a fault."),
        form_class=ChooseChannel,
        when=any_paused,
    )
    def resume(self, request: HttpRequest, row: None, form: Confirm) -> None:
        services.resume_channel(form.cleaned_data["channel"], by=request.user)
        forget()
        succeed(request, _("%(name)s carries again.") % {"name": words.channel(form.cleaned_data["channel"])})


def overview() -> Page:
    """Everything on one page, from open rows and the ends of indexes alone."""
    summary: gauges.Summary = cache.get_or_set(f"{__name__}.summary", gauges.summary, SECONDS)  # type: ignore[assignment]
    found = charts.hours()
    return Page(
        heading=_headline(summary),
        main=[_channels(summary), *_drawn(found), _consumers()],
        side=[_workers(), _sequencer(summary)],
        notices=_notices(summary),
    )


def forget() -> None:
    """The next look counts anew."""
    cache.delete_many([f"{__name__}.summary", f"{__name__}.channels"])


def _headline(summary: gauges.Summary) -> str:
    if summary.dead:
        return _("There are dead letters: %(count)s") % {"count": charts.number(summary.dead)}
    late = max([summary.unsequenced_seconds, *(one.overdue_seconds or 0 for one in summary.parcels)], default=0)
    if not summary.backlog:
        return _("Everything is delivered; we are %(time)s behind") % {"time": words.seconds(late)}
    return _("On their way: %(count)s; we are %(time)s behind") % {"count": charts.number(summary.backlog), "time": words.seconds(late)}


def _notices(summary: gauges.Summary) -> list[tuple[str, Any]]:
    if not summary.dead:
        return []
    address = show.list_url(Delivery, tab="dead")
    return [(show.RED, show.link(address, _("Look at the dead letters: what waits behind them about the same thing stands still.")))]


def _channels(summary: gauges.Summary) -> Panel:
    known = {channel.name: channel for channel in known_channels()}
    rows = []
    for name, label in words.CHANNELS.items():
        parcels = [one for one in summary.parcels if one.channel == name]
        open_ones = [one for one in parcels if one.state != "DEAD"]
        dead = sum(one.count for one in parcels if one.state == "DEAD")
        oldest = max((one.age_seconds for one in open_ones if one.state != "HELD"), default=0.0)
        rows.append(
            (
                show.inside(known[name], label) if name in known else label,
                _channel_state(known.get(name)),
                charts.number(sum(one.count for one in open_ones)),
                words.seconds(oldest) if oldest else show.NOTHING,
                show.link(show.list_url(Delivery, tab="dead", channel=name), show.badge(dead, show.RED)) if dead else show.NOTHING,
            )
        )
    headings = (_("Channel"), _("State"), _("On their way"), _("The oldest waits"), _("Dead letters"))
    return Panel(_("Channels"), table=Table(headings, rows, numbers=(2, 3, 4)))


def _channel_state(channel: Channel | None) -> Any:
    if channel is not None and channel.is_paused:
        return show.badge(_("Paused"), show.AMBER)
    if channel is not None and rests(channel):
        return show.two_lines(show.badge(_("Rests after a fault"), show.RED), words.code(channel.reason))
    return show.badge(_("Carries"), show.GREEN)


def _drawn(found: Sequence[charts.Hour]) -> list[Panel]:
    highest = max((hour.seconds for hour in found), default=0)
    return [
        Panel(
            _("Ended in the last 24 hours"),
            facts=[Fact(label, value) for label, value in charts.summary(found)],
            note=charts.throughput(found),
        ),
        Panel(
            _("Time to arrive"),
            facts=[Fact(_("The slowest hour, 95 of 100"), words.seconds(highest) if highest else show.NOTHING)],
            note=charts.lag(found),
        ),
    ]


def _consumers() -> Panel:
    rows = [
        (
            words.raw(each.name),
            charts.number(each.behind),
            words.seconds(each.seconds) if each.behind else show.NOTHING,
            show.badge(each.dead, show.RED) if each.dead else show.NOTHING,
            show.ago(each.last_seen_at),
        )
        for each in consumers.lags()[:SHOWN]
    ]
    headings = (_("Consumer"), _("Behind by"), _("The oldest waits"), _("Given up"), _("Last seen"))
    empty = _("Nobody pulls events. That is fine, unless another program should.")
    return Panel(_("Consumers"), table=Table(headings, rows, empty=empty, numbers=(1, 2)), more=show.list_url(Consumer))


def _workers() -> Panel:
    rows = [(_worker(each), show.ago(each.last_success_at or each.beat_at)) for each in Heartbeat.objects.order_by("name")[:SHOWN]]
    return Panel(
        _("Processes"), table=Table((_("Process"), _("Last success")), rows, empty=_("Nobody has reported yet: start the worker."))
    )


def _worker(beat: Heartbeat) -> Any:
    kind, _dash, number = beat.name.partition("-")
    label = WORKERS.get(kind, kind)
    name = f"{label} {number}" if number else label
    bound = LEDGER_STALE if kind == "ledger" else timedelta(seconds=STALE_SECONDS)
    if timezone.now() - beat.beat_at > bound:
        return show.two_lines(name, show.badge(_("is silent"), show.RED))
    if beat.consecutive_failures:
        return show.two_lines(name, show.badge(_("fails: %(count)s in a row") % {"count": beat.consecutive_failures}, show.AMBER))
    return show.two_lines(name, show.badge(_("runs"), show.GREEN))


def _sequencer(summary: gauges.Summary) -> Panel:
    facts = [
        Fact(_("Events without a place"), show.link(show.list_url(Event, tab="queued"), summary.unsequenced)),
        Fact(_("The oldest waits"), words.seconds(summary.unsequenced_seconds) if summary.unsequenced else show.NOTHING),
    ]
    return Panel(_("Sequencer"), facts=facts)
