"""The servers that are measured: the same granian with the same options, one with ours, one with the floor."""

import base64
import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS_MAX = 30


def web_command() -> str:
    """The Procfile's own line for the web server."""
    for line in (ROOT / "Procfile").read_text().splitlines():
        if line.startswith("web:"):
            return line.removeprefix("web:").strip()
    raise LookupError("the Procfile has no web process")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def production() -> dict[str, str]:
    """What a server needs to start without DEBUG: secrets of its own, good for this run."""
    names = ("SECRET_KEY", "CURSOR_SECRET", "HUEY_SECRET", "TELEGRAM_BINDING_PEPPER", "OUTBOX_CONSUMER_SECRET")
    keys = ("PAYOUT_DETAILS_KEY", "WEBHOOK_SECRETS_KEY", "SECOND_FACTOR_KEY")
    made = {name: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for name in keys}
    return (
        made
        | {name: secrets.token_urlsafe(48) for name in names}
        | {
            "DEBUG": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "APP_BASE_URL": "http://127.0.0.1",
            "THROTTLE_MULTIPLIER": "1000000",
        }
    )


@contextlib.contextmanager
def serve(application: str, environment: dict[str, str]) -> Iterator[tuple[tuple[str, int], int]]:
    """Run the server; gives its address and process id, and ends it."""
    port = free_port()
    command = os.path.expandvars(web_command().replace("core.wsgi:application", application))
    variables = (
        os.environ | environment | {"HOST": "127.0.0.1", "PORT": str(port), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    )
    process = subprocess.Popen(["sh", "-c", f"exec {command}"], cwd=ROOT, env=variables)
    try:
        wait_for(port, process)
        yield ("127.0.0.1", port), process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start; it ended with {process.returncode}")


def processor_seconds(parent: int) -> float:
    """Processor time that this process and all below it have used, those that ended included."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
        used[int(folder.name)] = sum(map(int, fields[11:15])) / TICKS
    total, waiting = 0.0, [parent]
    while waiting:
        process = waiting.pop()
        total += used.get(process, 0.0)
        waiting += children.get(process, [])
    return total


def parent_of(process: int) -> int | None:
    """The process that started this one, if it runs on this machine."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
