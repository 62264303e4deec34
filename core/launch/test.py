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
    os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *processes(arguments), *arguments])


def processes(arguments: list[str]) -> list[str]:
    """The whole suite runs in two processes, each with a database of its own; for a part of it that would only be a longer start."""
    names_a_part = any(not argument.startswith("-") for argument in arguments)
    chooses = any(argument.startswith(("-n", "--numprocesses", "--collect-only", "--pdb", "-k", "-m")) for argument in arguments)
    return [] if names_a_part or chooses else ["-n", "2"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
