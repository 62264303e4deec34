"""The pytest plugin that comes first: it gives the tests a throw-away PostgreSQL and an environment, before settings are read.

With DATABASE_URL the tests use that server. Workers of xdist inherit what the first process made.
"""

import atexit
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from core.catalogues import ROOT, compile_catalogues
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
    "METRICS_TOKEN": "metrics-token-of-the-tests-metrics-token-of-the-tests",
    "OUTBOX_CONSUMER_SECRET": "first-consumer-of-the-tests-first-consumer-of-the-tests",
}


def prepare_environment() -> None:
    """Tests do not depend on a developer's environment; what they make is gone after them."""
    os.environ.update(ENVIRONMENT)
    home = Path(tempfile.mkdtemp(prefix="marketplace-test-"))
    home.chmod(0o711)  # where root cannot start PostgreSQL under a name of its own, nobody has to get in
    os.environ["UGC_HOME"] = str(home)
    (home / "static").mkdir()  # the web server's middleware looks for it
    set_guardian(home)
    if not os.environ.get("DATABASE_URL"):
        Embedded(home / "postgres", durable=False, connections_max=200).start()


def set_guardian(home: Path) -> None:
    """Whatever becomes of this process, another one cleans up."""
    guardian = subprocess.Popen(
        [sys.executable, "-m", "tests.guardian", str(home)], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
    )
    atexit.register(guardian.communicate)  # closes its input and waits


if FIRST_PROCESS:
    compile_catalogues()
    prepare_environment()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Every connection of the tests may truncate, hashing a password takes no time, and what tests write goes away in the end."""
    if FIRST_PROCESS and not config.option.basetemp:
        config.option.basetemp = Path(os.environ["UGC_HOME"], "written")
    settings.PASSWORD_HASHERS = ["tests.hashers.QuickHasher", *settings.PASSWORD_HASHERS[1:]]
    options = settings.DATABASES["default"]["OPTIONS"]
    if SESSION_OPTIONS not in options.get("options", ""):
        options["options"] = f"{options.get('options', '')} {SESSION_OPTIONS}".strip()
