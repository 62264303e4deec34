"""What becomes of a parcel after an outcome: rules without a database."""

import random
from dataclasses import dataclass

from outbox.channels import Broken, Channel, Dead, Failed, Hold, Outcome, Parcel, Sent, Skip, Unknown, Wait

DELAY_SECONDS_MAX = 2 * 60 * 60
REPEAT_SECONDS = 60
FAILURES_MAX = 16
DEFECTS_MAX = 5  # of our own code, one after the other
COPIES_MAX = 2
CRITICAL_SECONDS_MAX = 3 * 24 * 60 * 60
DEFECT = "DEFECT"
CHANNEL_RESTS = "CHANNEL_RESTS"
FINAL = frozenset({"SENT", "UNCERTAIN", "SKIPPED", "DEAD"})


@dataclass(frozen=True)
class Fate:
    """What becomes of a parcel after an outcome. `arrived` says whether this copy may have arrived."""

    state: str
    delay: float = 0.0
    failed: bool = False
    arrived: bool = False
    reason: str = ""


def backoff(failures: int) -> float:
    """Seconds until the next try after so many failures: n^4, at most two hours, half as much more or less."""
    return min(DELAY_SECONDS_MAX, failures**4) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret


def fate_of(parcel: Parcel, outcome: Outcome, channel: Channel) -> Fate:
    """What the rules say. `parcel.copies` does not count the one of this outcome."""
    match outcome:
        case Sent():
            return Fate("SENT", arrived=True, reason=outcome.code)
        case Skip():
            return Fate("SKIPPED", reason=outcome.code)
        case Dead():
            return Fate("DEAD", reason=outcome.code)
        case Hold():
            return Fate("HELD", delay=outcome.seconds, reason=outcome.code)
        case Wait() if channel.waits_max is not None and parcel.waits >= channel.waits_max:
            return _fate_of_failure(parcel, outcome)
        case Wait() | Broken():
            return Fate("PENDING", delay=outcome.seconds if isinstance(outcome, Wait) else 0.0, reason=outcome.code)
        case Unknown():
            return _fate_in_doubt(parcel, outcome, channel)
        case _:
            return _fate_of_failure(parcel, outcome)


def _fate_in_doubt(parcel: Parcel, outcome: Outcome, channel: Channel) -> Fate:
    """It may have arrived."""
    if channel.repeats:
        failure = _fate_of_failure(parcel, outcome)
        return Fate(failure.state, delay=failure.delay, failed=True, arrived=True, reason=outcome.code)
    if parcel.is_critical and parcel.copies + 1 < COPIES_MAX:
        return Fate("PENDING", delay=REPEAT_SECONDS, failed=True, arrived=True, reason=outcome.code)
    return Fate("UNCERTAIN", failed=True, arrived=True, reason=outcome.code)


def _fate_of_failure(parcel: Parcel, outcome: Outcome) -> Fate:
    """It surely did not arrive. What is critical is insisted on for three days, a defect of ours that comes again and again is not."""
    failures = parcel.failures + 1
    is_ours = is_defect(outcome) and parcel.defects + 1 >= DEFECTS_MAX
    insists = parcel.is_critical and parcel.age_seconds < CRITICAL_SECONDS_MAX
    if is_ours or (failures >= FAILURES_MAX and not insists):
        return Fate("DEAD", failed=True, reason=outcome.code)
    delay = backoff(failures)
    if isinstance(outcome, Failed) and outcome.delay is not None:
        delay = outcome.delay
    elif isinstance(outcome, Wait):
        delay = max(delay, outcome.seconds)
    return Fate("PENDING", delay=delay, failed=True, reason=outcome.code)


def is_defect(outcome: Outcome) -> bool:
    """Whether our own code broke, before anything was sent or with it."""
    return outcome.code.startswith(DEFECT)


def is_asked_to_wait(outcome: Outcome) -> bool:
    """Whether the other side asked for it; a turn that we did not get in our own pace is nobody's wish."""
    return isinstance(outcome, Wait) and outcome.code != CHANNEL_RESTS
