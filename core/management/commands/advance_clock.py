"""`manage.py advance_clock`: the sandbox's clock goes forward."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.base import clock
from core.base.errors import Refusal
from core.sandbox.services import advance_clock


class Command(BaseCommand):
    """Moves the clock and runs every timer on the way, each at its own hour. Ends with 1 outside a sandbox."""

    help = "Moves the clock of a sandbox forward (SANDBOX=1), and runs every timer that comes due on the way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far: --days, --hours, --seconds, together."""
        for unit in ("days", "hours", "seconds"):
            parser.add_argument(f"--{unit}", type=float, default=0.0, help=f"so many {unit}")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Prints each timer that ran out, and where the clock stands. Raises CommandError when it cannot be moved."""
        far = timedelta(days=options["days"], hours=options["hours"], seconds=options["seconds"])
        try:
            done = advance_clock(to=clock.now() + far)
        except Refusal as refusal:
            raise CommandError("The clock was not moved: it needs SANDBOX=1, and goes forward by ten years at most.") from refusal
        for timer in done.fired:
            self.stdout.write(f"{timer.due_at.isoformat()} {timer.kind} {timer.subject_id}")
        self.stdout.write(f"It is now {done.now.isoformat()}.")
