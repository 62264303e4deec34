"""How many may wait at a time: in all, and of each person."""

import threading
from collections import Counter
from uuid import UUID

from api.errors import RateLimited, Unavailable

RETRY_SECONDS = 10


class Places:
    """The places to wait in. Calls are judged in several threads."""

    def __init__(self, *, in_all: int, per_person: int) -> None:
        self.in_all = in_all
        self.per_person = per_person
        self.lock = threading.Lock()
        self.taken: Counter[UUID] = Counter()

    def take(self, person_id: UUID) -> None:
        """A place is taken. Raises RateLimited when this person has enough, Unavailable when none is left."""
        with self.lock:
            if self.taken[person_id] >= self.per_person:
                raise RateLimited(RETRY_SECONDS)
            if self.taken.total() >= self.in_all:
                raise Unavailable
            self.taken[person_id] += 1

    def give_back(self, person_id: UUID) -> None:
        """The place is free again."""
        with self.lock:
            self.taken[person_id] -= 1
            if not self.taken[person_id]:
                del self.taken[person_id]


class Gate:
    """Where one call comes in. It takes one place at most, and gives it back when it leaves."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.person_id: UUID | None = None
        self.has_waited = False

    def take(self, person_id: UUID) -> None:
        """As in `Places`."""
        self.places.take(person_id)
        self.person_id = person_id

    def leave(self) -> None:
        """Whatever was taken is given back."""
        if self.person_id is not None:
            self.places.give_back(self.person_id)
            self.person_id = None
