"""Facts about one's own data."""

import dataclasses

from core.people.events import AboutPerson
from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class UserErased(AboutPerson, Event):
    """The account is deleted: nothing in it says any more who that was. The ledger stays as it is."""

    role: str
