"""Consumers: the programs that pull events, how far behind each is, and the secrets that let them in."""

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import audit_panel, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog, succeed
from backoffice.lists import Tab
from backoffice.mailbox import words
from backoffice.mailbox.consumer_dialogs import ConsumerFacts, Create, Redrive, Rewind, Rotate
from backoffice.mailbox.delivery_dialogs import Why
from backoffice.mailbox.once import shown_once
from backoffice.page import Fact, Page, Panel, Table
from core.consumers import services
from outbox.consumers.models import Consumer, Handout
from outbox.models import Event

KEEPERS = ("engineer",)
SHOWN = 20


def _lives(consumer: Consumer, user: Any) -> bool:
    return consumer.revoked_at is None


def _runs(consumer: Consumer, user: Any) -> bool:
    return consumer.revoked_at is None and consumer.paused_at is None


def _rests(consumer: Consumer, user: Any) -> bool:
    return consumer.revoked_at is None and consumer.paused_at is not None


def _has_dead(consumer: Any, user: Any) -> bool:
    return consumer.revoked_at is None and bool(consumer.dead)


class ConsumerAdmin(ReadOnlyAdmin):
    """Engineers decide who gets events."""

    see = KEEPERS
    title = pgettext_lazy("outbox", "Consumers")
    icon = "hub"
    tabs = (
        Tab(
            "living",
            pgettext_lazy("consumers", "Those in use"),
            lambda rows: rows.filter(revoked_at=None),
            ("name", "id"),
            gettext_lazy("Nobody pulls events yet. Create the first consumer."),
        ),
        Tab(
            "revoked",
            pgettext_lazy("consumers", "Those revoked"),
            lambda rows: rows.exclude(revoked_at=None),
            ("-revoked_at", "id"),
            gettext_lazy("No consumer was revoked."),
        ),
    )
    list_display = ("known_as", "where", "behind_by", "given_up", "sees", "seen")
    actions_list = ("create",)
    actions_detail = ("rotate", "rewind", "redrive", "pause", "resume", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        placed = Event.objects.exclude(position=None)
        head = Subquery(placed.order_by("-position").values("position")[:1])
        dead = Handout.objects.filter(consumer=OuterRef("pk"), state=Handout.State.DEAD).order_by().values("consumer")
        oldest = placed.filter(position__gt=OuterRef("position")).order_by("position").values("occurred_at")[:1]
        return Consumer.objects.annotate(
            behind=Coalesce(head, 0) - F("position"),
            oldest_at=Subquery(oldest),
            dead=Coalesce(Subquery(dead.annotate(count=Count("*")).values("count")), 0),
        )

    @display(description=gettext_lazy("Name"))
    def known_as(self, consumer: Consumer) -> Any:
        return words.raw(consumer.name)

    @display(description=gettext_lazy("State"))
    def where(self, consumer: Consumer) -> Any:
        return state(consumer)

    @display(description=gettext_lazy("Behind by"))
    def behind_by(self, consumer: Any) -> Any:
        return behind(consumer)

    @display(description=gettext_lazy("Given up"))
    def given_up(self, consumer: Any) -> Any:
        return show.badge(consumer.dead, show.RED) if consumer.dead else show.NOTHING

    @display(description=gettext_lazy("Sees"))
    def sees(self, consumer: Consumer) -> Any:
        return scopes(consumer)

    @display(description=gettext_lazy("Last seen"))
    def seen(self, consumer: Consumer) -> Any:
        return show.ago(consumer.last_seen_at)

    def page(self, request: HttpRequest, consumer: Any) -> Page:
        notices = [(show.AMBER, _("Paused: it is given nothing, and loses nothing."))] if _rests(consumer, request.user) else []
        return Page(
            heading=consumer.name,
            state=state(consumer),
            notices=notices,
            main=[_dead(consumer), _tokens(consumer)],
            side=[_facts(consumer), audit_panel.of(consumer)],
        )

    # ── Steps ──

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Create a consumer"),
        icon="add",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Create a consumer"),
        text=gettext_lazy("Its secret is shown once, right after this."),
        form_class=Create,
    )
    def create(self, request: HttpRequest, row: None, form: Create) -> HttpResponse:
        asked = form.cleaned_data
        opened = services.create_consumer(by=request.user, name=asked["name"], scopes=asked["scopes"], from_start=asked["from_start"])
        return self.secret(request, opened)

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Change the secret"),
        icon="key",
        title=gettext_lazy("Change the consumer's secret?"),
        text=gettext_lazy("The new secret is shown once, right after this."),
        form_class=Rotate,
        when=_lives,
    )
    def rotate(self, request: HttpRequest, consumer: Consumer, form: Rotate) -> HttpResponse:
        return self.secret(request, services.rotate_consumer(consumer.name, by=request.user, overlap=form.overlap()))

    def secret(self, request: HttpRequest, opened: services.Opened) -> HttpResponse:
        """The secret, shown this once."""
        return shown_once(
            request,
            title=_("The secret of %(name)s") % {"name": opened.consumer.name},
            text=_("Copy it now and give it to the owner of the program by a safe way. Nobody can see it again."),
            secret=opened.secret,
            address=show.detail_url(opened.consumer),
        )

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Put back"),
        icon="fast_rewind",
        title=gettext_lazy("Put the consumer back?"),
        text=gettext_lazy("It gets events again that it has had. First you see how many."),
        submit=gettext_lazy("Go on"),
        form_class=Rewind,
        when=_lives,
    )
    def rewind(self, request: HttpRequest, consumer: Consumer, form: Rewind) -> None:
        place = services.rewind_consumer(consumer.name, by=request.user, to=form.place())
        succeed(request, _("The consumer goes on from place %(place)s.") % {"place": place})

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Give out again what it gave up"),
        icon="replay",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Give out again what the consumer gave up?"),
        form_class=Redrive,
        when=_has_dead,
    )
    def redrive(self, request: HttpRequest, consumer: Consumer, form: Confirm) -> None:
        count = services.redrive_consumer(consumer.name, by=request.user)
        succeed(request, ngettext("%(count)s event comes again.", "%(count)s events come again.", count) % {"count": count})

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Pause"),
        icon="pause",
        title=gettext_lazy("Pause the consumer?"),
        text=gettext_lazy("It is given nothing until you resume it. Events wait for it; what it holds it may still acknowledge."),
        form_class=Why,
        when=_runs,
    )
    def pause(self, request: HttpRequest, consumer: Consumer, form: Confirm) -> None:
        services.pause_consumer(consumer.name, by=request.user, reason=form.cleaned_data["reason"])
        succeed(request, _("The consumer is paused."))

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Resume"),
        icon="play_arrow",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Resume the consumer?"),
        text=gettext_lazy("It goes on where it stopped."),
        form_class=ConsumerFacts,
        when=_rests,
    )
    def resume(self, request: HttpRequest, consumer: Consumer, form: Confirm) -> None:
        services.resume_consumer(consumer.name, by=request.user)
        succeed(request, _("The consumer goes on."))

    @dialog(
        can=KEEPERS,
        label=gettext_lazy("Revoke"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Revoke the consumer for good?"),
        text=gettext_lazy("No secret of it opens anything any more. This cannot be undone, and its name is not used again."),
        form_class=ConsumerFacts,
        when=_lives,
    )
    def revoke(self, request: HttpRequest, consumer: Consumer, form: Confirm) -> None:
        services.revoke_consumer(consumer.name, by=request.user)
        succeed(request, _("The consumer is revoked."))


def state(consumer: Consumer) -> Any:
    """Whether it is given events."""
    if consumer.revoked_at:
        return show.badge(_("Revoked"), show.GREY)
    return show.badge(_("Paused"), show.AMBER) if consumer.paused_at else show.badge(_("In use"), show.GREEN)


def scopes(consumer: Consumer) -> Any:
    """What it may see: a few types, or everything."""
    if "*" in consumer.scopes:
        return _("every event")
    shown = [words.raw(each) for each in consumer.scopes[:3]]
    return show.lines([*shown, *([f"+{len(consumer.scopes) - 3}"] if len(consumer.scopes) > 3 else [])])


def behind(consumer: Any) -> Any:
    """How many places, and how long ago the first of them was taken."""
    if consumer.revoked_at:
        return show.NOTHING
    if consumer.behind <= 0:
        return show.badge(_("up to date"), show.GREEN)
    waits = show.ago(consumer.oldest_at)
    return show.two_lines(ngettext("%(count)s event", "%(count)s events", consumer.behind) % {"count": consumer.behind}, waits)


def _facts(consumer: Any) -> Panel:
    return Panel(
        _("Consumer"),
        facts=[
            Fact(_("Sees"), scopes(consumer)),
            Fact(_("Place"), consumer.position),
            Fact(_("Given out up to"), consumer.reached),
            Fact(_("Behind by"), behind(consumer)),
            Fact(_("Last seen"), show.ago(consumer.last_seen_at)),
            Fact(_("Created"), show.exact(consumer.created_at)),
            Fact(_("Paused"), show.exact(consumer.paused_at)),
            Fact(_("Revoked"), show.exact(consumer.revoked_at)),
        ],
    )


def _tokens(consumer: Consumer) -> Panel:
    now = timezone.now()
    rows = [
        (
            words.raw(f"{token.prefix}…") if token.prefix else _("from the settings"),
            _until(token, now),
            show.ago(token.last_used_at),
            show.exact(token.created_at),
        )
        for token in consumer.tokens.order_by("-id")[:SHOWN]
    ]
    headings = (_("Begins with"), _("Opens"), _("Last used"), _("Made"))
    return Panel(_("Secrets"), table=Table(headings, rows, empty=_("It has no secret.")))


def _until(token: Any, now: Any) -> Any:
    if token.expires_at is None:
        return show.badge(_("for good"), show.GREEN)
    return show.badge(_("no more"), show.GREY) if token.expires_at <= now else show.until(token.expires_at)


def _dead(consumer: Consumer) -> Panel:
    given_up = Handout.objects.filter(consumer=consumer, state=Handout.State.DEAD).select_related("event").order_by("-id")[:SHOWN]
    rows = [
        (
            show.inside(each.event, words.type_label(each.event.type)),
            each.position,
            each.failures,
            each.error or show.NOTHING,
            show.ago(each.died_at),
        )
        for each in given_up
    ]
    headings = (_("What happened"), _("Place"), _("Failures"), _("In its words"), _("Given up"))
    return Panel(_("Given up"), table=Table(headings, rows, empty=_("It has given up nothing."), numbers=(1, 2)))
