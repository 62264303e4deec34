"""`manage.py perf_world`: fills an empty marketplace with a world to measure on."""

import argparse
import dataclasses
import time
from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from core.jobs.models import Job
from perf.deals import Deals
from perf.world import Size, World

COUNTS = [field.name for field in dataclasses.fields(Size)]


class Command(BaseCommand):
    help = "Fill an empty marketplace with jobs, applications and deals to measure on."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        for name in COUNTS:
            parser.add_argument(f"--{name}", type=int, default=getattr(Size, name))

    def handle(self, *args, **options) -> None:
        """The world stands, and the seconds it took are printed. Refused where jobs exist: nobody wants this beside real ones."""
        if Job.objects.exists():
            raise CommandError("There are jobs here already: the world goes into an empty database.")
        began = time.monotonic()
        make(Size(**{name: options[name] for name in COUNTS}), lambda step: self.stdout.write(f"{time.monotonic() - began:6.1f} s  {step}"))
        self.stdout.write(f"{time.monotonic() - began:6.1f} s  done")


def make(size: Size, report: Callable[[str], None]) -> None:
    """The world stands, made in one transaction, and the planner knows its statistics."""
    world = World(size)
    deals = Deals(world)
    steps = (world.write_people, world.write_jobs, world.write_applications, deals.write_money, deals.write_submissions)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        for step in steps:
            report(step.__name__.removeprefix("write_"))
            step()
    report("statistics")
    refresh_statistics()


def refresh_statistics() -> None:
    """The planner knows the new rows, and pages are marked as visible to all. Not inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
