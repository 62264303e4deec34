"""Cleans up after the tests however they end, `kill -9` too: lives until its standard input closes, which death does."""

import shutil
import sys
from pathlib import Path

from core.embedded import Embedded


def clean_up_at_the_end(home: Path) -> None:
    """Every server below the folder is down and the folder is gone, once whoever started this has ended."""
    sys.stdin.buffer.read()
    for lock in home.rglob("postmaster.pid"):
        Embedded(lock.parent.parent).stop()
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    clean_up_at_the_end(Path(sys.argv[1]))
