"""The processes of the Procfile: started together, kept alive, their lines passed on, stopped together."""

import ctypes
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from core.launch.console import Stop, say

STOP_SECONDS_MAX = 35  # longer than a worker's own patience with its last task
RESTARTS_MAX = 5
RESTARTS_WINDOW_SECONDS = 60
NOTHING_TO_DO = (0, 78)  # done, and EX_CONFIG: as it is set up, there is nothing for it to do
ESSENTIAL = ("web", "worker")  # these never end by themselves; another process may, when it has nothing to do here
PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


def read_procfile(file: Path) -> dict[str, str]:
    """Return name → command."""
    lines = (line for line in file.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return {name.strip(): command.strip() for name, _, command in (line.partition(":") for line in lines)}


def follow_parent() -> None:
    """A child of a killed supervisor stops too, instead of keeping the port. Linux only; elsewhere it is left behind."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    try:
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
    except (OSError, AttributeError):
        return


class Supervisor:
    """Runs commands until it is told to stop."""

    def __init__(self, commands: dict[str, str], environment: dict[str, str], folder: Path) -> None:
        self.commands = commands
        self.environment = environment
        self.folder = folder
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.restarts: dict[str, list[float]] = {name: [] for name in commands}
        self.width = max(map(len, commands))
        self.outputs = selectors.DefaultSelector()

    def start(self) -> None:
        """Every command runs."""
        for name in self.commands:
            self._start_one(name)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Pass lines on and restart what dies, until `until` is true. A command that keeps dying ends the watch with Stop.

        A command that is not essential and ends with 0 or 78 has said that there is nothing for it to do: it is left alone.
        """
        checked = 0.0
        while True:
            self._pass_lines(timeout=0.2)
            self._restart_dead()
            if time.monotonic() - checked > 0.2:
                if until():
                    return
                checked = time.monotonic()

    def stop(self) -> None:
        """No child runs: asked first, killed when it does not listen or when the person asks twice."""
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_number, lambda *_: self._signal(signal.SIGKILL))
        self._signal(signal.SIGTERM, whole_group=False)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while any(child.poll() is None for child in self.children.values()):
            self._pass_lines(timeout=0.05)
            if time.monotonic() > deadline:
                say(f"  not stopped within {STOP_SECONDS_MAX} s: killed")
                self._signal(signal.SIGKILL)
                deadline += STOP_SECONDS_MAX
        self._signal(signal.SIGKILL)  # what a dead parent may have left in its group
        self._pass_lines(timeout=0)

    def _start_one(self, name: str) -> None:
        child = subprocess.Popen(
            ["sh", "-c", f"exec {self.commands[name]}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,  # Ctrl+C reaches the supervisor only, which stops things in order
            preexec_fn=follow_parent,  # noqa: PLW1509  this process has one thread
        )
        self.children[name] = child
        assert child.stdout is not None
        os.set_blocking(child.stdout.fileno(), False)
        self.outputs.register(child.stdout, selectors.EVENT_READ, name)

    def _pass_lines(self, timeout: float) -> None:
        for key, _ in self.outputs.select(timeout):
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment]
            written = stream.read(65536)
            if not written:
                self.outputs.unregister(stream)
                stream.close()
                continue
            for line in written.decode(errors="replace").splitlines():
                say(f"{key.data:<{self.width}} | {line}")

    def _restart_dead(self) -> None:
        for name, child in list(self.children.items()):
            if child.poll() is None:
                continue
            self._signal_group(child, signal.SIGKILL)
            if child.returncode in NOTHING_TO_DO and name not in ESSENTIAL:
                say(f"{name:<{self.width}} | ended by itself; not started again")
                del self.children[name]
                continue
            now = time.monotonic()
            self.restarts[name] = [moment for moment in self.restarts[name] if now - moment < RESTARTS_WINDOW_SECONDS] + [now]
            if len(self.restarts[name]) > RESTARTS_MAX:
                raise Stop(f"{name} keeps dying (exit code {child.returncode}); its last lines are above.")
            say(f"{name:<{self.width}} | died with exit code {child.returncode}; starting it again")
            self._start_one(name)

    def _signal(self, number: signal.Signals, *, whole_group: bool = True) -> None:
        for child in self.children.values():
            if whole_group:
                self._signal_group(child, number)
            elif child.poll() is None:
                child.send_signal(number)

    @staticmethod
    def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
        try:
            os.killpg(child.pid, number)
        except (ProcessLookupError, PermissionError):
            return
