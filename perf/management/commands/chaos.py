"""`manage.py chaos`: kill everything while people work, on a stage of its own, and prove that nothing was lost."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from perf.chaos import run
from perf.chaos.page import PAGE, write_page
from perf.chaos.stage import on_a_stage

ROOT = Path(__file__).resolve().parent.parent.parent.parent
INSIDE = "CHAOS_HOME"


class Command(BaseCommand):
    """Touches no database but its own, which is thrown away. The same seed kills the same processes in the same order."""

    help = "Kill web, workers and bot at random during a workload, and check that nothing is lost, doubled or reordered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        plan = run.Plan()
        parser.add_argument("--kills", type=int, default=plan.kills, help=f"how many processes are killed ({plan.kills})")
        parser.add_argument("--pairs", type=int, default=plan.pairs, help=f"how many brands and creators work at once ({plan.pairs})")
        parser.add_argument("--pause", type=float, default=plan.pause, help=f"seconds between two kills ({plan.pause})")
        parser.add_argument("--rest", type=float, default=plan.rest, help=f"seconds between two deals of a pair ({plan.rest})")
        parser.add_argument("--crashes", type=int, default=plan.crashes, help=f"how often the database crashes ({plan.crashes})")
        parser.add_argument("--cuts", type=int, default=plan.cuts, help=f"how often all connections are cut ({plan.cuts})")
        parser.add_argument("--seed", type=int, default=plan.seed)
        parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Ends with exit code 1, and the reasons, when something was lost, doubled or reordered."""
        if INSIDE not in os.environ:
            sys.exit(on_a_stage(INSIDE))
        plan = run.Plan(**{name: options[name] for name in ("kills", "pairs", "pause", "rest", "crashes", "cuts", "seed")})
        report = run.run(Path(os.environ[INSIDE]), plan)
        if options["write"] and not report.faults:
            write_page(report)
        self.stdout.write(json.dumps(report.as_dict(), indent=None if options["json"] else 2))
        if report.faults:
            raise CommandError("\n".join(report.faults[:20]))
