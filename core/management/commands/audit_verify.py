"""`manage.py audit_verify`: whether the audit trail is what it was when it was written."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit.chain.selectors import FAULTS, AuditFault, Head, audit_faults, head, knows
from core.audit.chain.services import seal_entries

NOTED = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def noted(text: str) -> Head:
    """The seal that somebody wrote down."""
    found = NOTED.fullmatch(text.strip().lower())
    if found is None:
        raise ArgumentTypeError("write it as the command prints it, POSITION:DIGEST")
    return Head(int(found[1]), found[2])


class Command(BaseCommand):
    """Seals what waits, walks the whole chain, and names the first broken entry. Then it ends with 1."""

    help = "Checks every entry of the audit trail against its seal; ends with 1 and names the first broken one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--json prints one object; --expect compares with the end of the chain as an earlier call printed it."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--expect", type=noted, metavar="POSITION:DIGEST", help="a seal that was written down earlier")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Raises CommandError, which is exit code 1, when there is a fault."""
        seal_entries()
        faults, last = audit_faults(), head()
        expected = options["expect"]
        if expected is not None and not knows(expected):
            faults.append(AuditFault(entry_id=None, position=expected.position, fault="HEAD"))
        if options["json"]:
            shown = {"ok": not faults, "faults": [fault.as_row() for fault in faults], "head": str(last)}
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
        else:
            for fault in faults:
                self.stdout.write(f"entry {fault.entry_id or '–'}, seal {fault.position or '–'}: {FAULTS[fault.fault]}")
        if faults:
            raise CommandError(f"The audit trail is broken: first at entry {faults[0].entry_id}, seal {faults[0].position}.")
        if not options["json"]:
            self.stdout.write(f"The audit trail is right. Its last seal is {last}; keep it elsewhere and pass it as --expect.")
