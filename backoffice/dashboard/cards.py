"""What the first page is made of."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backoffice import show
from core.base import clock


@dataclasses.dataclass(frozen=True)
class Card:
    """One card: a number, what it means, a drawing, and where it leads. `rows` are lines below it."""

    title: str | Promise
    value: Any
    hint: Any = ""
    tone: str = show.GREY
    icon: str = ""
    url: str = ""
    rows: Sequence[tuple[Any, Any]] = ()
    is_wide: bool = False
    chart: Any = ""


@dataclasses.dataclass(frozen=True)
class Widget:
    """Some cards, for those who hold one of the capabilities (everybody when it names none), and how many queries they may take."""

    can: tuple[str, ...]
    make: Callable[[Any], list[Card]]
    queries: int


def queue(title: Any, icon: str, count: int, oldest: datetime | None, url: str, **more: Any) -> Card:
    """A card of something that waits: amber, and red when the oldest has waited for a day."""
    hint = _("the oldest waits %(time)s") % {"time": show.span(oldest)} if oldest else _("the queue is empty")
    late = oldest is not None and clock.now() - oldest > timedelta(days=1)
    tone = show.RED if late else show.AMBER if count else show.GREEN
    return Card(title, show.number(count), hint, tone, icon, url, **more)
