"""Who is told, before a clock runs out, that it will."""

import dataclasses
from collections.abc import Callable
from typing import Any

from core.timers.models import Timer


@dataclasses.dataclass(frozen=True)
class Reminder:
    """Whom to tell, under which address of the site (without the first slash), and what it is about: a title, or a name."""

    people: tuple[Any, ...]
    place: str
    name: str


# A room says who has to act on its thing; None when nobody has to any more.
Finder = Callable[[Timer], Reminder | None]
