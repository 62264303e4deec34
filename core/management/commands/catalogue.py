"""The message catalogues, without gettext's tools."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.catalogues import APPLICATIONS, compile_catalogues, problems, update_catalogue


class Command(BaseCommand):
    help = "Bring the Russian catalogues up to date with the code, keeping translations, and compile them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail on a missing, fuzzy or stale entry")

    def handle(self, *arguments: Any, check: bool, **options: Any) -> None:
        """The catalogues are up to date and compiled, or with --check they were; else CommandError names what is missing."""
        if not check:
            for application in APPLICATIONS:
                update_catalogue(application)
            compile_catalogues()
        found = [line for application in APPLICATIONS for line in problems(application)]
        for line in found:
            self.stderr.write(line)
        if found and check:
            raise CommandError(f"{len(found)} texts need attention: run `manage.py catalogue`, then translate")
        self.stdout.write(f"{len(found)} texts need a translation" if found else "Catalogues are complete.")
