"""The page of a parcel: every try, what it carries, what else is told about the same thing."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from backoffice import audit_panel, show
from backoffice.mailbox import masks, words
from backoffice.mailbox.events import request_link
from backoffice.page import Fact, Page, Panel, Table
from core.notifications.models import Notification
from core.people.models import User
from core.people.policies import staff_can
from core.webhooks.models import Endpoint
from core.webhooks.services import host_of
from outbox.channels import WEBHOOK
from outbox.models import OPEN_STATES, Attempt, Delivery

SHOWN = 20


def page(delivery: Delivery, user: Any) -> Page:
    """Everything about one parcel that this person may read."""
    others = list(Delivery.objects.filter(aggregate=delivery.aggregate).exclude(id=delivery.id).order_by("-id")[:SHOWN])
    return Page(
        heading=words.type_label(delivery.type),
        state=words.state(delivery),
        subheading=words.channel(delivery.channel),
        notices=_notices(delivery, others),
        main=[_attempts(delivery), *_carried(delivery, user), _siblings(others)],
        side=[_facts(delivery, user), audit_panel.of(delivery)],
    )


def _notices(delivery: Delivery, others: Sequence[Delivery]) -> list[tuple[str, Any]]:
    if delivery.state != Delivery.State.DEAD:
        return []
    behind = sum(
        each.id > delivery.id
        and each.channel == delivery.channel
        and each.recipient_id == delivery.recipient_id
        and each.state in OPEN_STATES
        for each in others
    )
    if not behind:
        return [(show.RED, _("It will not arrive by itself. Mend the cause and send it again, or give it up."))]
    return [(show.RED, _("%(count)s more about the same thing wait behind it. Send it again, or give it up.") % {"count": behind})]


def _attempts(delivery: Delivery) -> Panel:
    tries = Attempt.objects.filter(delivery=delivery).order_by("-id")[:SHOWN]
    rows = [
        (
            show.exact(each.at),
            words.outcome(each.outcome),
            words.code(each.code),
            each.status or show.NOTHING,
            words.milliseconds(each.milliseconds),
        )
        for each in tries
    ]
    headings = (_("When"), _("Outcome"), _("Cause"), _("Status"), _("Took"))
    return Panel(_("Tries"), table=Table(headings, rows, empty=_("Nobody has tried yet."), numbers=(3, 4)))


def _carried(delivery: Delivery, user: Any) -> list[Panel]:
    """The payload of an event, or the heading of a notice."""
    if delivery.event_id is not None:
        found = masks.panel(delivery.type, delivery.event.payload, user)  # type: ignore[union-attr]
        return [found] if found else []
    notice = Notification.objects.filter(id=delivery.letter_id).first()
    if notice is None:
        return []
    facts = [
        Fact(_("Read in the app"), show.exact(notice.read_at)),
        Fact(_("Written"), show.exact(notice.created_at)),
        Fact(_("Message in Telegram"), show.code(delivery.external_id) or show.NOTHING),
    ]
    return [Panel(_("Notice"), facts=facts)]


def _siblings(others: Sequence[Delivery]) -> Panel:
    rows = [
        (show.inside(each, words.type_label(each.type)), words.channel(each.channel), words.state(each), show.ago(each.created_at))
        for each in others
    ]
    headings = (_("What"), _("Channel"), _("State"), _("Written"))
    return Panel(_("The same object"), table=Table(headings, rows, empty=_("Nothing else is told about it.")))


def _facts(delivery: Delivery, user: Any) -> Panel:
    event = delivery.event if delivery.event_id else None
    linked = event is not None and staff_can(user, "engineer")
    waits = delivery.state in OPEN_STATES or delivery.state == Delivery.State.HELD
    return Panel(
        _("Parcel"),
        facts=[
            Fact(_("Recipient"), _recipient(delivery, user)),
            Fact(_("Object"), words.thing(delivery.aggregate)),
            Fact(_("Why it is here"), words.code(delivery.reason)),
            Fact(_("Class"), _("money and security") if delivery.is_critical else _("ordinary")),
            Fact(_("Failures"), delivery.failures),
            Fact(_("Copies that may have arrived"), delivery.copies),
            Fact(_("Next try"), show.exact(delivery.next_at) if waits else show.NOTHING),
            Fact(_("First try"), show.exact(delivery.first_try_at)),
            Fact(_("Ended"), show.exact(delivery.settled_at)),
            Fact(_("Written"), show.exact(delivery.created_at)),
            Fact(_("Event"), show.inside(event, show.code(str(event.uid))) if linked and event else show.NOTHING),
            Fact(_("Request"), request_link(delivery.request_id) if staff_can(user, "engineer") else show.code(delivery.request_id)),
        ],
    )


def _recipient(delivery: Delivery, user: Any) -> Any:
    """Whom it is for. Only those who look people up read a name."""
    number = show.code(str(delivery.recipient_id))
    if delivery.channel == WEBHOOK:
        endpoint = Endpoint.objects.filter(id=delivery.recipient_id).first()
        host = host_of(endpoint) if endpoint else show.NOTHING
        return show.two_lines(show.inside(endpoint, host) if endpoint and staff_can(user, "engineer") else host, number)
    if not staff_can(user, "support", "moderator"):
        return number
    person = User.objects.select_related(*show.PERSON).filter(id=delivery.recipient_id).first()
    return show.two_lines(show.person(person, linked=True), number)
