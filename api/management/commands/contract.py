"""The page that describes the contract."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from api.contract import FILE, page


class Command(BaseCommand):
    help = "Write docs/contract.md from the code: routes, codes, refusals, events, states."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is stale")

    def handle(self, *arguments: Any, check: bool, **options: Any) -> None:
        """The page says what the code does. With --check it did before, or CommandError is raised."""
        written = page()
        if check:
            if not FILE.exists() or FILE.read_text() != written:
                raise CommandError("docs/contract.md is stale: run `manage.py contract`")
            self.stdout.write("docs/contract.md is up to date.")
            return
        FILE.write_text(written)
        self.stdout.write(f"{FILE.name}: {len(written.splitlines())} lines")
