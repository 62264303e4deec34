"""Carries parcels from the table to the people, at least once each, in order for each recipient.

    claim → prepare → mark → send → settle

Rows are the truth and the database's clock is the time. A claim is a lease with a token; whoever lost it can settle nothing. A
parcel is marked SENDING, and committed as that, before the first byte leaves: when a worker dies, what was only leased goes out
again at once, and what was being sent has an unknown outcome, which is repeated once when it is about money or security, as often
as it takes where the receiver recognises repeats, and otherwise not at all. A parcel waits while an earlier one of its recipient
is on its way; a dead letter stops only what follows it about the same thing. See docs/adr/0009-parcels.md.
"""

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from outbox import meters, statements, stopping, trace
from outbox.channels import CHANNELS, SENDERS, Broken, Channel, Failed, Outcome, Parcel, Sender, Sent, Skip, Unknown, Wait
from outbox.fates import (
    CHANNEL_RESTS,
    COPIES_MAX,
    DEFECT,
    FINAL,
    REPEAT_SECONDS,
    Fate,
    fate_of,
    is_asked_to_wait,
    is_defect,
)

log = structlog.get_logger("outbox.carrier")

LEASE_SECONDS = 30
SEND_SECONDS_MAX = 15  # shorter than the lease: nobody else takes what we still wait for
DRAIN_SECONDS_MAX = 8
NAP_SECONDS_MAX = 1.2  # longer rests end the drain, and the queue wakes the next one
REVIVE_SECONDS = 1.0
CLAIMS_MAX = 5
WINDOW = 20  # parcels that have been due for longest, whose lanes come first; more where there is room for more
AWAY_MAX = 1_000  # parcels that one statement puts away
CROWD_SECONDS = 2.0
COUNTED = {
    "SENT": meters.SENT,
    "SKIPPED": meters.SKIPPED,
    "DEAD": meters.FAILED,
    "PENDING": meters.RETRIED,
    "UNCERTAIN": meters.UNCERTAIN,
    "HELD": "held",
}
NOBODY = uuid.UUID(int=0)
LAST: dict[str, uuid.UUID] = {}  # by channel: whose turn it was last in the ring of recipients, see statements.CLAIM


@dataclass
class Flight:
    """A parcel on its way, since when, and whether it was marked as sending."""

    parcel: Parcel
    began: float = field(default_factory=time.monotonic)
    is_sending: bool = False
    crowds: frozenset[str] = frozenset()

    @property
    def milliseconds(self) -> int:
        return int((time.monotonic() - self.began) * 1000)


def row_of(flight: Flight, outcome: Outcome, fate: Fate) -> dict[str, Any]:
    """What SETTLE writes of a parcel."""
    return {
        "id": flight.parcel.id,
        "state": fate.state,
        "delay": float(fate.delay),
        "failed": int(fate.failed),
        "uncopied": int(flight.is_sending and not fate.arrived),
        "is_sending": flight.is_sending,
        "is_defect": is_defect(outcome),
        "waited": int(is_asked_to_wait(outcome)),
        "is_final": fate.state in FINAL,
        "external_id": outcome.external_id if isinstance(outcome, Sent) else "",
        "reason": fate.reason[:60],
        "outcome": type(outcome).__name__.upper(),
        "code": outcome.code[:60],
        "status": outcome.status,
        "milliseconds": flight.milliseconds,
    }


class Carriage:
    """One drain of one channel: all that is due is offered to its recipients, a few at a time."""

    def __init__(self, channel: Channel, sender: Sender) -> None:
        self.channel = channel
        self.sender = sender
        self.token = uuid.uuid4()
        self.in_flight: dict[Future[Outcome], Flight] = {}
        self.settled = 0
        self.revived_at = 0.0

    def drain(self) -> float | None:
        """Every parcel that was due has been offered, or the time is over.

        Returns in how many seconds there is more to do: 0.0 at once, None when nobody waits for anything.
        """
        end = time.monotonic() + DRAIN_SECONDS_MAX
        try:
            while time.monotonic() < end and not stopping.is_asked():
                self.revive()
                taken = self.load()
                if self.in_flight:
                    self.collect()
                elif not taken:
                    pause = self._seconds_to_next()
                    if pause is None or pause > NAP_SECONDS_MAX:
                        return pause
                    time.sleep(max(pause, 0.01))
            return 0.0
        finally:
            while self.in_flight:
                self.collect()

    def revive(self) -> None:
        """What dead workers held is free again or given up, and whoever slept through quiet hours is awake."""
        if time.monotonic() - self.revived_at < REVIVE_SECONDS:
            return
        self.revived_at = time.monotonic()
        values: dict[str, Any] = {
            "channel": self.channel.name,
            "repeats": self.channel.repeats,
            "repeat_seconds": 1 if self.channel.repeats else REPEAT_SECONDS,
            "copies_max": COPIES_MAX,
            "claims_max": CLAIMS_MAX,
        }
        with connection.cursor() as cursor:
            cursor.execute(statements.RESCUE, values)
            for state, count in cursor.fetchall():
                log.warning("worker_lost", channel=self.channel.name, state=state, count=count)
            cursor.execute(statements.RELEASE_HELD, values)

    def load(self) -> int:
        """As many parcels as there is room for are on their way, or settled already. Returns how many were taken."""
        room = self.channel.at_once - len(self.in_flight)
        parcels = self._claim(room) if room > 0 else []
        if not parcels:
            return 0
        messages = self._prepare(parcels)
        refused: list[tuple[Parcel, Outcome]] = []
        ready: list[tuple[Parcel, Any]] = []
        for parcel in parcels:
            message = messages.get(parcel.id, Failed(code=f"{DEFECT}_UNPREPARED"))
            if isinstance(message, Outcome):
                refused.append((parcel, message))
            else:
                ready.append((parcel, message))
        self._settle([(Flight(parcel), outcome) for parcel, outcome in refused])
        ready = self._without_crowds(ready)
        if not self.channel.per_second:
            self._send(ready)
            return len(parcels)
        for one in ready:
            if self._waits_its_turn(one[0]):
                self._send([one])
        return len(parcels)

    def _claim(self, room: int) -> list[Parcel]:
        """Parcels that are due, leased to us: at most one of each recipient. None when another worker took the same lane just before."""
        after = LAST.get(self.channel.name, NOBODY)
        values: dict[str, Any] = {"channel": self.channel.name, "token": self.token, "lease": LEASE_SECONDS, "room": room}
        try:
            with connection.cursor() as cursor:
                cursor.execute(statements.CLAIM, values | {"window": max(WINDOW, 4 * room), "after": after})
                rows = cursor.fetchall()
        except IntegrityError:  # the database keeps it to one parcel of a recipient: look again
            log.info("lane_taken", channel=self.channel.name)
            return []
        parcels = [Parcel(*row[:-1]) for row in rows]
        in_ring = [parcel.recipient_id for parcel, row in zip(parcels, rows, strict=True) if not row[-1]]
        if in_ring:
            LAST[self.channel.name] = max(in_ring, key=lambda recipient: (recipient <= after, recipient))
        return sorted(parcels, key=lambda parcel: parcel.id)

    def _without_crowds(self, ready: list[tuple[Parcel, Any]]) -> list[tuple[Parcel, Any]]:
        """Those that may go now. Whose crowd has its share of the room already is put back, so that others have theirs."""
        most = self.channel.crowd_max
        if most is None:
            return ready
        counts = Counter(crowd for flight in self.in_flight.values() for crowd in flight.crowds)
        going, staying = [], []
        for parcel, message in ready:
            crowds = self._crowds(parcel, message)
            if any(counts[crowd] >= most for crowd in crowds):
                staying.append(parcel.id)
            else:
                counts.update(crowds)
                going.append((parcel, message))
        if staying:
            with connection.cursor() as cursor:
                cursor.execute(statements.PUT_BACK, {"ids": staying, "token": self.token, "seconds": CROWD_SECONDS})
        return going

    def _crowds(self, parcel: Parcel, message: Any) -> frozenset[str]:
        """Under which names this call is counted."""
        crowds = getattr(self.sender, "crowds", None)
        return frozenset(crowds(parcel, message)) if crowds and self.channel.crowd_max is not None else frozenset()

    def _prepare(self, parcels: Sequence[Parcel]) -> dict[int, Any]:
        """What to send. One that cannot be prepared does not stop the others."""
        try:
            return self.sender.prepare(parcels)
        except (OperationalError, InterfaceError):  # the database is away: nobody's defect, the leases run out
            raise
        except Exception:
            if len(parcels) > 1:
                return {number: message for parcel in parcels for number, message in self._prepare([parcel]).items()}
            parcel = parcels[0]
            log.exception("not_prepared", delivery_id=parcel.id, type=parcel.type, request_id=parcel.request_id)
            return {parcel.id: Failed(code=DEFECT)}

    def _waits_its_turn(self, parcel: Parcel) -> bool:
        """Whether our turn in the channel's pace, which all processes share, has come; else the parcel waits in the table."""
        values: dict[str, Any] = {"name": self.channel.name, "step": 1 / (self.channel.per_second or 1), "nap": NAP_SECONDS_MAX}
        with connection.cursor() as cursor:
            cursor.execute(statements.TAKE_PACE, values)
            turn = cursor.fetchone()
        if turn is None:
            self._settle([(Flight(parcel), Wait(code=CHANNEL_RESTS, seconds=NAP_SECONDS_MAX))])
            return False
        time.sleep(max(0.0, turn[0]))
        return True

    def _send(self, ready: Sequence[tuple[Parcel, Any]]) -> None:
        """These messages are on their way, but not those whose lease ran out meanwhile."""
        if not ready:
            return
        values: dict[str, Any] = {"ids": [parcel.id for parcel, _ in ready], "token": self.token, "lease": LEASE_SECONDS}
        with connection.cursor() as cursor:
            cursor.execute(statements.MARK, values)
            ours = {row[0] for row in cursor.fetchall()}
        for parcel, message in ready:
            if parcel.id not in ours:
                log.warning("lease_lost", delivery_id=parcel.id, channel=parcel.channel, request_id=parcel.request_id)
                continue
            flight = Flight(parcel, is_sending=True, crowds=self._crowds(parcel, message))
            try:
                self.in_flight[self.sender.send(parcel, message)] = flight
            except Exception:
                log.exception("not_sent", delivery_id=parcel.id, type=parcel.type, request_id=parcel.request_id)
                self._settle([(flight, Unknown(code=DEFECT))])

    def collect(self) -> None:
        """Whatever has come back is settled; what does not come back in time has an unknown outcome."""
        done, _ = wait(self.in_flight, timeout=0.5, return_when=FIRST_COMPLETED)
        came = []
        for future in done:
            flight = self.in_flight.pop(future)
            came.append((flight, Unknown(code=DEFECT) if future.exception() else future.result()))
        for future, flight in list(self.in_flight.items()):
            if time.monotonic() - flight.began > SEND_SECONDS_MAX:
                del self.in_flight[future]
                came.append((flight, Unknown(code="NO_ANSWER")))
        self._settle(came)

    def _settle(self, came: Sequence[tuple[Flight, Outcome]]) -> None:
        """The rows say what came of these parcels, but for those that are not ours any more."""
        if not came:
            return
        fates = [fate_of(flight.parcel, outcome, self.channel) for flight, outcome in came]
        rows = [row_of(flight, outcome, fate) for (flight, outcome), fate in zip(came, fates, strict=True)]
        values: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
        for flight, outcome in came:
            self._follow("settling", flight.parcel, outcome)
        with connection.cursor() as cursor:
            cursor.execute(statements.SETTLE, values | {"token": self.token, "rest": float(self.channel.recipient_rest)})
            ours = {row[0] for row in cursor.fetchall()}
        for (flight, outcome), fate in zip(came, fates, strict=True):
            trace.begin(flight.parcel.request_id)
            self._tell(flight, outcome, fate, is_ours=flight.parcel.id in ours)
            if flight.parcel.id in ours:
                self._rest(flight.parcel, outcome)
                self._put_away(flight.parcel, outcome)
                self._follow("settled", flight.parcel, outcome)
                self.settled += 1
            trace.end()

    def _tell(self, flight: Flight, outcome: Outcome, fate: Fate, *, is_ours: bool) -> None:
        """The log and the counters know."""
        parcel = flight.parcel
        meters.count(parcel.channel, COUNTED[fate.state] if is_ours else "zombie")
        write = log.info if fate.state in ("SENT", "SKIPPED", "HELD") and is_ours else log.warning
        write(
            "parcel" if is_ours else "zombie",
            delivery_id=parcel.id,
            channel=parcel.channel,
            type=parcel.type,
            state=fate.state,
            code=outcome.code,
            attempt=parcel.failures + 1,
            duration_ms=flight.milliseconds,
            request_id=trace.request_id(),
        )

    def _rest(self, parcel: Parcel, outcome: Outcome) -> None:
        """Who was too fast is left alone, and a channel that does not work rests."""
        if isinstance(outcome, Broken):
            values: dict[str, Any] = {"name": self.channel.name, "seconds": outcome.seconds, "reason": outcome.code}
            statement = statements.REST_CHANNEL
        elif isinstance(outcome, Wait) and outcome.seconds and is_asked_to_wait(outcome):
            name = parcel.channel if outcome.whole_channel else f"{parcel.channel}:{parcel.recipient_id}"
            values, statement = {"name": name, "seconds": outcome.seconds}, statements.REST
        else:
            return
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def _put_away(self, parcel: Parcel, outcome: Outcome) -> None:
        """Where nothing reaches the recipient, nothing that was written until now waits for them any more."""
        if not isinstance(outcome, Skip) or not outcome.whole_lane:
            return
        values: dict[str, Any] = {"channel": parcel.channel, "recipient_id": parcel.recipient_id, "id": parcel.id}
        values |= {"age": parcel.age_seconds, "reason": outcome.code[:60], "limit": AWAY_MAX}
        gone = AWAY_MAX
        while gone == AWAY_MAX:
            with connection.cursor() as cursor:
                cursor.execute(statements.PUT_AWAY, values)
                gone = cursor.rowcount

    def _follow(self, name: str, parcel: Parcel, outcome: Outcome) -> None:
        """The sender may do what follows, where it has something to do."""
        follow = getattr(self.sender, name, None)
        if follow is None:
            return
        try:
            follow(parcel, outcome)
        except Exception:
            log.exception("not_followed", delivery_id=parcel.id, type=parcel.type)

    def _seconds_to_next(self) -> float | None:
        """When the next parcel that nobody blocks is due, or the lease of a lost worker runs out."""
        with connection.cursor() as cursor:
            cursor.execute(statements.NEXT, {"channel": self.channel.name})
            seconds = cursor.fetchone()[0]
        return None if seconds is None else max(0.0, seconds)


def drain(name: str) -> float | None:
    """Every parcel of the channel that was due has been offered, or the time is over. Returns as `Carriage.drain` does.

    Must not be called inside a transaction: nothing is held while the network is waited for.
    """
    channel = CHANNELS[name]
    return Carriage(channel, SENDERS.of(channel)).drain()


def waiting() -> list[str]:
    """The channels that have something to carry, now or later, and are not paused."""
    with connection.cursor() as cursor:
        cursor.execute(statements.WAITING, {"names": list(CHANNELS)})
        return [row[0] for row in cursor.fetchall()]
