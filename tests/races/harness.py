"""A race is fair when it ends as if one of the two had come first. What that means is not written down: it is tried.

`orders` runs the two commands one after the other, in both orders, each on a fresh stage, and looks at everything they leave:
what each of them learned, the states, the entries, the audit rows, the events and the notices. A race of the same two has to
end in one of these two ways. Its control runs the same commands without our locks, each held until both have judged, and has
to end otherwise, or to be saved by the database alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError

from core.audit.models import AuditEntry
from core.base.errors import Refusal
from core.money.models import LedgerEntry
from core.notifications.models import Notification
from outbox.models import Event
from tests.meeting import meet, without_locks

Command = Callable[[Any], Any]
ROUNDS = 3
CONTROL_ROUNDS = 8
WRONG_END = "an end that no order explains"
SAVED = "the database alone refused"
LUCK = "won by luck"
# What the answer to a command says when there was nothing left to do.
AGAIN = ("was_funded_before", "released_before", "canceled_before", "was_open_before", "resolved_before")


@dataclass(frozen=True)
class End:
    """What two commands left behind."""

    answers: tuple[str, str]
    state: tuple[Any, ...]
    entries: tuple[tuple[str, int], ...]
    audit: tuple[tuple[str, int], ...]
    events: tuple[tuple[str, int], ...]
    notices: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Race:
    """Two commands on one stage. `state` reads what they fight about; `control` says how they end without our locks.

    `hold` names the table before whose first write the control holds both; empty for the first write of all.
    """

    prepare: Callable[[], Any]
    first: Command
    second: Command
    state: Callable[[Any], tuple[Any, ...]]
    control: frozenset[str] = frozenset({WRONG_END})
    both_win: bool = False
    hold: str = ""

    def orders(self) -> tuple[End, End]:
        """How it ends when the first comes first, and when the second does."""
        return self.play(lambda stage: (settle(self.first, stage), settle(self.second, stage))), self.play(
            lambda stage: tuple(reversed((settle(self.second, stage), settle(self.first, stage))))
        )

    def run(self, *, before: str | None = None) -> tuple[End, tuple[Any, ...]]:
        """How it ends when both come at once, and what each of them got."""
        got: list[Any] = []

        def both(stage: Any) -> tuple[Any, ...]:
            got.extend(meet(lambda: self.first(stage), lambda: self.second(stage), before=before))
            return tuple(got)

        return self.play(both), tuple(got)

    def lose(self, explained: tuple[End, End]) -> str | None:
        """How one run without our locks went wrong, or None when it went well by luck."""
        with without_locks():
            end, got = self.run(before=self.hold)
        if end not in explained:
            return WRONG_END
        return SAVED if any(isinstance(cause, DatabaseError) for answer in got for cause in causes(answer)) else None

    def play(self, commands: Callable[[Any], tuple[Any, ...]]) -> End:
        """Fresh stage, the commands, and what they left."""
        stage = self.prepare()
        before = traces()
        answers = commands(stage)
        after = traces()
        left = [tuple(sorted((new - old).items())) for old, new in zip(before, after, strict=True)]
        return End(tuple(learned(answer) for answer in answers), self.state(stage), *left)  # type: ignore[arg-type]


def traces() -> list[Counter[str]]:
    """What stands in the ledger, the audit trail, the outbox and the notices, counted by kind."""
    return [
        Counter(LedgerEntry.objects.values_list("type", flat=True)),
        Counter(AuditEntry.objects.values_list("action", flat=True)),
        Counter(Event.objects.values_list("type", flat=True)),
        Counter(Notification.objects.values_list("type", flat=True)),
    ]


def settle(command: Command, stage: Any) -> Any:
    """What the command returns or raises."""
    try:
        return command(stage)
    except Refusal as refusal:
        return refusal


def learned(answer: Any) -> str:
    """What one of them learned: that it is done, that it was done before, the code of the refusal, or, a clock, that somebody acted."""
    if isinstance(answer, Refusal):
        return answer.reason or answer.code
    if answer is None:
        return "too late"
    if isinstance(answer, Exception):
        return f"500 {type(answer).__name__}"
    return "again" if any(getattr(answer, flag, False) for flag in AGAIN) else "done"


def causes(answer: Any) -> list[BaseException]:
    """The exception and everything behind it."""
    found: list[BaseException] = []
    while isinstance(answer, BaseException) and answer not in found:
        found.append(answer)
        answer = answer.__cause__ or answer.__context__
    return found
