"""`manage.py bench_live`: five hundred idle listeners, and what they cost."""

import os
import platform
import statistics
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.base import clock
from perf.bench import live
from perf.bench.server import wait_for
from perf.chaos.stage import Stage, on_a_stage

PAGE = Path(__file__).resolve().parent.parent.parent.parent / "docs" / "perf" / "live.md"
INSIDE = "BENCH_HOME"
MEBIBYTE = 1024 * 1024


class Command(BaseCommand):
    """Touches no database but its own. What counts are differences and ratios: the machine may be busy."""

    help = "Measure idle listeners: memory of the process live, what is left of the API, and the time from a commit to a listener."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--listeners", type=int, default=500)
        parser.add_argument("--rounds", type=int, default=5)
        parser.add_argument("--seconds", type=float, default=3.0)
        parser.add_argument("--write", action="store_true", help="write docs/perf/live.md")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """The page is told, and written when that is asked for."""
        if INSIDE not in os.environ:
            sys.exit(on_a_stage(INSIDE))
        call_command("prepare", verbosity=0)
        tokens, talk = live.people(options["listeners"])
        with Stage(Path(os.environ[INSIDE]), ("web", "worker", "live")) as stage:
            web, streams = live.address_of("PORT"), live.address_of("LIVE_PORT")
            for name, (_, port) in (("web", web), ("live", streams)):
                wait_for(port, stage.processes[name])
            time.sleep(5)
            processes = {name: process.pid for name, process in stage.processes.items()}
            found = live.rounds(
                (web, processes["web"]), (streams, processes["live"]), tokens, count=options["rounds"], seconds=options["seconds"]
            )
            waited = live.latencies(streams, tokens, talk)
        page = page_of(found, waited, options)
        self.stdout.write(page)
        if options["write"]:
            PAGE.write_text(page)


def page_of(found: live.Rounds, waited: list[float], options: dict[str, Any]) -> str:
    """The page, with what was measured."""
    low, high = (statistics.median(found.memory[listening]) / MEBIBYTE for listening in (False, True))
    most = (max(found.memory[True]) - min(found.memory[False])) / MEBIBYTE
    first = [found.memory[listening][0] / MEBIBYTE for listening in (False, True)]
    speed = [statistics.median(found.per_second[listening]) for listening in (False, True)]
    web = [statistics.median(found.web_ms[listening]) for listening in (False, True)]
    return f"""# Live updates

Written by `./run manage bench_live --write` on {clock.now():%Y-%m-%d}: {os.cpu_count()} processors, which the database, the servers,
the client and whatever else ran at the time shared (load average {os.getloadavg()[1]:.0f}); Python {platform.python_version()}.
The processes are those of the Procfile.

{options["listeners"]} people have a stream open (`GET /api/events/stream` of the process `live`) and nothing happens to them. Meanwhile
{live.CONNECTIONS} connections ask the web server for `GET /api/me`. Rounds of {options["seconds"]:g} s without and with the listeners
took turns, {options["rounds"]} of each; a ratio is the median
of the rounds' ratios, and the range shows how much of it is the machine's other work.

| What | Without | With | |
|---|---:|---:|---|
| Resident memory of `live`, MiB | {low:.1f} | {high:.1f} | {high - low:+.1f}; {most:+.1f} from the least to the most of all rounds |
| The same in the first round, MiB | {first[0]:.1f} | {first[1]:.1f} | {first[1] - first[0]:+.1f}: later rounds use again what was freed |
| Requests per second | {speed[0]:,.0f} | {speed[1]:,.0f} | {spread(found.ratios("per_second"))} |
| Processor time of the web server per request, ms | {web[0]:.2f} | {web[1]:.2f} | {spread(found.ratios("web_ms"))} |
| Processor time of `live`, of one processor | | {100 * statistics.median(found.live_load):.1f} % | heartbeats, sessions, a look a second |
| Backends idle in a transaction | | {found.in_transaction} | of {found.connected} connections of all processes |

How soon a reader hears: from the commit of a message to its id at the reader's socket, through the queue, the worker, the sequencer and
`live`, with all the others listening. {len(waited)} messages, one after the other: p50 **{share(waited, 0.5):.0f} ms**,
p99 **{share(waited, 0.99):.0f} ms**, longest {waited[-1]:.0f} ms.
"""


def spread(ratios: list[float]) -> str:
    """The ratio of a round in the middle, and where the middle half of them lie."""
    quarter = len(ratios) // 4
    return f"ratio **{statistics.median(ratios):.2f}**, half of the rounds {ratios[quarter]:.2f}-{ratios[-1 - quarter]:.2f}"


def share(ordered: list[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
