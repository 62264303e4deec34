"""Everything between an empty database and a server that may start."""

import hashlib
import io
import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from huey.contrib.djhuey import HUEY

from core import demo
from core.catalogues import compile_catalogues
from core.consumers.services import ensure_first_consumer
from core.people.models import User


class Command(BaseCommand):
    help = "Bring the schema, the queue's tables, the texts, the static files and (with DEBUG) the demo rows up to date."
    requires_system_checks: list[str] = []  # handle() runs them all, those of the database too

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--wait is for a machine that starts before its database."""
        parser.add_argument("--wait", type=int, default=0, help="seconds to wait for the database (0)")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Everything is up to date. What was so before costs next to nothing."""
        self.wait_for_database(options["wait"])
        self.check(databases=["default"])
        self.timed("migrating", self.migrate)
        self.timed("compiling texts", self.compile_texts)
        self.timed("opening the pull API", self.open_pull)
        self.timed("collecting static files", self.collect_static)
        if settings.DEBUG and os.environ.get("DEMO_PASSWORD"):
            self.timed("seeding demo data", self.seed)

    def wait_for_database(self, seconds: int) -> None:
        """The database answers, or the time is over, and the checks say what is wrong with it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                connection.ensure_connection()
            except OperationalError:
                time.sleep(1)
            else:
                return

    def timed(self, step: str, work: Callable[[], object]) -> None:
        """Do the work and say how long it took."""
        began = time.monotonic()
        work()
        self.stdout.write(f"  {step}: {time.monotonic() - began:.1f} s")

    def migrate(self) -> None:
        """Models and queue have their tables."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        HUEY.storage.initialize_schema()

    def compile_texts(self) -> None:
        """Every catalogue has its compiled form."""
        compile_catalogues()

    def open_pull(self) -> None:
        """OUTBOX_CONSUMER_SECRET, as it is now, opens the pull API for the first consumer."""
        ensure_first_consumer(by=User.objects.system())

    def collect_static(self) -> None:
        """STATIC_ROOT holds the files of all applications, as they are now."""
        mark = Path(settings.STATIC_ROOT).with_suffix(".json")
        now = fingerprint_of_static_files()
        if mark.exists() and Path(settings.STATIC_ROOT).is_dir() and json.loads(mark.read_text()) == now:
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(json.dumps(now))

    def seed(self) -> None:
        """The demonstration stands, and opens with DEMO_PASSWORD. Eight slow hashes are not worked out again for the same password."""
        mark = Path(settings.UGC_HOME) / "seeded.json"
        now = hashlib.sha256(os.environ["DEMO_PASSWORD"].encode()).hexdigest()
        if mark.exists() and json.loads(mark.read_text()) == now and demo.is_seeded():
            return
        call_command("seed_demo", stdout=io.StringIO())
        mark.write_text(json.dumps(now))


def fingerprint_of_static_files() -> str:
    """A value that changes when a static file of any application is added, removed or edited."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
