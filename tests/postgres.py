"""The pytest plugin that comes first: it gives the tests a throw-away PostgreSQL and an environment, before settings are read.

With DATABASE_URL the tests use that server. Workers of xdist inherit what the first process made.
"""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from core.catalogues import compile_catalogues
from core.embedded import Embedded

# Ledger tables refuse TRUNCATE, which is how Django empties tables between tests that commit. Only a test connection may.
SESSION_OPTIONS = "-c core.allow_truncate=on"
FIRST_PROCESS = "PYTEST_XDIST_WORKER" not in os.environ
ENVIRONMENT = {
    "DEBUG": "1",
    "SANDBOX": "0",
    "APP_BASE_URL": "http://testserver",
    "PAYMENT_PROVIDER": "mock",
    "EMAIL_URL": "memorymail://",
    "OUTBOX_CONSUMER_SECRET": "first-consumer-of-the-tests-first-consumer-of-the-tests",
}


def prepare_environment() -> None:
    """Tests read no developer's environment: what they need is set, what they do not is gone."""
    os.environ.update(ENVIRONMENT)
    home = Path(tempfile.mkdtemp(prefix="marketplace-test-"))
    os.environ["UGC_HOME"] = str(home)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    if not os.environ.get("DATABASE_URL"):
        server = Embedded(home / "postgres", durable=False, connections_max=200)
        atexit.register(server.stop)  # registered last, so it runs before the folder goes
        server.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


if FIRST_PROCESS:
    compile_catalogues()
    prepare_environment()


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Every connection of the tests may truncate."""
    options = settings.DATABASES["default"]["OPTIONS"]
    if SESSION_OPTIONS not in options.get("options", ""):
        options["options"] = f"{options.get('options', '')} {SESSION_OPTIONS}".strip()
