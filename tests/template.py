"""Processes that test side by side copy their databases from one, so that the migrations run once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection
from django.test.utils import setup_databases

NAME = "template_of_tests"


def prepare_template() -> None:
    """The database that this process makes next is a copy. Whoever comes first makes the template, but not on somebody else's server."""
    if "PYTEST_XDIST_WORKER" not in os.environ or os.environ.get("DATABASE_URL"):
        return
    home = Path(os.environ["UGC_HOME"])
    with alone(home / "template.lock"):
        if not (home / "template").exists():
            make()
            (home / "template").touch()
    connection.settings_dict["TEST"]["TEMPLATE"] = NAME


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make() -> None:
    """The template stands, with nobody connected to it."""
    own, name = connection.settings_dict["TEST"]["NAME"], connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = NAME
    setup_databases(verbosity=0, interactive=False, aliases={DEFAULT_DB_ALIAS})
    connection.close()
    connection.settings_dict["TEST"]["NAME"], connection.settings_dict["NAME"] = own, name
