"""What this process has done since it started, in whole numbers. Counted by any thread, read by the one that reports health."""

from collections import Counter
from threading import Lock

SENT, SKIPPED, FAILED, RETRIED, UNCERTAIN = "sent", "skipped", "failed", "retried", "uncertain"
OUTCOMES = (SENT, SKIPPED, FAILED, RETRIED, UNCERTAIN)
STATES = {"DEAD": FAILED, "PENDING": RETRIED}  # what the carrier calls by the state that a parcel came to

_counted: Counter[str] = Counter()
_lock = Lock()


def count(channel: str, outcome: str, number: int = 1) -> None:
    """So many more parcels of this channel have come to this end: `telegram.sent`."""
    with _lock:
        _counted[f"{channel}.{STATES.get(outcome, outcome)}".lower()] += number


def tell(name: str, number: int) -> None:
    """So many of these there are now: a number without a channel, such as `streams`."""
    with _lock:
        _counted[name] = number


def snapshot() -> dict[str, int]:
    """Everything counted so far, by `channel.outcome`."""
    with _lock:
        return dict(_counted)


def totals() -> dict[str, int]:
    """How many were sent, skipped, failed, retried and uncertain, over all channels."""
    found = dict.fromkeys(OUTCOMES, 0)
    for name, number in snapshot().items():
        outcome = name.rpartition(".")[2]
        if outcome in found:
            found[outcome] += number
    return found


def forget() -> None:
    """Nothing is counted: a process begins."""
    with _lock:
        _counted.clear()
