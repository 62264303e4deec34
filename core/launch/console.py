"""What the two commands say: one line per step, with its seconds, and one line when they cannot go on."""

import contextlib
import sys
import time
from collections.abc import Iterator


class Stop(Exception):  # noqa: N818  the name is what happens
    """The command cannot go on; the message is for the person who typed it."""


class Progress:
    """Prints each step as it begins, and its seconds when it is done."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @contextlib.contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        say(f"  {step} …", end="" if sys.stderr.isatty() else "\n")
        yield
        seconds = time.monotonic() - began
        say(f"\r  {step} … {seconds:.1f} s" if sys.stderr.isatty() else f"  {step}: {seconds:.1f} s")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)
