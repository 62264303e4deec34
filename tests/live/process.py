"""The process `live` as it is served, over the test database, and readers of its streams."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
from django.conf import settings
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url() -> str:
    """The test database as an address."""
    where = settings.DATABASES["default"]
    password = f":{where['PASSWORD']}" if where.get("PASSWORD") else ""
    host = str(where.get("HOST") or "")
    if host.startswith("/"):
        return f"postgresql://{where['USER']}{password}@/{where['NAME']}?host={host.replace('/', '%2F')}"
    return f"postgresql://{where['USER']}{password}@{host}:{where.get('PORT') or 5432}/{where['NAME']}"


def conninfo(**also: Any) -> str:
    """The same as libpq spells it."""
    where = settings.DATABASES["default"]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return make_conninfo(**{ours: where.get(theirs) or None for ours, theirs in names.items()}, **also)


@dataclass
class Live:
    """A running process `live`."""

    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> Self:
        """It runs and answers."""
        environment = os.environ | {"DEBUG": "1", "DATABASE_URL": database_url()} | self.environment
        command = [sys.executable, "-W", "ignore", "manage.py", "run_live", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"live ended with {self.process.returncode}"
            try:
                if httpx.get(f"{self.url}/api/events", timeout=5).status_code == 401:
                    return self
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("live does not answer")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """It is gone. Returns its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=15)


@contextmanager
def live(**environment: str) -> Iterator[Live]:
    """A process of one test."""
    running = Live(free_port(), environment).start()
    try:
        yield running
    finally:
        running.stop(signal.SIGKILL)


@dataclass
class Told:
    """One event of a stream."""

    id: str
    type: str
    shown: dict[str, Any]


class Reader:
    """A reader of a stream, as a browser is one: it remembers the last id, and can come back."""

    def __init__(self, url: str, token: str, last_id: str = "") -> None:
        self.url = url
        self.token = token
        self.last_id = last_id
        self.comments = 0

    def read(self, *, seconds: float = 10) -> Iterator[Told]:
        """What is told on one connection, until it ends."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/event-stream"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        with httpx.stream("GET", f"{self.url}/api/events/stream", headers=headers, timeout=seconds) as response:
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            lines: dict[str, str] = {}
            for line in response.iter_lines():
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    lines[name] = value
                else:
                    self.last_id = lines.get("id", self.last_id)
                    if "data" in lines:
                        yield Told(lines.get("id", ""), lines.get("event", "message"), json.loads(lines["data"]))
                    lines = {}
