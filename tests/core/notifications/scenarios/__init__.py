"""One act of the real world for every kind of notice, and who has to hear of it. tests/core/notifications/test_actions.py plays them.

A room has a file here:

    @scenario("REVIEW_RECEIVED")
    def both_have_written(world):
        '''The second of two writes.'''
        job = world.completed_deal()
        world.review(job=job)
        return Scene(lambda: write_review(job.id, by=job.active_creator, rating=5), job=job, by=…)

What comes before the act is prepared; of the act alone it is seen who was told what. Who is meant by the names in the registry's
`to` follows from the job and from whoever acts, unless `people` says so.
"""

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

from core.jobs.models import Job
from core.people.models import User

Make = Callable[[Any], "Scene"]
SCENARIOS: dict[str, list[Make]] = {}
REMINDERS: dict[str, Callable[[Any], "Reminded"]] = {}


@dataclass(frozen=True)
class Scene:
    """An act, the job that it is about, who acts, and who is meant by names that the job does not explain."""

    act: Callable[[], Any]
    job: Job | None = None
    by: User | None = None
    people: dict[str, Iterable[UUID]] = field(default_factory=dict)

    def called(self, name: str) -> set[UUID]:
        """The people whom the registry calls so."""
        if name in self.people:
            return set(self.people[name])
        if name in ON_DUTY:
            return set(User.objects.on_duty(ON_DUTY[name]).values_list("id", flat=True))
        assert self.job is not None, f"the scene does not say who is meant by {name}"
        sides = {"BRAND": self.job.brand_id, "CREATOR": self.job.active_creator_id}
        if name in sides:
            return {sides[name]}
        both = set(sides.values())
        return {"PARTIES": both, "OTHER_PARTY": both - {self.by.pk if self.by else None}}[name]


@dataclass(frozen=True)
class Reminded:
    """A clock that runs, and whoever has to act before it ends."""

    subject_id: UUID
    people: Iterable[UUID]


ON_DUTY = {"MODERATORS": "moderator", "FINANCE": "finance", "FINANCE_APPROVERS": "finance_approver"}


def scenario(*types: str) -> Callable[[Make], Make]:
    """The function makes a scene after which there are notices of these types."""

    def attach(make: Make) -> Make:
        for named in types:
            SCENARIOS.setdefault(named, []).append(make)
        return make

    return attach


def reminder(kind: str) -> Callable[[Callable[[Any], "Reminded"]], Callable[[Any], "Reminded"]]:
    """The function starts a clock of this kind."""

    def attach(make: Callable[[Any], "Reminded"]) -> Callable[[Any], "Reminded"]:
        assert kind not in REMINDERS, f"{kind} is started twice"
        REMINDERS[kind] = make
        return make

    return attach


def load() -> None:
    """All rooms are known."""
    for room in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{room.name}")
