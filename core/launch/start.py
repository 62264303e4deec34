"""`./run` under the project's own Python: the database, then what the database needs, then the processes of the Procfile."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from core.launch.console import Progress, Stop, say
from core.launch.database import database
from core.launch.environment import base_url, complete_environment, is_developers
from core.launch.supervisor import Supervisor, read_procfile
from core.launch.venv import PYTHON, ROOT

HEALTH_SECONDS_MAX = 60
PORT_SECONDS_MAX = 3  # a server whose supervisor was just killed needs a moment to let go
SIGNAL_CODES = 128  # what a shell adds to the number of a signal
DEMO_ACCOUNTS = ("brand", "brand-b", "creator", "creator-b", "moderator", "finance", "finance-2", "admin")


class Interrupted(BaseException):
    """The person or the machine wants us to stop; carries the number of the signal."""


def main(arguments: list[str]) -> int:
    """Serve, or run one command in the same environment. Whatever was started is stopped again."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        environment = complete_environment(dict(os.environ))
        if arguments[:1] == ["manage"]:
            return manage(environment, arguments[1:])
        if arguments[:1] == ["smoke"]:
            return manage(environment, smoke_arguments(environment, arguments[1:]))
        return serve(environment)
    except Stop as reason:
        say(f"run: {reason}")
        return 1
    except Interrupted as stopped:
        return SIGNAL_CODES + stopped.args[0]


def interrupt(number: int, frame: object) -> None:
    raise Interrupted(number)


def manage(environment: dict[str, str], arguments: list[str]) -> int:
    """Run one Django command; its exit code is ours."""
    with database(environment, Progress(shown=False)):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the command, which shares the terminal
        command = subprocess.Popen([PYTHON, "manage.py", *arguments], cwd=ROOT, env=environment)
        try:
            return command.wait()
        except Interrupted:
            command.terminate()
            return command.wait()


def smoke_arguments(environment: dict[str, str], arguments: list[str]) -> list[str]:
    """Point smoke at the server that runs here, unless the caller names another."""
    if any(argument.startswith("--base-url") for argument in arguments):
        return ["smoke", *arguments]
    running = Path(environment["UGC_HOME"]) / "running.json"
    if not running.exists() or not is_locked(running.with_name("run.lock")):
        raise Stop("nothing runs on this data folder: start ./run in another terminal first, or give --base-url.")
    return ["smoke", "--base-url", json.loads(running.read_text())["base_url"], *arguments]


def serve(environment: dict[str, str]) -> int:
    """Start everything, say where it is, and stay until stopped. The database goes last."""
    progress = Progress()
    home = Path(environment["UGC_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    with only_one(home), database(environment, progress):
        require_free_ports(environment)
        prepare(environment, progress)
        supervisor = Supervisor(read_procfile(ROOT / "Procfile"), environment, ROOT)
        try:
            with progress(f"starting {', '.join(supervisor.commands)}"):
                supervisor.start()
                wait_for_health(supervisor, environment)
            (home / "running.json").write_text(json.dumps({"base_url": base_url(environment)}))
            say(screen(environment, progress.seconds))
            supervisor.watch()
        finally:
            say(f"\nstopping {', '.join(supervisor.commands)} …")
            supervisor.stop()
            (home / "running.json").unlink(missing_ok=True)
            say("stopping the database …" if not environment.get("DATABASE_URL") else "done")
    return 0


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Refuse a second `./run` on the same data: the first to stop would take the database from the other."""
    with (home / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Stop(f"./run already runs on {home}: stop it first, or set UGC_HOME to another folder.") from error
        yield


def is_locked(file: Path) -> bool:
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def require_free_ports(environment: dict[str, str]) -> None:
    """Refuse ports that somebody listens on, or an address that is not ours."""
    for name in ("PORT", "LIVE_PORT"):
        require_free_port(environment["HOST"], name, int(environment[name]))


def require_free_port(host: str, name: str, port: int) -> None:
    """Refuse this one."""
    deadline = time.monotonic() + PORT_SECONDS_MAX
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if time.monotonic() > deadline:
                    raise Stop(f"{host}:{port} cannot be listened on ({error.strerror}): set {name} or HOST to another.") from error
                time.sleep(0.2)
            else:
                return


def prepare(environment: dict[str, str], progress: Progress) -> None:
    """Schema, queue tables, texts, static files and demo rows are up to date."""
    command = subprocess.Popen([PYTHON, "manage.py", "prepare"], cwd=ROOT, env=environment, start_new_session=True, stdout=sys.stderr)
    try:
        code = command.wait()
    except Interrupted:
        os.killpg(command.pid, signal.SIGTERM)
        command.wait()
        raise
    if code != 0:
        raise Stop("not started; the reason is above.")


def wait_for_health(supervisor: Supervisor, environment: dict[str, str]) -> None:
    deadline = time.monotonic() + HEALTH_SECONDS_MAX
    url = f"{base_url(environment)}/api/health/ready"

    def is_ready() -> bool:
        answer = health(url, environment)
        if answer != "ready" and time.monotonic() > deadline:
            raise Stop(f"{url} is not ready after {HEALTH_SECONDS_MAX} s: {answer}")
        return answer == "ready"

    supervisor.watch(until=is_ready)


def health(url: str, environment: dict[str, str]) -> str:
    """Return "ready", or what the server says instead."""
    hosts = [host for host in environment.get("ALLOWED_HOSTS", "").split(",") if host and "*" not in host]
    try:
        answer = httpx.get(url, headers={"Host": hosts[0].lstrip(".")} if hosts else {}, timeout=5, trust_env=False)
    except httpx.HTTPError as error:
        return str(error)
    return "ready" if answer.status_code == 200 else f"{answer.status_code} {answer.text[:500]}"


def screen(environment: dict[str, str], seconds: float) -> str:
    """What a person wants to know now."""
    url = base_url(environment)
    lines = ["", f"Running, after {seconds:.1f} s.", ""]
    lines += [f"  API, to try in the browser   {url}/api/docs", f"  Backoffice                   {url}/backoffice/"]
    if is_developers(environment):
        lines += [
            "",
            "  Demo accounts                " + ", ".join(DEMO_ACCOUNTS[:4]),
            "                               " + ", ".join(DEMO_ACCOUNTS[4:]) + "   (all @example.com)",
            f"  Their password               {environment['DEMO_PASSWORD']}",
        ]
    lines += ["", "  Try next                     ./run smoke      a whole paid deal over HTTP, in another terminal"]
    if is_developers(environment):
        lines += [
            "                               backoffice as moderator, then finance: queues with something in them",
            "                               README.md        the same deal by hand with curl",
        ]
    return "\n".join([*lines, "", "  Ctrl+C stops everything.", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
