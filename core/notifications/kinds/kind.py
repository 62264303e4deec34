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


BRAND, CREATOR, STAFF = "BRAND", "CREATOR", "STAFF"


@dataclasses.dataclass(frozen=True)
class Recipient:
    """Somebody who gets notices, in words, and the roles of those who may be meant."""

    words: str
    roles: tuple[str, ...]


RECIPIENTS = {
    "BRAND": Recipient("the brand", (BRAND,)),
    "CREATOR": Recipient("the creator", (CREATOR,)),
    "PARTIES": Recipient("both parties", (BRAND, CREATOR)),
    "OTHER_PARTY": Recipient("the other party", (BRAND, CREATOR)),
    "APPLICANTS": Recipient("every creator who waits for an answer", (CREATOR,)),
    "INVITEES": Recipient("every creator who is invited", (CREATOR,)),
    "SUBJECT": Recipient("whom it is about", (BRAND, CREATOR)),
    "ASKED": Recipient("the party that is asked", (BRAND, CREATOR)),
    "OWNER": Recipient("the person whose account it is", (BRAND, CREATOR, STAFF)),
    "AUTHOR": Recipient("who wrote it", (BRAND, CREATOR)),
    "REPORTER": Recipient("who reported", (BRAND, CREATOR)),
    "WHOEVER_ACTS": Recipient("whoever has to act", (BRAND, CREATOR, STAFF)),
    "MODERATORS": Recipient("every moderator on duty", (STAFF,)),
    "FINANCE": Recipient("the finance staff on duty", (STAFF,)),
    "FINANCE_APPROVERS": Recipient("every finance approver on duty", (STAFF,)),
    "SECOND_SIGNERS": Recipient("everybody on duty who may be the second to sign", (STAFF,)),
    "JUDGES": Recipient("every moderator on duty who had no part in the decision", (STAFF,)),
    "ASSIGNEE": Recipient("the member of staff who has taken it, or every moderator while nobody has", (STAFF,)),
    "DECIDER": Recipient("the member of staff who decided", (STAFF,)),
    "DRAFTER": Recipient("the member of staff who drafted it", (STAFF,)),
}


@dataclasses.dataclass(frozen=True)
class Kind:
    """One type of notice: where it is filed, where it leads, what it says.

    `to` names who gets it (of RECIPIENTS) and `when` after which act, for the page that lists all of them. `event` is the fact in the
    outbox that goes with it: the one of the same name unless told otherwise, None for none. A `critical` one is about money or
    security: nobody can mute it.
    """

    category: str
    href: str
    title: str | Promise
    body: str | Promise
    to: str = ""
    when: str = ""
    critical: bool = False
    event: str | None = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The names of who gets it."""
        return tuple(self.to.split(", "))

    def concerns(self, role: str) -> bool:
        """Whether people of this role may get it."""
        return any(role in RECIPIENTS[name].roles for name in self.recipients)

    def facts_of(self, type: str) -> tuple[str, ...]:
        """The types of the events that go with it, when it has this name."""
        return tuple((self.event or type).split(", ")) if self.event is not None else ()

    def needs(self) -> set[str]:
        """The facts without which the notice would have a hole."""
        named = {name for text in (self.href, str(self.title), str(self.body)) for _before, name, *_rest in Formatter().parse(text) if name}
        return {fact for name in named for fact in MADE_OF.get(name, (name,))}
