"""Who may call what: one line for every route, judged by tests/api/test_permissions.py.

A room has a file here, `tests/api/matrix/jobs.py`, with its things and its lines:

    from tests.api.matrix import Stage, line, thing

    @thing
    def live_job(stage: Stage) -> object:
        '''A job of the owner in the feed.'''
        return stage.world.live_job(by=stage.owner).id

    LINES = [
        line("GET /api/jobs", everyone=200),
        line("POST /api/jobs/{live_job}/pause", owner=200, brand=404, creators=403, staff=403),
        line("POST /api/jobs", body={"title": "…"}, brands=201, creators=403, staff=403),
    ]

- People: guest, blocked, owner (the brand whose thing it is), brand (another one), chosen (the creator of the deal),
  creator (another one), moderator, finance, finance_approver, support, engineer. `stage.owner`, `stage.chosen`, … are them.
  consumer is no person: a system that pulls events.
- Groups: everyone, people (all who can sign in), brands, creators, staff. What is named later and finer wins.
- guest and blocked are 401 unless said otherwise, and consumer gets what blocked gets: a token that opens nothing.
  Of everybody else a line must speak, or it is refused.
- `{live_job}` calls the thing of that name, fresh for every line; its id goes into the path. `body` may be a function of the stage.
- Every cell starts from the same state: what a call changed is rolled back before the next one.
- By itself the harness also asks for a missing id (404, and the same body as for a foreign one) and for a malformed id (404).
- Budgets and the walk of the envelope reuse these lines, with the first person who is let in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.base import clock
from core.people.models import User
from tests.api.callers import Caller
from tests.outbox.consumers.cast import first_secret
from tests.world import World

STAFF = ("moderator", "finance", "finance_approver", "support", "engineer")
SIGNED_IN = ("owner", "brand", "chosen", "creator", *STAFF)
EVERYONE = ("guest", *SIGNED_IN)
PEOPLE = ("guest", "blocked", *SIGNED_IN, "consumer")
GROUPS = {
    "everyone": EVERYONE,
    "people": SIGNED_IN,
    "brands": ("owner", "brand"),
    "creators": ("chosen", "creator"),
    "staff": STAFF,
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")

THINGS: dict[str, Callable[["Stage"], Any]] = {}


class Stage:
    """The people of the matrix, in a world of their own. A thing may leave here what another thing of the same line needs."""

    last_application: Any

    def __init__(self) -> None:
        self.world = World()
        self.owner: User = self.world.brand()
        self.brand: User = self.world.brand()
        self.chosen: User = self.world.creator()
        self.creator: User = self.world.creator()
        for capability in STAFF:
            setattr(self, capability, self.world.staff(capability))
        blocked = self.world.creator()
        self.callers = {name: Caller(getattr(self, name)) for name in SIGNED_IN} | {"guest": Caller(), "blocked": Caller(blocked)}
        self.callers["consumer"] = Caller(token=first_secret("stage"))
        User.objects.filter(id=blocked.id).update(blocked_at=clock.now())


@dataclass(frozen=True)
class Line:
    """One route, and the status that each person gets."""

    method: str
    path: str
    expected: dict[str, int]
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How the line is called in the report."""
        return f"{self.method} {self.path}"

    @property
    def template(self) -> str:
        """The path with every name of a thing left open: how a route is recognized."""
        return f"{self.method} {PLACEHOLDER.sub('{}', self.path.partition('?')[0])}"

    @property
    def welcome(self) -> str | None:
        """The first person whom the route lets in."""
        return next((name for name in PEOPLE if self.expected[name] < 400), None)

    def filled(self, stage: Stage) -> str:
        """The path with real ids: the things are made now."""
        return PLACEHOLDER.sub(lambda found: str(THINGS[found[1]](stage)), self.path)

    def with_ids(self, value: str) -> str:
        """The path with this value in place of its last id."""
        names = PLACEHOLDER.findall(self.path)
        return PLACEHOLDER.sub(lambda found: value if found[1] == names[-1] else str(UUID(int=0)), self.path)

    def body_for(self, stage: Stage) -> Any:
        """What is sent."""
        return self.body(stage) if callable(self.body) else self.body


def thing(make: Callable[[Stage], Any]) -> Callable[[Stage], Any]:
    """The function makes what its name says, and returns the id."""
    assert make.__name__ not in THINGS, f"{make.__name__} is made twice"
    THINGS[make.__name__] = make
    return make


def line(route: str, *, body: Any = None, headers: dict[str, str] | None = None, **statuses: int) -> Line:
    """One line of the matrix. Refused when it leaves anybody out."""
    method, path = route.split(" ", 1)
    expected = {"guest": 401, "blocked": 401}
    for group, members in GROUPS.items():
        if group in statuses:
            expected |= dict.fromkeys(members, statuses.pop(group))
    assert set(statuses) <= set(PEOPLE), f"{route}: nobody is called {set(statuses) - set(PEOPLE)}"
    expected |= statuses
    expected.setdefault("consumer", expected["blocked"])
    silent = [name for name in PEOPLE if name not in expected]
    assert not silent, f"{route} says nothing about {', '.join(silent)}"
    return Line(method, path, expected, body, headers or {})
