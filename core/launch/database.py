"""The database under `./run`: the one of DATABASE_URL, or the embedded one for as long as somebody uses it."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import psycopg

from core.database_url import connection_parameters
from core.embedded import Embedded, EmbeddedError
from core.launch.console import Progress, Stop

VERSION_MIN = 150_000


@contextlib.contextmanager
def database(environment: dict[str, str], progress: Progress) -> Iterator[None]:
    """A database answers inside the block. The last one who leaves stops the embedded server."""
    if address := environment.get("DATABASE_URL"):
        with progress("reaching the database of DATABASE_URL"):
            require_reachable(address)
        yield
        return
    server = Embedded(Path(environment["UGC_HOME"]) / "postgres")
    server.root.mkdir(parents=True, exist_ok=True)
    with (server.root / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with progress("starting PostgreSQL"):
                start(server)
            yield
        finally:
            stop_when_last(server, users.fileno())


def start(server: Embedded) -> None:
    try:
        server.start()
    except (EmbeddedError, OSError) as error:
        raise Stop(str(error)) from error


def stop_when_last(server: Embedded, users: int) -> None:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server.stop()


def require_reachable(address: str) -> None:
    """Refuse, in one line and without the password, a server that is not there, says no or is too old."""
    try:
        parameters = connection_parameters(address)
    except ValueError as error:
        raise Stop(str(error)) from error
    try:
        with psycopg.connect(**{"connect_timeout": 5} | parameters) as connection:
            version = connection.info.server_version
            place = connection.info.host
    except (psycopg.Error, UnicodeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise Stop(f"DATABASE_URL cannot be reached: {reason}") from error
    if version < VERSION_MIN:
        raise Stop(f"The PostgreSQL at {place} is version {version // 10_000}; 15 or newer is needed.")
