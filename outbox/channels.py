"""The ways out, and what those who know how to go them have to do. The mailbox calls them; they are registered from above.

A sender prepares in the thread of the carrier, where the database may be asked, and sends somewhere else, where it may not.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

TELEGRAM, EMAIL, WEBHOOK = "TELEGRAM", "EMAIL", "WEBHOOK"


@dataclass(frozen=True)
class Parcel:
    """A delivery in the hands of the carrier."""

    id: int
    channel: str
    recipient_id: UUID
    letter_id: UUID | None
    event_id: int | None
    type: str
    aggregate: str
    is_critical: bool
    failures: int
    copies: int
    request_id: str
    age_seconds: float = 0.0
    defects: int = 0
    waits: int = 0

    @property
    def is_repeat(self) -> bool:
        """Whether a copy may have arrived before."""
        return self.copies > 0


@dataclass(frozen=True)
class Outcome:
    """What came of a parcel. `code` says why, as a code; `status` is that of HTTP."""

    code: str = ""
    status: int | None = None


@dataclass(frozen=True)
class Sent(Outcome):
    """It arrived; `external_id` is its name over there."""

    external_id: str = ""


@dataclass(frozen=True)
class Failed(Outcome):
    """It surely did not arrive, and may next time: after `delay` seconds where that is known, else later with each failure."""

    delay: float | None = None


@dataclass(frozen=True)
class Unknown(Outcome):
    """It may have arrived: sent, and never answered."""


@dataclass(frozen=True)
class Wait(Outcome):
    """It did not arrive because we were too fast: not before so many seconds. Counted as a failure only where the channel says when."""

    seconds: float = 1.0
    whole_channel: bool = False


@dataclass(frozen=True)
class Hold(Outcome):
    """The recipient does not want to be disturbed for so many seconds; others may overtake it."""

    seconds: float = 60.0


@dataclass(frozen=True)
class Skip(Outcome):
    """It shall not be sent; and where it is about the recipient, neither shall anything else that waits for them."""

    whole_lane: bool = False


@dataclass(frozen=True)
class Dead(Outcome):
    """It will never arrive: a person has to look."""


@dataclass(frozen=True)
class Broken(Outcome):
    """The channel itself does not work, which is our fault: everything waits, nothing is counted."""

    seconds: float = 60.0


class Sender(Protocol):
    """Knows one channel. One instance serves the whole process; the carrier calls it from one thread at a time.

    One that has something to do afterwards, such as closing an account that nobody reaches, has also `settled(parcel, outcome)`,
    which may ask the database and is called when the row says what came of the parcel. What the next parcel of the same recipient
    has to know is written down in `settling(parcel, outcome)`, which is called before, while nobody may take that one; of a worker
    whose lease ran out too, so it says only what is true of the recipient, and may be said twice.

    One whose channel has a `crowd_max` has also `crowds(parcel, message)`: the names under which this call is counted among those in
    flight, such as its owner and its host.
    """

    def prepare(self, parcels: Sequence[Parcel]) -> dict[int, Any]:
        """What to send, by the id of the parcel, or an Outcome for what is not to be sent now. May ask the database."""

    def send(self, parcel: Parcel, message: Any) -> "Future[Outcome]":
        """The message is on its way; the future holds what came of it. Asks no database, raises nothing."""


@dataclass(frozen=True)
class Channel:
    """How the carrier treats a way out."""

    name: str
    sender: Callable[[], Sender]
    at_once: int = 8  # parcels in flight per process
    per_second: float | None = None  # over the whole channel, all processes together
    recipient_rest: float = 0.0  # seconds between two parcels of one recipient
    repeats: bool = False  # whether an unknown outcome is repeated until it is known; else once, when critical
    waits_max: int | None = None  # from then on, being asked to come later is a failure too
    crowd_max: int | None = None  # parcels in flight per process that have a crowd in common


CHANNELS: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """From now on parcels of this channel are carried."""
    CHANNELS[channel.name] = channel


@dataclass
class Instances:
    """One sender per channel and process, made when it is first needed."""

    made: dict[str, Sender] = field(default_factory=dict)

    def of(self, channel: Channel) -> Sender:
        """The sender of this channel."""
        if channel.name not in self.made:
            self.made[channel.name] = channel.sender()
        return self.made[channel.name]


SENDERS = Instances()
