"""`manage.py bench_outbox`: how fast parcels leave, beside a bare loop in the same run."""

import os
import platform
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from bot.loopback import LoopbackServer
from core.base import clock
from perf.bench import outbox
from perf.chaos.stage import Stage, on_a_stage, telegram_of

PAGE = Path(__file__).resolve().parent.parent.parent.parent / "docs" / "perf" / "outbox.md"
INSIDE = "BENCH_HOME"
PARTS = {"drain": outbox.drain, "floor": outbox.drain_floor}


class Command(BaseCommand):
    """Touches no database but its own. What counts are the ratios: the machine may be busy."""

    help = "Measure the carrier: parcels a second with one worker and two, and the time from a commit to the call."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=3, help="how often each rate is measured (3)")
        parser.add_argument("--write", action="store_true", help="write docs/perf/outbox.md")
        parser.add_argument("--part", choices=PARTS, help="for the bench itself: one process of a rate")

    def handle(self, *arguments: Any, **options: Any) -> None:
        if options["part"]:
            self.one_process(options["part"])
            return
        if INSIDE not in os.environ:
            sys.exit(on_a_stage(INSIDE))
        call_command("prepare", verbosity=0)
        ours, floor = outbox.rates(options["rounds"])
        with LoopbackServer() as telegram:
            os.environ.update(telegram_of(telegram))
            with Stage(Path(os.environ[INSIDE]), ("worker",)):
                waited = outbox.latency(telegram)
        page = page_of(ours, floor, waited)
        self.stdout.write(page)
        if options["write"]:
            PAGE.write_text(page)

    def one_process(self, part: str) -> None:
        """Says that it is ready, and begins when it is told."""
        self.stdout.write("ready")
        self.stdout.flush()
        sys.stdin.readline()
        PARTS[part]()


def page_of(ours: outbox.Rate, floor: outbox.Rate, waited: outbox.Latency) -> str:
    """The page, with what was measured."""
    where = f"{clock.now():%Y-%m-%d}, {os.cpu_count()} cores with the database on them, Python {platform.python_version()}"
    return f"""# Parcels: how fast they leave

Written by `./run manage bench_outbox --write`. {where}.

## Parcels a second

{outbox.PARCELS:,} parcels for as many recipients; the sender sends nothing, so that the carrier is all that is measured: claim,
lease, mark, settle, attempt log. The bare loop claims and settles rows of two columns with `SKIP LOCKED`, {outbox.BATCH} at a time,
and does nothing else.

| | one process | two | two against one |
|---|---|---|---|
| carrier | {ours.one:,.0f} | {ours.two:,.0f} | {ours.two / ours.one:.2f} |
| bare loop | {floor.one:,.0f} | {floor.two:,.0f} | {floor.two / floor.one:.2f} |
| carrier against bare loop | {ours.one / floor.one:.2f} | {ours.two / floor.two:.2f} | |

## From the commit to the call

One notice after the other, each to another chat, while nothing else happens; from the commit of the verb to the arrival of the call at a
Bot API server on the same machine: the wake-up through the queue, the claim, the text, the pace, HTTP.

| calls | p50 | p99 |
|---|---|---|
| {waited.calls} | {waited.p50:.0f} ms | {waited.p99:.0f} ms |
"""
