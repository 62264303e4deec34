"""`./run` starts in order, stops in order, and says in one line why it cannot."""

import ast
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import get_commands

from core.launch import venv
from core.launch.console import Stop
from core.launch.environment import complete_environment, read_assignments
from core.launch.supervisor import Supervisor, read_procfile
from core.launch.venv import VENV
from core.settings import ROOT


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The outcome of `./run` after `.venv` is there."""
    command = [sys.executable, "-m", "core.launch.start", *arguments]
    plain = {name: os.environ[name] for name in ("PATH",)}
    return subprocess.run(command, cwd=ROOT, env=plain | environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_one_clear_line(tmp_path, taken_port):
    done = started(UGC_HOME=str(tmp_path), PORT=str(taken_port))

    assert done.returncode == 1
    assert f"run: 127.0.0.1:{taken_port} cannot be listened on (Address already in use): set PORT or HOST to another." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:secret-word@127.0.0.1:1/none",
        "postgresql://user:secret-word@no-such-host.invalid/none",
        "nonsense",
        "mysql://user:secret-word@127.0.0.1/none",
    ],
)
def test_a_database_that_is_not_there_is_one_clear_line_without_the_password(tmp_path, address):
    done = started(UGC_HOME=str(tmp_path), DATABASE_URL=address, PORT="1")

    said = [line for line in done.stderr.splitlines() if line.startswith("run: ")]
    assert done.returncode == 1
    assert len(said) == 1
    assert said[0].startswith("run: DATABASE_URL ")
    assert "secret-word" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_no_port_is_one_clear_line(tmp_path, port):
    done = started(UGC_HOME=str(tmp_path), PORT=port)

    assert done.returncode == 1
    assert done.stderr.strip() == f"run: PORT is {port!r}: it has to be a number from 1 to 65535."


def test_smoke_without_a_running_server_says_so(tmp_path):
    done = started("smoke", UGC_HOME=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.startswith("run: nothing runs on this data folder")


def test_a_developers_secrets_are_made_once_and_read_by_nobody_else(tmp_path):
    first = complete_environment({"UGC_HOME": str(tmp_path)})
    second = complete_environment({"UGC_HOME": str(tmp_path)})

    assert first == second
    assert first["DEBUG"] == "1"
    assert len({first[name] for name in ("SECRET_KEY", "CURSOR_SECRET", "HUEY_SECRET")}) == 3
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_what_the_caller_sets_wins_over_made_secrets(tmp_path):
    environment = complete_environment({"UGC_HOME": str(tmp_path), "SECRET_KEY": "mine", "DEMO_PASSWORD": "known"})

    assert environment["SECRET_KEY"] == "mine"
    assert environment["DEMO_PASSWORD"] == "known"


@pytest.mark.parametrize("given", [{"DEBUG": "0"}, {"DATABASE_URL": "postgresql://127.0.0.1/one"}])
def test_no_secret_is_made_for_a_live_system(tmp_path, given):
    environment = complete_environment({"UGC_HOME": str(tmp_path)} | given)

    assert environment["DEBUG"] == "0"
    assert "SECRET_KEY" not in environment
    assert not (tmp_path / "secrets.env").exists()


def test_assignments_are_read_as_people_write_them(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nPLAIN=one\n QUOTED = \"two words\" \nexport SINGLE='three'\nEQUALS=a=b\n")

    assert read_assignments(file) == {"PLAIN": "one", "QUOTED": "two words", "SINGLE": "three", "EQUALS": "a=b"}


def test_the_lock_decides_whether_to_install_again(tmp_path, monkeypatch):
    lock = tmp_path / "requirements.txt"
    lock.write_text("one==1\n")
    monkeypatch.setattr(venv, "VENV", tmp_path)
    monkeypatch.setattr(venv, "PYTHON", lock)
    monkeypatch.setattr(venv, "LOCKS", {"run": lock})
    venv.stamp_file("run").write_text(venv.stamp("run"))

    before = venv.is_current("run")
    lock.write_text("one==2\n")

    assert (before, venv.is_current("run")) == (True, False)


def test_a_python_without_ensurepip_is_one_clear_line_and_leaves_no_half_environment(tmp_path, monkeypatch):
    def fail(builder, folder):
        folder.mkdir()
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(venv, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(venv.venv.EnvBuilder, "create", fail)

    with pytest.raises(Stop, match=r"^This Python cannot make virtual environments\. On Debian: apt install python3\.\d+-venv$"):
        venv.make_venv()

    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("script", ["run", "test"])
def test_an_older_python_can_read_why_it_is_refused(script):
    ast.parse((ROOT / script).read_text(), feature_version=(3, 4))


def test_the_procfile_names_the_four_processes():
    assert list(read_procfile(ROOT / "Procfile")) == ["web", "worker", "bot", "live"]


def test_every_command_of_the_procfile_exists():
    commands = read_procfile(ROOT / "Procfile").values()

    assert {command.split()[2] for command in commands if "manage.py" in command} <= set(get_commands())


def test_the_server_writes_json_before_there_is_an_application():
    web = read_procfile(ROOT / "Procfile")["web"]
    configuration = web.split("--log-config ")[1].split()[0]

    command = ["granian", "--interface", "wsgi", "no.such:module", "--workers", "1", "--log-config", configuration]
    done = subprocess.run(
        [f"{VENV}/bin/{command[0]}", *command[1:], "--port", "0", "--log-level", "info"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    lines = [json.loads(line) for line in done.stderr.splitlines() if "granian" in line and line.startswith("{")]
    assert any(line["event"].startswith("Starting granian") for line in lines), done.stderr
    assert not any(line.startswith("[") for line in (done.stdout + done.stderr).splitlines())


@pytest.mark.parametrize(("name", "code", "starts"), [("bot", 0, 1), ("worker", 0, 2), ("bot", 7, 2)])
def test_who_has_nothing_to_do_may_end_and_is_left_alone(supervise, tmp_path, name, code, starts):
    supervisor = supervise(
        **{name: f"sh -c 'echo x >> starts; test $(wc -l < starts) -lt 2 && exit {code}; sleep 60'", "other": "sleep 60"}
    )
    supervisor.start()
    began = time.monotonic()

    supervisor.watch(until=lambda: time.monotonic() - began > 1)

    assert (tmp_path / "starts").read_text().count("x") == starts
    assert supervisor.children["other"].poll() is None


def test_the_live_server_listens_beside_the_web_server_unless_told_otherwise(tmp_path):
    home = {"UGC_HOME": str(tmp_path)}

    assert complete_environment(home | {"PORT": "9000"})["LIVE_PORT"] == "9001"
    assert complete_environment(home | {"PORT": "65535"})["LIVE_PORT"] == "1"
    assert complete_environment(home | {"LIVE_PORT": "7000"})["LIVE_PORT"] == "7000"
    with pytest.raises(Stop, match="both 9000"):
        complete_environment(home | {"PORT": "9000", "LIVE_PORT": "9000"})


@pytest.fixture
def supervise(tmp_path):
    """Makes supervisors and stops what they started. Stopping sets signal handlers, which are put back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = []

    def make(**commands: str) -> Supervisor:
        supervisor = Supervisor(commands, {"PATH": os.environ["PATH"]}, tmp_path)
        made.append(supervisor)
        return supervisor

    yield make
    for supervisor in made:
        supervisor.stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_lines_of_children_carry_their_name(supervise, tmp_path, capsys):
    supervisor = supervise(web="sh -c 'echo hello; touch done; sleep 60'", worker="sleep 60")

    supervisor.start()
    supervisor.watch(until=(tmp_path / "done").exists)
    supervisor.stop()

    assert "web    | hello" in capsys.readouterr().err


def test_a_child_that_dies_is_started_again(supervise, tmp_path, capsys):
    supervisor = supervise(web="sh -c 'echo x >> starts; test $(wc -l < starts) -lt 3 && exit 7; sleep 60'")

    supervisor.start()
    supervisor.watch(until=lambda: (tmp_path / "starts").exists() and (tmp_path / "starts").read_text().count("x") == 3)

    assert supervisor.children["web"].poll() is None
    assert capsys.readouterr().err.count("died with exit code 7; starting it again") == 2


def test_a_child_that_keeps_dying_ends_the_run_with_a_clear_line(supervise):
    supervisor = supervise(web="sh -c 'exit 7'", worker="sleep 60")
    supervisor.start()

    with pytest.raises(Stop, match=r"web keeps dying \(exit code 7\)"):
        supervisor.watch()


def test_stopping_leaves_no_process_of_any_child(supervise, tmp_path):
    supervisor = supervise(web="sh -c 'sleep 61 & echo $! > grandchild; wait'", worker="sleep 60")
    supervisor.start()
    supervisor.watch(until=lambda: (tmp_path / "grandchild").exists() and bool((tmp_path / "grandchild").read_text()))
    grandchild = int((tmp_path / "grandchild").read_text())

    supervisor.stop()

    assert all(child.poll() is not None for child in supervisor.children.values())
    assert is_gone(grandchild)


@pytest.mark.parametrize("code", [0, 78])
def test_one_that_says_that_there_is_nothing_to_do_is_left_alone(supervise, code):
    supervisor = supervise(web="sleep 60", bot=f"sh -c 'exit {code}'")

    supervisor.start()
    supervisor.watch(until=lambda: "bot" not in supervisor.children)

    assert supervisor.restarts["bot"] == []


def test_children_of_a_killed_supervisor_stop_too(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from core.launch.supervisor import Supervisor;"
        "s = Supervisor({'web': 'sleep 60'}, dict(os.environ), Path('.')); s.start();"
        "print(s.children['web'].pid, flush=True); s.watch()"
    )
    killed = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    child = int(killed.stdout.readline())

    killed.kill()
    killed.wait()

    assert is_gone(child)


def is_gone(process: int) -> bool:
    """Whether the process ends within five seconds; one that nobody has buried yet is gone too."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
