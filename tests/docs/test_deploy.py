"""The pages for those who run it name what there is: the same processes in the Procfile, in systemd's units and in the compose file.

No container is started here; the compose file is read, and compared with the Procfile.
"""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from bot.management.commands.run_bot import WEBHOOK_IS_SET
from core.launch.supervisor import NOTHING_TO_DO, read_procfile
from core.settings import ROOT

DEPLOY = ROOT / "docs/deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
PROCESSES = tuple(read_procfile(ROOT / "Procfile"))
SLOWEST_CALL_SECONDS = 15  # outbox.carrier.SEND_SECONDS_MAX
PLACE = "/srv/marketplace"


def unit(name: str) -> dict[str, list[str]]:
    """The assignments of the unit, in their order."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / f"marketplace-{name}.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def seconds(text: str) -> int:
    return int(re.fullmatch(r"(\d+)s?", text)[1])


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def options(command: list[str]) -> list[str]:
    """What the command is, without where it listens."""
    kept = [word for word in command if not re.fullmatch(r"\S*/python|\S*/granian", word)]
    for name in ("--host", "--port", "--workers", "--blocking-threads"):
        if name in kept:
            place = kept.index(name)
            kept = kept[:place] + kept[place + 2 :]
    return [word for word in kept if word not in ("python", "granian")]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_finds_no_fault_in_the_units(tmp_path):
    for file in UNITS:
        text = file.read_text().replace(f"{PLACE}/.venv/bin/", f"{Path(os.sys.executable).parent}/").replace(PLACE, str(ROOT))
        (tmp_path / file.name).write_text(text)

    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )

    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("name", PROCESSES)
def test_a_unit_runs_what_the_procfile_runs_and_comes_back(name):
    told = unit(name)

    assert options(shlex.split(told["ExecStart"][0])) == options(shlex.split(read_procfile(ROOT / "Procfile")[name]))
    assert told["Restart"] == ["always"]
    assert told["KillSignal"] == ["SIGTERM"]
    assert told["KillMode"] == ["mixed"]
    assert told["ProtectSystem"] == ["strict"]
    assert told["NoNewPrivileges"] == ["yes"]
    assert told["User"] == ["marketplace"]
    assert told["PartOf"] == ["marketplace.target"]


def test_a_bot_that_ends_because_a_webhook_is_set_is_not_started_again_and_one_that_is_off_not_at_all():
    told = unit("bot")

    assert told["RestartPreventExitStatus"] == told["SuccessExitStatus"] == [str(WEBHOOK_IS_SET)]
    assert WEBHOOK_IS_SET in NOTHING_TO_DO
    off = told["ConditionPathExists"][0].removeprefix("!")
    assert f"`touch {off}`" in (ROOT / "docs/runbook.md").read_text()


@pytest.mark.parametrize("manager", ["systemd", "compose"])
def test_nobody_is_killed_before_what_is_in_flight_is_finished(manager):
    def patience(name: str) -> int:
        return seconds(unit(name)["TimeoutStopSec"][0] if manager == "systemd" else compose()["services"][name]["stop_grace_period"])

    assert patience("worker") > settings.HUEY["consumer"]["shutdown_timeout"] + SLOWEST_CALL_SECONDS
    assert patience("web") > int(re.search(r"--workers-kill-timeout (\d+)", read_procfile(ROOT / "Procfile")["web"])[1])
    assert all(patience(name) >= 20 for name in PROCESSES)


def test_the_target_starts_every_process():
    target = (DEPLOY / "systemd/marketplace.target").read_text()

    wanted = set(re.search(r"^Wants=(.*)$", target, re.MULTILINE)[1].split())
    assert wanted == {f"marketplace-{name}.service" for name in (*PROCESSES, "prepare")}
    assert {file.name for file in UNITS} == wanted | {"marketplace.target"}


def test_the_compose_file_has_the_processes_of_the_procfile_and_a_database():
    services = compose()["services"]
    image = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)[1]

    assert set(services) == {*PROCESSES, "postgres", "prepare"}
    for name in PROCESSES:
        command = services[name].get("command") or yaml.safe_load(image)
        assert options(command) == options(shlex.split(read_procfile(ROOT / "Procfile")[name])), name


def test_the_compose_file_waits_for_what_comes_first_and_opens_nothing_to_the_world():
    services = compose()["services"]

    for name in PROCESSES:
        assert services[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
        assert services[name]["restart"] == "always"
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert services["prepare"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)
    volumes = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ()) if not volume.startswith(".")}
    assert volumes == set(compose()["volumes"])
    assert all((DEPLOY / path.split(":")[0]).exists() for path in services["postgres"]["volumes"] if path.startswith("."))


def test_the_image_holds_everything_that_is_imported_and_nothing_is_named_that_is_not_there():
    dockerfile = (DEPLOY / "Dockerfile").read_text()

    copied = [word for line in re.findall(r"^COPY (.*) \S+$", dockerfile, re.MULTILINE) for word in line.split()]
    assert [path for path in copied if not (ROOT / path).exists()] == []
    packages = {entry.split(".")[0] for entry in settings.INSTALLED_APPS if (ROOT / entry.split(".")[0]).is_dir()}
    assert packages <= set(copied)
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER marketplace$", dockerfile, re.MULTILINE)


def test_every_command_that_a_page_of_this_folder_runs_exists():
    text = "".join(file.read_text() for file in DEPLOY.rglob("*") if file.is_file())

    named = set(re.findall(r"manage\.py(?: |\", \")([a-z_]+)\b(?!\.)", text))
    assert named
    assert named <= set(get_commands())


def test_the_proxy_sends_live_updates_to_the_live_server_and_the_metrics_to_nobody():
    proxy = (DEPLOY / "nginx.conf").read_text()

    live = re.search(r"location ~ (\S+) \{(.*?)\n    \}", proxy, re.DOTALL)
    assert re.search(live[1], "/api/events")
    assert re.search(live[1], "/api/events/stream")
    assert not re.search(live[1], "/api/eventsource")
    assert "proxy_buffering off;" in live[2]
    assert "proxy_pass http://marketplace_live;" in live[2]
    assert re.search(r"location = /metrics \{\s+return 404;", proxy)
    assert proxy.count("{") == proxy.count("}")
