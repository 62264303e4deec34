"""`manage.py seed_demo`: a small marketplace to look at. Once, and never where money is real."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import demo


class Command(BaseCommand):
    help = "Make the demonstration accounts, jobs and deals, once. The password comes from DEMO_PASSWORD. Refused without DEBUG."

    def handle(self, *args, **options) -> None:
        """The demonstration stands and opens with DEMO_PASSWORD, however often this is run."""
        if not settings.DEBUG:
            raise CommandError("seed_demo makes accounts with a known password: it runs with DEBUG=1 only.")
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("Set DEMO_PASSWORD: it opens every account of the demonstration.")
        if demo.is_seeded():
            demo.renew_passwords(password)
            self.stdout.write("the demonstration is there already")
            return
        demo.seed(password)
        self.stdout.write("the demonstration stands")
