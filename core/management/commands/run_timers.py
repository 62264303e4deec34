"""`manage.py run_timers`: every clock whose time has come does what it leads to, now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.clockwork import TURN_MAX, run_due


class Command(BaseCommand):
    """One turn of the clocks, as the worker takes it each minute. Safe beside the worker, and any number of times."""

    help = "Runs every timer that is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--limit stops after so many."""
        parser.add_argument("--limit", type=int, default=TURN_MAX, help=f"how many at most ({TURN_MAX})")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Prints each clock that ended, with the moment at which it was due."""
        for timer in run_due(options["limit"]):
            self.stdout.write(f"{timer.due_at.isoformat()} {timer.kind} {timer.subject_id}")
