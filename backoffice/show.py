"""How facts are written on pages: amounts, moments, states, people, links. Every text is in the reader's language."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.base import clock
from core.base.money import THIN_SPACE, money_text
from core.people.models import User

NOTHING = "—"
SOON = timedelta(hours=1)

GREY, BLUE, GREEN, AMBER, RED = "grey", "blue", "green", "amber", "red"

# The tone of every state that a page may show. A state without one is grey.
TONES = {
    "PENDING": AMBER,
    "APPROVED": GREEN,
    "REJECTED": RED,
    "PUBLISHED": BLUE,
    "IN_PROGRESS": BLUE,
    "IN_REVIEW": BLUE,
    "COMPLETED": GREEN,
    "CANCELED": GREY,
    "VERIFIED": GREEN,
    "REVOKED": RED,
    "EXPIRED": GREY,
    "ISSUED": BLUE,
    "UNFUNDED": AMBER,
    "FUNDED": BLUE,
    "RELEASED": GREEN,
    "REFUNDED": GREY,
    "SPLIT": GREEN,
    "SENT": BLUE,
    "PAID": GREEN,
    "FAILED": RED,
    "RETURNED": RED,
    "CONFIRMED": GREEN,
    "CHANGES_REQUESTED": AMBER,
    "SUBMITTED": AMBER,
    "ACCEPTED": GREEN,
    "OPEN": AMBER,
    "UNDER_REVIEW": BLUE,
    "RESOLVED": GREEN,
    "UPHELD": GREEN,
    "DISMISSED": GREY,
    "POSTED": GREEN,
}


def badge(text: Any, tone: str = GREY) -> SafeString:
    """A short text on a coloured ground."""
    return format_html('<span class="bo-badge bo-{}">{}</span>', tone, text)


def state(row: Model, field: str = "status") -> SafeString:
    """The row's state in words, in its tone."""
    return badge(getattr(row, f"get_{field}_display")(), TONES.get(getattr(row, field), GREY))


def amount(cents: int | None, currency: str) -> SafeString | str:
    """Minor units as an amount that does not break and lines up on the right."""
    if cents is None:
        return NOTHING
    return format_html('<span class="bo-amount">{}</span>', money_text(cents, currency))


def number(count: int) -> str:
    """A whole number with thin spaces."""
    return f"{count:,}".replace(",", THIN_SPACE)


def whole_units(units: int | None, currency: str) -> str:
    """An amount that is agreed in whole units, without its zero minor ones."""
    return NOTHING if units is None else re.sub(r"[.,]00(?=\D*$)", "", money_text(units * 100, currency))


# What the zones of staff are called in Russian; others by the letters that the whole world knows.
ZONES = {"MSK": pgettext_lazy("zone", "MSK"), "UTC": "UTC"}


@cache
def zone() -> ZoneInfo:
    """The time zone in which staff work."""
    return ZoneInfo(settings.STAFF_TIME_ZONE)


def exact(moment: datetime | None) -> str:
    """The moment as a date and a time in the time zone of staff, with its name."""
    if moment is None:
        return NOTHING
    there = moment.astimezone(zone())
    known = there.tzname() or ""
    return f"{there:%d.%m.%Y %H:%M} {ZONES.get(known, known)}".strip()


def ago(moment: datetime | None) -> SafeString | str:
    """How long ago, with the exact moment when the pointer rests on it."""
    if moment is None:
        return NOTHING
    return _timed(moment, _("%(time)s ago") % {"time": span(moment)})


def waiting(moment: datetime | None) -> SafeString | str:
    """How long something has been waiting since the moment; loud after a day."""
    if moment is None:
        return NOTHING
    late = (clock.now() - moment).days >= 1
    return format_html('<span class="{}">{}</span>', "bo-late" if late else "", _timed(moment, span(moment)))


def until(moment: datetime | None) -> SafeString | str:
    """How much time is left, loud in the last hour and when none is."""
    if moment is None:
        return NOTHING
    now = clock.now()
    if moment <= now:
        return format_html('<span class="bo-late">{}</span>', _timed(moment, _("expired")))
    left = _timed(moment, _("%(time)s left") % {"time": timesince(now, moment, depth=1)})
    return format_html('<span class="bo-soon">{}</span>', left) if moment - now < SOON else left


def span(moment: datetime) -> str:
    """The time since the moment, in its largest unit."""
    if (clock.now() - moment).total_seconds() < 60:
        return _("less than a minute")
    return timesince(moment, clock.now(), depth=1)


def _timed(moment: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), text)


def detail_url(row: Model, **parameters: Any) -> str:
    """The page of the row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk], query=parameters or None)


def list_url(model: type[Model], **parameters: Any) -> str:
    """The list of such rows, narrowed by these parameters."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query=parameters or None)


def link(address: str, text: Any) -> SafeString:
    """A link to a page of ours."""
    return format_html('<a class="bo-link" href="{}">{}</a>', address, text)


def inside(row: Model, text: Any) -> SafeString:
    """A link to the row's own page."""
    return link(detail_url(row), text)


def outside(link: str) -> SafeString | str:
    """A link that people gave us: it opens apart, and tells the other side nothing."""
    if not link:
        return NOTHING
    return format_html(
        '<a class="bo-link" href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', link, link.split("://", 1)[-1]
    )


def name(user: User | None) -> str:
    """What a person is called. Never the e-mail address."""
    if user is None:
        return NOTHING
    if user.role == User.Role.SYSTEM:
        return _("The system")
    if user.role == User.Role.STAFF:
        return user.staff_name or _("Staff, no name")
    profile = getattr(user, "brand_profile" if user.role == User.Role.BRAND else "creator_profile", None)
    return str(profile or "") or (_("Brand, no name") if user.role == User.Role.BRAND else _("Creator, no name"))


def person(user: User | None, *, linked: bool = False) -> SafeString | str:
    """The person's name, as a link to their page for those who may see it."""
    return inside(user, name(user)) if user is not None and linked else name(user)


def two_lines(first: Any, second: Any) -> SafeString:
    """A fact and, smaller below it, what belongs to it, if there is anything."""
    if second in ("", NOTHING):
        return format_html("{}", first)
    return format_html('<span class="bo-two"><span>{}</span><span class="bo-second">{}</span></span>', first, second)


def lines(texts: Iterable[Any]) -> SafeString | str:
    """Each text on its own line."""
    return format_html_join("", "<div>{}</div>", ((text,) for text in texts)) or NOTHING


def code(text: str) -> SafeString | str:
    """An identifier, in letters of one width."""
    return format_html('<code class="bo-code">{}</code>', text) if text else NOTHING


# The names of people come with these joins.
PERSON = ("brand_profile", "creator_profile")


def joined(*fields: str) -> list[str]:
    """The joins that bring the names of the people in these fields."""
    return [path for field in fields for path in (field, *(f"{field}__{profile}" for profile in PERSON))]


def percent(bps: int) -> str:
    """Basis points as a percentage: `15 %`, `12,5 %`."""
    whole, rest = divmod(bps, 100)
    return f"{whole},{rest:02d}".rstrip("0") + "\u00a0%" if rest else f"{whole}\u00a0%"


def plain(text: Any) -> Any:
    """The text for where markup of ours would be read as text, such as the title of a page. What people wrote stays as it is."""
    return unescape(strip_tags(text)) if isinstance(text, SafeString) else text
