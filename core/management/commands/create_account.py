"""`manage.py create_account`: the first member of staff of a new installation, and accounts to check it with."""

import argparse
import os

from django.core.management.base import BaseCommand, CommandError

from core.base.errors import Refusal
from core.people.accounts.operator import ROLES, create_account
from core.people.errors import EmailTaken
from core.people.policies import CAPABILITIES


class Command(BaseCommand):
    help = "Make an account with a confirmed address. The password is read from the environment variable ACCOUNT_PASSWORD."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", choices=[str(role) for role in ROLES], default="STAFF")
        parser.add_argument("--name", default="")
        parser.add_argument("--can", action="append", choices=CAPABILITIES, default=[], help="a capability of staff; may be repeated")
        parser.add_argument("--superuser", action="store_true", help="every capability; for the owner, not for daily work")
        parser.add_argument("--if-missing", action="store_true", help="an account that is there already is fine")

    def handle(self, *args, **options) -> None:
        """The account stands. Ends with one line and exit code 1 when it cannot."""
        password = os.environ.get("ACCOUNT_PASSWORD", "")
        if not password:
            raise CommandError("Set ACCOUNT_PASSWORD: a password on the command line would be seen by everybody on this machine.")
        try:
            create_account(
                email=options["email"],
                password=password,
                role=options["role"],
                name=options["name"],
                capabilities=options["can"],
                superuser=options["superuser"],
            )
        except EmailTaken as taken:
            if not options["if_missing"]:
                raise CommandError(f"{options['email']} has an account already.") from taken
            self.stdout.write(f"{options['email']} is there already")
        except Refusal as refusal:
            fields = getattr(refusal, "fields", {})
            raise CommandError("; ".join([refusal.text(), *(f"{name}: {' '.join(texts)}" for name, texts in fields.items())])) from refusal
        else:
            self.stdout.write(f"{options['email']} has an account")
