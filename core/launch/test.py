"""`./test`: the environment for tests, then pytest with the caller's arguments. The server comes from `tests.postgres`."""

import os
import sys

from core.launch.console import Progress, Stop, say
from core.launch.venv import PYTHON, ROOT, ensure_venv


def main(arguments: list[str]) -> int:
    """Become pytest, so that signals and the exit code are its own."""
    try:
        ensure_venv("test", Progress())
    except Stop as reason:
        say(f"test: {reason}")
        return 1
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
