"""`manage.py health worker`: whether a process of this machine is well, from the file that it writes."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from outbox import health


def tell(command: BaseCommand, name: str, *, whole: bool) -> None:
    """What the process last said is printed, the whole of it or in one line. Exits 1 when it is missing, stale or failing."""
    facts = health.read(name)
    found = health.faults(facts)
    if whole and facts is not None:
        command.stdout.write(json.dumps(facts | {"faults": found}, indent=2))
    else:
        command.stdout.write(f"{name}: {'OK' if not found else ' '.join(found)}")
    if found:
        sys.exit(1)


class Command(BaseCommand):
    """Asks no database, so that it answers while there is none."""

    help = "Exits 1 when the process is missing, stale or failing; --print shows what it wrote."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name of the process, and --print."""
        parser.add_argument("name", help="worker, bot or live")
        parser.add_argument("--print", action="store_true", dest="whole", help="the whole file, and what is wrong")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """One line, or the file."""
        tell(self, options["name"], whole=options["whole"])
