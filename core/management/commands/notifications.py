"""The page that lists every notice."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.notifications import catalogue


class Command(BaseCommand):
    help = "Write docs/notifications.md from the registry of notices."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is stale")

    def handle(self, *arguments: Any, check: bool, **options: Any) -> None:
        """The page says what the registry says. With --check it did before, or CommandError is raised."""
        written = catalogue.page()
        if check:
            if not catalogue.FILE.exists() or catalogue.FILE.read_text() != written:
                raise CommandError("docs/notifications.md is stale: run `manage.py notifications`")
            self.stdout.write("docs/notifications.md is up to date.")
            return
        catalogue.FILE.write_text(written)
        self.stdout.write(f"{catalogue.FILE.name}: {len(written.splitlines())} lines")
