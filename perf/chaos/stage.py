"""A marketplace of its own to be broken: a database, two web workers, two carriers, a bot, and a Telegram on this machine."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Self

import psycopg

from bot.loopback import LoopbackServer
from core.embedded import DATABASE, ROLE, Embedded
from core.launch.supervisor import read_procfile

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "chaos-horse-battery-9"  # noqa: S105 - of a database that is thrown away
CONSUMER_SECRET = "consumer-of-the-chaos-consumer-of-the-chaos-consumer"  # noqa: S105 - the same


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home: Path, database: Embedded, port: int) -> dict[str, str]:
    """What every process of the stage is told. Nothing of the caller's own settings is left."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PG_BINDIR") if name in os.environ}
    return kept | {
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "1",
        "LOG_LEVEL": "WARNING",
        "UGC_HOME": str(home),
        "DATABASE_URL": f"postgresql://{ROLE}@/{DATABASE}?host={str(database.socket_folder).replace('/', '%2F')}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LIVE_PORT": str(free_port()),
        "APP_BASE_URL": f"http://127.0.0.1:{port}",
        "DEMO_PASSWORD": PASSWORD,
        "THROTTLE_MULTIPLIER": "100000",
        "PAYMENT_PROVIDER": "mock",
        "EMAIL_URL": "dummymail://",
        "OUTBOX_CONSUMER_SECRET": CONSUMER_SECRET,
        "TELEGRAM_BOT_NAME": "loopback_bot",
    }


def on_a_stage(inside: str) -> int:
    """The exit code of this same command, run with a database of its own that is gone afterwards; `inside` names the folder to it."""
    home = Path(tempfile.mkdtemp(prefix="marketplace-stage-"))
    home.chmod(0o711)
    database = Embedded(home / "postgres")
    try:
        database.start()
        told = environment(home, database, free_port()) | {inside: str(home)}
        done = subprocess.run([sys.executable, *sys.argv], env=told, cwd=ROOT, check=False)
        if done.returncode:
            for log in sorted(home.glob("*.log")):
                print(f"── {log.name}\n{log.read_text(errors='replace')[-2000:]}", file=sys.stderr)
        return done.returncode
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)


def telegram_of(server: LoopbackServer) -> dict[str, str]:
    """What the processes are told of Telegram."""
    return {"TELEGRAM_BOT_TOKEN": server.token, "TELEGRAM_API_URL": server.url}


class Stage:
    """The processes, each started again as soon as it is gone. Use it as a context manager, in the stage's own environment."""

    def __init__(self, home: Path, names: tuple[str, ...]) -> None:
        self.home = home
        commands = read_procfile(ROOT / "Procfile")
        self.commands = {name: commands[name.partition("-")[0]] for name in names}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: dict[str, int] = dict.fromkeys(names, 0)
        self.lock = threading.Lock()
        self.is_over = threading.Event()

    def __enter__(self) -> Self:
        for name in self.commands:
            self._start(name)
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.is_over.set()
        with self.lock:
            for process in self.processes.values():
                self._signal(process, signal.SIGTERM)
            end = time.monotonic() + 40
            for process in self.processes.values():
                try:
                    process.wait(max(0.1, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    self._signal(process, signal.SIGKILL)

    def kill(self, name: str) -> None:
        """The process and all its children are gone at this instant, and will be started again."""
        with self.lock:
            self._signal(self.processes[name], signal.SIGKILL)
            self.processes[name].wait()
            self.kills[name] += 1
            self._start(name)

    def _watch(self) -> None:
        while not self.is_over.wait(0.3):
            with self.lock:
                for name, process in list(self.processes.items()):
                    if process.poll() is not None and not self.is_over.is_set():
                        self._start(name)

    def _start(self, name: str) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                ["sh", "-c", f"exec {self.commands[name]}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
                env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            )

    @staticmethod
    def _signal(process: subprocess.Popen[Any], number: signal.Signals) -> None:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return


class Crashes(threading.Thread):
    """Meanwhile the database falls over, connections are cut, and the queue is emptied: each a few times, evenly spread."""

    def __init__(self, database: Embedded, *, crashes: int, cuts: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self.database = database
        acts = [self.crash] * crashes + [self.cut] * cuts + [self.empty_queue]
        self.acts = random.Random(len(acts)).sample(acts, len(acts))
        self.pause = seconds / (len(acts) + 1)
        self.done: list[str] = []

    def run(self) -> None:
        for act in self.acts:
            time.sleep(self.pause)
            act()
            self.done.append(act.__name__)

    def crash(self) -> None:
        """The server dies without a word, and recovers from its log."""
        os.kill(int((self.database.data / "postmaster.pid").read_text().split("\n")[0]), signal.SIGQUIT)
        while self.database.is_up:
            time.sleep(0.05)
        self.database.start()

    def cut(self) -> None:
        """Every connection but ours is closed by the server."""
        with self._connected() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
            )

    def empty_queue(self) -> None:
        """The queue has forgotten everything."""
        with self._connected() as connection:
            connection.execute("DELETE FROM huey_task")
            connection.execute("DELETE FROM huey_schedule")

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.database.socket_folder), user=ROLE, dbname=DATABASE, autocommit=True)


class Killer(threading.Thread):
    """Kills one of them at random moments, until so many are killed. The same seed kills in the same order."""

    def __init__(self, stage: Stage, *, kills: int, seed: int, pause: float) -> None:
        super().__init__(daemon=True)
        self.stage, self.kills, self.pause = stage, kills, pause
        self.random = random.Random(seed)

    def run(self) -> None:
        names = list(self.stage.commands)
        for _ in range(self.kills):
            time.sleep(self.pause * self.random.uniform(0.5, 1.5))
            self.stage.kill(self.random.choice(names))
