"""Whether this process was asked to end. Whoever takes work in turns asks before the next turn, and finishes the one it has."""

import threading

_asked = threading.Event()


def begin() -> None:
    """From now on nobody takes new work."""
    _asked.set()


def is_asked() -> bool:
    """Whether to take no more work."""
    return _asked.is_set()


def forget() -> None:
    """The process goes on as if nobody had asked."""
    _asked.clear()
