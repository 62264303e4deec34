"""`./run`: make what is missing with any Python, then go on with the project's own."""

import os

from core.launch.console import Progress, Stop, say
from core.launch.venv import PYTHON, ROOT, ensure_venv

USAGE = """./run                 start everything: database, web, worker, bot, live
./run manage …        a Django command in the same environment
./run smoke [--json]  walk through the running server over HTTP
Environment: PORT, HOST, UGC_HOME, DATABASE_URL, DEBUG, DEMO_PASSWORD; .env.example has all of it."""


def main(arguments: list[str]) -> int:
    """Become `core.launch.start` under `.venv`, or say in one line why not."""
    if arguments and arguments[0] not in ("manage", "smoke"):
        say(USAGE)
        return 0 if arguments[0] in ("-h", "--help", "help") else 2
    try:
        ensure_venv("run", Progress())
    except Stop as reason:
        say(f"run: {reason}")
        return 1
    except KeyboardInterrupt:
        say("\nrun: stopped")
        return 130
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "core.launch.start", *arguments])
