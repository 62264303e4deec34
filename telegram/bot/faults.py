"""What can go wrong between us and Telegram, as a script for the loopback server."""

import dataclasses
import random
from collections import defaultdict, deque
from collections.abc import Iterable
from enum import Enum, auto
from threading import Lock


class Trouble(Enum):
    """What happens to a message instead of a plain answer."""

    LATE = auto()  # it is delivered, and the answer comes after so many seconds
    FLOOD = auto()  # 429: not before so many seconds
    BLOCKED = auto()  # 403: the person has blocked the bot
    NOT_FOUND = auto()  # 400: no such chat
    MIGRATED = auto()  # 400: the chat has another id now
    UNAUTHORIZED = auto()  # 401: the token is no longer valid
    NO_SUCH_BOT = auto()  # 404: the token never was valid
    BROKEN = auto()  # 500, and the message is lost
    BROKEN_AFTER = auto()  # 500, and the message is delivered
    RESET_BEFORE = auto()  # the connection is reset before the message is read
    RESET_AFTER = auto()  # the message is delivered, and the connection is reset instead of an answer


DELIVERING = frozenset({Trouble.LATE, Trouble.BROKEN_AFTER, Trouble.RESET_AFTER})


@dataclasses.dataclass(frozen=True)
class Fault:
    """One trouble: how many seconds it takes or asks for, and where a chat has moved."""

    trouble: Trouble
    seconds: float = 1
    moved_to: int = 0


@dataclasses.dataclass(frozen=True)
class Refusal:
    """An answer of Telegram that is no success."""

    status: int
    description: str
    parameters: dict[str, int] = dataclasses.field(default_factory=dict)


def refusal_of(fault: Fault) -> Refusal:
    """What Telegram says then. Raises KeyError for a fault without an answer."""
    words = {
        Trouble.FLOOD: (429, f"Too Many Requests: retry after {int(fault.seconds)}"),
        Trouble.BLOCKED: (403, "Forbidden: bot was blocked by the user"),
        Trouble.NOT_FOUND: (400, "Bad Request: chat not found"),
        Trouble.MIGRATED: (400, "Bad Request: group chat was upgraded to a supergroup chat"),
        Trouble.UNAUTHORIZED: (401, "Unauthorized"),
        Trouble.NO_SUCH_BOT: (404, "Not Found"),
        Trouble.BROKEN: (500, "Internal Server Error"),
        Trouble.BROKEN_AFTER: (500, "Internal Server Error"),
    }
    parameters = {
        Trouble.FLOOD: {"retry_after": int(fault.seconds)},
        Trouble.MIGRATED: {"migrate_to_chat_id": fault.moved_to},
    }
    return Refusal(*words[fault.trouble], parameters.get(fault.trouble, {}))


class Script:
    """Which message meets which fault: those of its chat one after the other, then what the chat always meets, then chance."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next: dict[int, deque[Fault | None]] = defaultdict(deque)
        self._always: dict[int, Fault] = {}
        self._chances: list[tuple[float, Fault]] = []
        self._random = random.Random()  # noqa: S311 - a die for faults, no secret

    def next_for(self, chat_id: int, faults: Iterable[Fault | None]) -> None:
        """The next messages to this chat meet these, one each; None is for one that goes well."""
        with self._lock:
            self._next[chat_id].extend(faults)

    def always_for(self, chat_id: int, fault: Fault | None) -> None:
        """Every message to this chat meets this from now on; None ends it."""
        with self._lock:
            self._always.pop(chat_id, None)
            if fault is not None:
                self._always[chat_id] = fault

    def by_chance(self, chances: Iterable[tuple[float, Fault]], *, seed: int) -> None:
        """Messages without a script meet each of these with its probability. The same seed and order give the same faults."""
        with self._lock:
            self._chances = list(chances)
            self._random.seed(seed)

    def fault_of(self, chat_id: int) -> Fault | None:
        """What the message that has just come meets."""
        with self._lock:
            if self._next[chat_id]:
                return self._next[chat_id].popleft()
            if chat_id in self._always:
                return self._always[chat_id]
            roll = self._random.random()
            for share, fault in self._chances:
                if roll < share:
                    return fault
                roll -= share
            return None
