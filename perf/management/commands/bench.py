"""`manage.py bench`: ours beside the floor, on the production server, in one run."""

import argparse
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from perf.bench import recording, report
from perf.bench.run import Plan, Side, measure
from perf.bench.scenarios import People, reads, writes
from perf.bench.server import parent_of, production, serve

FUNDED = 20_000


class Command(BaseCommand):
    help = "Measure the API beside a bare handler with the same SQL, over the world of perf_world, and write docs/perf/bench.md."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=Plan.seconds, help="length of a round")
        parser.add_argument("--rounds", type=int, default=Plan.rounds)
        parser.add_argument("--only", action="append", default=[], help="a scenario by name; may be repeated")

    def handle(self, *args, **options) -> None:
        """The page is written. Refused outside a measured world: the run leaves sessions, applications and deals behind."""
        if not connection.settings_dict["NAME"].startswith(("perf", "marketplace")) or not is_measured_world():
            raise CommandError("bench runs on the world of `manage.py perf_world` only: it writes rows that nobody wants elsewhere.")
        settings.PAYMENT_PROVIDER = "mock"  # fills the wallets of the measured brands
        settings.THROTTLE_MULTIPLIER = 1_000_000
        settings.ALLOWED_HOSTS = ["*"]
        environment = production()
        settings.CURSOR_SECRET = environment["CURSOR_SECRET"]  # page 5,000 is found here and asked for there
        plan = Plan(rounds=options["rounds"], seconds=options["seconds"])
        self.stdout.write("preparing people and deals …")
        people = People()
        scenarios = [each for each in [*reads(people), *writes(people, FUNDED)] if not options["only"] or each.name in options["only"]]
        with tempfile.TemporaryDirectory() as folder:
            recorded = Path(folder) / "recordings"
            recording.save({scenario.name: scenario.record() for scenario in scenarios}, recorded)
            floor_environment = {"BENCH_RECORDINGS": str(recorded), "BENCH_DSN": connection_string()}
            with serve("core.wsgi:application", environment) as ours, serve("perf.bench.floor:application", floor_environment) as floor:
                database = postmaster()
                sides = [Side(address, process, database) for address, process in (ours, floor)]
                results = list(measure(scenarios, sides[0], sides[1], plan, self.stdout.write))
        self.stdout.write(f"written: {report.write(results, plan)}")


def is_measured_world() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM core_user WHERE email LIKE '%@world.invalid')")
        return bool(cursor.fetchone()[0])


def postmaster() -> int | None:
    """The database's first process, when it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return parent_of(cursor.fetchone()[0])


def connection_string() -> str:
    chosen = connection.settings_dict
    parts = {
        "host": chosen["HOST"],
        "port": chosen["PORT"],
        "user": chosen["USER"],
        "password": chosen["PASSWORD"],
        "dbname": chosen["NAME"],
    }
    return " ".join(f"{name}='{value}'" for name, value in parts.items() if value) + f" application_name='floor {os.getpid()}'"
