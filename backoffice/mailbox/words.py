"""Codes of the mailbox in words: what was told, how it travels, why it stopped. A code nobody named is shown as a code."""

import re
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import show
from backoffice.audit_actions import ACTIONS
from core.notifications.registry import KINDS
from core.people.models import EmailToken
from core.webhooks.selectors import SAMPLE_TYPE
from outbox.channels import EMAIL, TELEGRAM, WEBHOOK
from outbox.events import REGISTRY
from outbox.models import Delivery

CHANNELS: dict[str, str | Promise] = {
    TELEGRAM: gettext_lazy("Telegram"),
    EMAIL: gettext_lazy("Mail"),
    WEBHOOK: gettext_lazy("Webhook"),
}

# What neither the audit trail nor a notice has a name for.
EVENTS: dict[str, str | Promise] = {
    "JOB_MODERATION_APPROVED": gettext_lazy("The job was approved"),
    "JOB_MODERATION_REJECTED": gettext_lazy("The job was rejected"),
    "JOB_MODERATION_RESUBMITTED": gettext_lazy("The job was sent in again"),
    "JOB_UPDATED": gettext_lazy("The job was edited"),
    "REVIEW_PUBLISHED": gettext_lazy("A review was published"),
    "USER_ERASED": gettext_lazy("An account was erased"),
    SAMPLE_TYPE: gettext_lazy("Sample for a webhook"),
}

THINGS: dict[str, str | Promise] = {
    "adjustment": gettext_lazy("Adjustment"),
    "commission_rule": gettext_lazy("Commission rule"),
    "conversation": gettext_lazy("Conversation"),
    "job": gettext_lazy("Job"),
    "limit": gettext_lazy("Limit"),
    "letter": gettext_lazy("Letter"),
    "notice": gettext_lazy("Notice"),
    "notification": gettext_lazy("Notice"),
    "payout_request": gettext_lazy("Payout"),
    "report": gettext_lazy("Report"),
    "sample": gettext_lazy("Sample"),
    "top_up": gettext_lazy("Top-up"),
    "user": gettext_lazy("Person"),
}

TONES = {
    "PENDING": show.AMBER,
    "LEASED": show.BLUE,
    "SENDING": show.BLUE,
    "HELD": show.GREY,
    "SENT": show.GREEN,
    "UNCERTAIN": show.AMBER,
    "SKIPPED": show.GREY,
    "DEAD": show.RED,
}

OUTCOMES: dict[str, tuple[str | Promise, str]] = {
    "SENT": (gettext_lazy("arrived"), show.GREEN),
    "RETRY": (gettext_lazy("failed, will be repeated"), show.AMBER),
    "UNKNOWN": (gettext_lazy("outcome unknown"), show.AMBER),
    "WAIT": (gettext_lazy("too early, put off"), show.GREY),
    "HELD": (gettext_lazy("held back"), show.GREY),
    "DEAD": (gettext_lazy("refused for good"), show.RED),
    "SKIPPED": (gettext_lazy("left out"), show.GREY),
    "BROKEN": (gettext_lazy("the channel is out of order"), show.RED),
}

CODES: dict[str, str | Promise] = {
    "ADDRESS_MALFORMED": gettext_lazy("the address is wrong"),
    "ADDRESS_NOT_HTTPS": gettext_lazy("the address is not encrypted"),
    "ADDRESS_NOT_PUBLIC": gettext_lazy("the address leads into a private network"),
    "ADDRESS_PORT": gettext_lazy("the port is not allowed"),
    "ANSWER_BROKEN": gettext_lazy("the answer broke off"),
    "BAD_REQUEST": gettext_lazy("the message was not accepted as it is"),
    "CHANNEL_RESTS": gettext_lazy("the channel rests"),
    "CONNECTION_LOST": gettext_lazy("the connection was lost"),
    "CONNECT_FAILED": gettext_lazy("could not connect"),
    "CONNECT_TIMEOUT": gettext_lazy("connecting took too long"),
    "CONSOLE": gettext_lazy("printed to the console"),
    "DEFECT": gettext_lazy("a defect of ours"),
    "DEFECT_UNPREPARED": gettext_lazy("a defect of ours: the message was not prepared"),
    "DEFERRED": gettext_lazy("the mail server asks to come later"),
    "ENDPOINT_DELETED": gettext_lazy("the webhook was deleted"),
    "ENDPOINT_OFF": gettext_lazy("the webhook is switched off"),
    "ENDPOINT_UNKNOWN": gettext_lazy("there is no such webhook"),
    "ERASED": gettext_lazy("the account was erased"),
    "EXPIRED": gettext_lazy("the link has expired"),
    "FLOOD": gettext_lazy("too many messages, put off"),
    "GONE": gettext_lazy("the receiver said that it is gone"),
    "LETTER_REFUSED": gettext_lazy("the mail server refused the letter"),
    "MAIL_LOGIN_REFUSED": gettext_lazy("the mail server refused our password"),
    "MUTED": gettext_lazy("the person has muted it"),
    "NAME_UNKNOWN": gettext_lazy("no such host"),
    "NOT_CONNECTED": gettext_lazy("the mail server does not answer"),
    "NOT_SUPPORTED": gettext_lazy("the mail server does not know such addresses"),
    "NOT_UNDERSTOOD": gettext_lazy("the answer was not understood"),
    "NO_ACCOUNT": gettext_lazy("Telegram is not linked"),
    "NO_ANSWER": gettext_lazy("no answer came"),
    "NO_LETTER": gettext_lazy("the letter is gone"),
    "NO_MAIL_SERVER": gettext_lazy("no mail server is set up"),
    "NO_NOTICE": gettext_lazy("the notice is gone"),
    "NO_PERSON": gettext_lazy("the person is gone"),
    "OWNER_BLOCKED": gettext_lazy("the owner is blocked"),
    "POISON": gettext_lazy("workers died of it"),
    "QUIET_HOURS": gettext_lazy("quiet hours"),
    "READ": gettext_lazy("already read in the app"),
    "RECIPIENT_DEFERRED": gettext_lazy("the recipient's mail server asks to come later"),
    "RECIPIENT_REFUSED": gettext_lazy("the recipient's address does not exist"),
    "REDIRECT": gettext_lazy("the address leads somewhere else"),
    "REPLAYED": gettext_lazy("staff sent it again with others"),
    "RETRIED": gettext_lazy("staff sent it again"),
    "SENDER_REFUSED": gettext_lazy("the mail server refuses us as a sender"),
    "SERVER_ERROR": gettext_lazy("a fault on the other side"),
    "STAFF": gettext_lazy("given up by staff"),
    "TLS_FAILED": gettext_lazy("the certificate is not valid"),
    "TOO_OLD": gettext_lazy("too old to be sent"),
    "UNKNOWN_TYPE": gettext_lazy("nobody knows such a notice any more"),
    "UNREACHABLE": gettext_lazy("Telegram takes no messages"),
    "USED": gettext_lazy("the link has been used"),
    "WORKER_LOST": gettext_lazy("the worker was lost while sending"),
}

NOTICE = pgettext_lazy("unknown type", "Notice")


def type_label(name: str) -> str:
    """What an event, a notice or a letter is about."""
    kind = KINDS.get(name)
    known = EVENTS.get(name) or ACTIONS.get(name) or (kind.title if kind else None)
    return str(known or dict(EmailToken.Purpose.choices).get(name) or NOTICE)


def carried_types() -> list[tuple[str, str]]:
    """Everything that a parcel may carry, with its name, by name: notices, letters, events, samples."""
    carried = {*KINDS, *REGISTRY, *EmailToken.Purpose.values, SAMPLE_TYPE}
    return sorted(((name, type_label(name)) for name in carried), key=lambda pair: pair[1])


def event_types() -> list[tuple[str, str]]:
    """Every type of event with its name, by name: names that stand for two types carry the code as well."""
    labels = {name: type_label(name) for name in REGISTRY}
    return sorted(labels.items(), key=lambda pair: pair[1])


def channel(name: str) -> str:
    """The way out in words."""
    return str(CHANNELS.get(name, name))


def state(delivery: Delivery) -> Any:
    """Where the parcel is, in its tone."""
    return show.badge(delivery.get_state_display(), TONES.get(delivery.state, show.GREY))  # type: ignore[attr-defined]


def outcome(name: str) -> Any:
    """What came of a try, in its tone."""
    text, tone = OUTCOMES.get(name, (name, show.GREY))
    return show.badge(text, tone)


def code(name: str) -> Any:
    """Why, in words; the answers of HTTP with their number."""
    if not name:
        return show.NOTHING
    if found := re.fullmatch(r"HTTP_(\d{3})", name):
        return _("answer %(status)s") % {"status": found[1]}
    return str(CODES[name]) if name in CODES else show.code(name)


def thing(aggregate: str) -> Any:
    """What an event is about: its kind, and the end of its id."""
    kind, _colon, number = aggregate.partition(":")
    return show.two_lines(THINGS.get(kind, kind), show.code(number[-12:]))


def aggregates_of(number: Any) -> list[str]:
    """What the thing with this id may be called in the mailbox, whatever kind of thing it is."""
    return [f"{kind}:{number}" for kind in THINGS]


def raw(name: str) -> Any:
    """What other programs call a thing: said as it is, in letters of one width."""
    return format_html('<code class="bo-code bo-raw">{}</code>', name)


def milliseconds(count: int) -> str:
    """A duration as people read it."""
    return _("%(count)s ms") % {"count": count} if count < 1_000 else _("%(count)s s") % {"count": f"{count / 1000:.1f}".replace(".", ",")}


def seconds(count: float) -> str:
    """A delay as people read it: tenths below a minute, then minutes, hours, days."""
    if count < 60:
        return _("%(count)s s") % {"count": f"{count:.1f}".replace(".", ",")}
    if count < 3600:
        return _("%(count)s min") % {"count": round(count / 60)}
    return _("%(count)s h") % {"count": round(count / 3600)}
