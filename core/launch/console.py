"""What the two commands say: one line per step, with its seconds, and one line when they cannot go on."""

import contextlib
import sys
import time
from collections.abc import Iterator


class Stop(Exception):
    """The command cannot go on; the message is for the person who typed it."""


class Console:
    """Writes whole lines to standard error, on a terminal also a step that is not over yet."""

    def __init__(self) -> None:
        self.has_open_step = False

    def say(self, text: str) -> None:
        """Write a line, below the open step if there is one."""
        print("\n" + text if self.has_open_step else text, file=sys.stderr, flush=True)
        self.has_open_step = False

    def open_step(self, step: str) -> None:
        print(f"  {step} …", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)
        self.has_open_step = sys.stderr.isatty()

    def close_step(self, step: str, seconds: float) -> None:
        start_of_line = "\r" if self.has_open_step else ""
        print(f"{start_of_line}  {step}: {seconds:.1f} s", file=sys.stderr, flush=True)
        self.has_open_step = False


class Progress:
    """Says each step as it begins, and its seconds when it is done."""

    def __init__(self, *, shown: bool = True) -> None:
        self.shown = shown
        self.began = time.monotonic()

    @contextlib.contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        if self.shown:
            console.open_step(step)
        yield
        if self.shown:
            console.close_step(step, time.monotonic() - began)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


console = Console()
say = console.say
