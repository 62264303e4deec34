"""The clocks of the second marketplace: minutes, and what happens when they are over. Written from the rules, not from the code."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HOUR = 60
DAY = 24 * HOUR
LENGTHS = {
    "HIRE_CREATOR": 60 * DAY,
    "ANSWER_INVITATION": 7 * DAY,
    "FUND_ESCROW": 3 * DAY,
    "DELIVER_WORK": 3 * DAY,
    "REVIEW_WORK": 5 * DAY,
    "ANSWER_CANCELLATION": 3 * DAY,
    "ANSWER_DISPUTE": 3 * DAY,
    "DECIDE_DISPUTE": 14 * DAY,
    "ANSWER_SETTLEMENT": 3 * DAY,
    "DECIDE_APPEAL": 14 * DAY,
    "DECIDE_PAYOUT": 30 * DAY,
    "SEND_PAYOUT": 30 * DAY,
    "RECEIVE_TOP_UP": 30 * DAY,
    "DECIDE_ADJUSTMENT": 14 * DAY,
}
TIME_TO_WORK = 5 * DAY
APPEAL_WITHIN = 7 * DAY
INVITE_AGAIN_AFTER = 2 * DAY


@dataclass(eq=False)
class Ticking:
    """One clock of one thing. A deal in dispute has all clocks stand still that `stands` says do."""

    kind: str
    owner: Any
    due: int
    act: Callable[[], Any]
    deal: Any = None
    stands: bool = False
    stopped_at: int | None = None


@dataclass
class Clocks:
    """What time it is, and what runs."""

    now: int = 0
    running: list[Ticking] = field(default_factory=list)

    def start(
        self, kind: str, owner: Any, act: Callable[[], Any], *, due: int | None = None, deal: Any = None, stands: bool = False
    ) -> None:
        """This clock runs; one of the same kind for the same thing does no longer."""
        self.stop(owner, kind)
        self.running.append(Ticking(kind, owner, self.now + LENGTHS[kind] if due is None else due, act, deal, stands))

    def stop(self, owner: Any, *kinds: str) -> None:
        """No clock of this thing runs, or none of these kinds."""
        self.running = [each for each in self.running if each.owner is not owner or (kinds and each.kind not in kinds)]

    def stop_all_of(self, deal: Any) -> None:
        """No clock that has to do with this deal runs."""
        self.running = [each for each in self.running if each.deal is not deal]

    def pause(self, deal: Any) -> None:
        """The clocks of the deal stand still."""
        for each in self.running:
            if each.deal is deal and each.stands and each.stopped_at is None:
                each.stopped_at = self.now

    def resume(self, deal: Any) -> None:
        """They run again, with as much time as they had left."""
        for each in self.running:
            if each.deal is deal and each.stopped_at is not None:
                each.due += self.now - each.stopped_at
                each.stopped_at = None

    def pass_time(self, minutes: int) -> list[str]:
        """It is so much later, and whatever ran out has happened, the longest overdue first."""
        self.now += minutes
        fired = []
        while over := [each for each in self.running if each.stopped_at is None and each.due <= self.now]:
            first = min(over, key=lambda each: each.due)
            self.running.remove(first)
            first.act()
            fired.append(first.kind)
        return fired
