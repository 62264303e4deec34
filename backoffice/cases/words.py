"""How lists of cases say how late one is, and who has it."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from backoffice import show
from core.base import clock
from core.desk.rulings.models import Ruling

SOON = timedelta(hours=1)


def left(since: datetime | None, promise: timedelta) -> Any:
    """How much of the promised time is left; loud within the last hour, and when it is over."""
    if since is None:
        return show.NOTHING
    due, now = since + promise, clock.now()
    text = _("late by %(time)s") if due <= now else _("%(time)s left")
    told = text % {"time": timesince(min(due, now), max(due, now), depth=1)}
    tone = show.RED if due <= now else show.AMBER if due - now < SOON else show.GREY
    return format_html('<time datetime="{}" title="{}">{}</time>', due.isoformat(), show.exact(due), show.badge(told, tone))


def holder(row: Any) -> Any:
    """Who decided, who holds the case, or who handed it on."""
    if row.ruling:
        return show.two_lines(_person(row.ruling), Ruling.Kind(row.ruling["kind"]).label)
    if row.claim:
        return show.two_lines(_person(row.claim), _("is working on it"))
    if row.escalation:
        return show.two_lines(_person(row.escalation), _("handed it on"))
    return show.NOTHING


def _person(known: dict[str, Any]) -> str:
    return known["name"] or _("Staff, no name")
