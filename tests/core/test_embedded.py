"""The embedded PostgreSQL survives what happens to a developer's machine."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from core.embedded import DATABASE, ROLE, Embedded
from core.settings import ROOT


@pytest.fixture
def server(tmp_path):
    """A server that is down; whatever the test starts is stopped."""
    made = Embedded(tmp_path / "postgres", durable=False)
    yield made
    made.stop()


def connect(server: Embedded) -> psycopg.Connection:
    return psycopg.connect(host=str(server.socket_folder), user=ROLE, dbname=DATABASE, autocommit=True)


def pid(server: Embedded) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n")[0])


def test_six_callers_at_once_get_one_server(server):
    code = "import sys; from pathlib import Path; from core.embedded import Embedded; Embedded(Path(sys.argv[1]), durable=False).start()"
    callers = [subprocess.Popen([sys.executable, "-c", code, str(server.root)], cwd=ROOT) for _ in range(6)]

    codes = [caller.wait(60) for caller in callers]

    assert codes == [0] * 6
    assert server.is_up
    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_server_starts_again_with_what_was_committed(tmp_path):
    server = Embedded(tmp_path / "postgres", durable=True)
    server.start()
    try:
        with connect(server) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 100) AS number")
        os.kill(main_process(server), signal.SIGKILL)
        wait_until_down(server)

        server.start()

        with connect(server) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (100,)
    finally:
        server.stop()


def test_a_lock_file_that_names_a_strangers_process_does_not_stop_the_start(server):
    server.start()
    lock = (server.data / "postmaster.pid").read_text()
    server.stop()
    (server.data / "postmaster.pid").write_text(lock.replace(lock.split("\n")[0], str(os.getpid()), 1))

    server.start()

    assert server.is_up


def test_an_interrupted_first_start_is_begun_again(server):
    server.data.mkdir(parents=True, mode=0o700)
    (server.data / "PG_VERSION").write_text("18\n")
    (server.data / "base").mkdir()

    server.start()

    assert server.is_up


def test_a_deep_folder_gets_a_short_socket_path(tmp_path):
    server = Embedded(tmp_path / ("deep" * 20) / ("deeper" * 10) / "postgres", durable=False)

    server.start()
    try:
        assert server.is_up
        assert len(str(server.socket_folder)) < 100
    finally:
        server.stop()
    assert not server.socket_folder.exists()


def test_stopping_twice_is_not_an_error(server):
    server.start()

    server.stop()
    server.stop()

    assert not server.is_up


def test_the_application_is_no_superuser_where_data_is_kept(tmp_path):
    server = Embedded(tmp_path / "postgres", durable=True)
    server.start()
    try:
        with connect(server) as connection:
            assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
    finally:
        server.stop()


def test_russian_letters_have_a_case_whatever_the_callers_language(server, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("LANG", "C")

    server.start()

    with connect(server) as connection:
        assert connection.execute("SELECT lower('ЖАБА'), 'Обзор' ILIKE '%ОБЗ%'").fetchone() == ("жаба", True)


def main_process(server: Embedded) -> int:
    """The server's process id as this namespace sees it; its own file may tell that of another."""
    with connect(server) as connection:
        connection.execute("SELECT 1")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"/postgres") and str(server.data).encode() in words:
            return int(folder.name)
    pytest.skip("this system does not list its processes under /proc")


def wait_until_down(server: Embedded) -> None:
    waiting = threading.Event()
    for _ in range(200):
        if not server.is_up:
            return
        waiting.wait(0.05)
    raise AssertionError("the killed server still answers")
