"""What there is to know about one type of notice."""

import dataclasses
from string import Formatter

from django.utils.functional import Promise

DEALS, PAYMENTS, DISPUTES, SYSTEM = "DEALS", "PAYMENTS", "DISPUTES", "SYSTEM"

# Words of the texts that are made of facts.
MADE_OF = {
    "money": ("amount_cents", "currency"),
    "why": ("reason",),
    "who": ("canceled_by",),
    "until": ("due_at",),
    "consequence": ("timer",),
}


@dataclasses.dataclass(frozen=True)
class Kind:
    """One type of notice: where it is filed, where it leads, what it says.

    `to` says who gets it and `when` after which act, for the page that lists all of them. A `critical` one is about money or
    security: nobody can mute it.
    """

    category: str
    href: str
    title: str | Promise
    body: str | Promise
    to: str = ""
    when: str = ""
    critical: bool = False

    def needs(self) -> set[str]:
        """The facts without which the notice would have a hole."""
        named = {name for text in (self.href, str(self.title), str(self.body)) for _before, name, *_rest in Formatter().parse(text) if name}
        return {fact for name in named for fact in MADE_OF.get(name, (name,))}
