"""`manage.py ledger_verify`: whether the books are right."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.money.selectors import ledger_faults


class Command(BaseCommand):
    """Checks every identity of the ledger at one moment. Prints what is wrong, and then ends with 1."""

    help = "Checks every identity of the ledger; ends with 1 and a list when one is broken."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--json prints one object for machines."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Raises CommandError, which is exit code 1, when there is a fault."""
        faults = ledger_faults()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not faults, "faults": [fault.as_row() for fault in faults]}, ensure_ascii=False))
        else:
            for fault in faults:
                self.stdout.write(f"{fault.subject}: {fault.found} ({fault.identity})")
        if faults:
            raise CommandError(f"The ledger is broken in {len(faults)} places.")
        if not options["json"]:
            self.stdout.write("The ledger is right.")
