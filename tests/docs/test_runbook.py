"""The operator's page: every alarm has its section, and every command, number and address in it exists."""

import re
import shlex
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, get_commands, load_command_class
from django.urls import resolve

from api import metrics
from core.settings import ROOT
from tests.docs.test_deploy import DEPLOY
from tests.docs.test_deploy import UNITS as UNIT_FILES

RUNBOOK = (ROOT / "docs/runbook.md").read_text()
RULES = [rule for group in yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
ALARMS = {rule["alert"] for rule in RULES}
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
COMMAND = re.compile(r"(?:\bmanage|manage\.py) ([a-z_]+(?: [^`|\n;]*)?)")
METRIC = re.compile(r"\bmarketplace_(?!proof\b|app\b)[a-z_]+")
# What Prometheus and its node exporter bring along.
OTHERS = {"up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}


def commands() -> list[str]:
    """Every command of ours that the page tells somebody to run."""
    spans = re.findall(r"`([^`\n]+)`", RUNBOOK) + [
        line for block in re.findall(r"```\n(.*?)```", RUNBOOK, re.DOTALL) for line in block.split("\n")
    ]
    return sorted({match[1].strip() for span in spans if "alias" not in span and "…" not in span for match in COMMAND.finditer(span)})


def parser_of(name: str) -> Any:
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    return command.create_parser("manage.py", name)


@pytest.mark.parametrize("command", commands())
def test_every_command_exists_and_takes_these_options(command):
    name, *arguments = shlex.split(command)
    assert name in get_commands(), name

    try:
        parser_of(name).parse_args(arguments)
    except (CommandError, SystemExit) as refused:
        pytest.fail(f"manage.py {command}: {refused}")


def test_there_are_commands_to_check():
    assert len(commands()) > 25


def test_every_alarm_has_a_section_and_every_section_an_alarm():
    assert set(SECTIONS) == ALARMS
    assert len(RULES) == len(ALARMS)


@pytest.mark.parametrize("alarm", sorted(ALARMS))
def test_a_section_says_what_it_means_how_to_look_what_to_do_and_what_not(alarm):
    text = SECTIONS[alarm]

    heads = " ".join(re.findall(r"^- \*\*([^*]+?):?\*\*", text, re.MULTILINE))
    assert all(word in heads for word in ("Means", "Look", "Do")), heads
    assert "Do not" in heads


def test_every_metric_named_here_or_in_the_alarms_is_exported(db):
    exported = {f"{metrics.PREFIX}{metric.name}" for metric in metrics.collect()}

    named = set(METRIC.findall(RUNBOOK)) | {name for rule in RULES for name in METRIC.findall(rule["expr"])}
    assert named - exported == set()
    assert exported - named == {"marketplace_parcels_total", "marketplace_process_number", "marketplace_release_info"}


def test_an_alarm_asks_for_nothing_else_and_says_how_urgent_it_is():
    for rule in RULES:
        outside = re.sub(r"\{[^}]*\}|\"[^\"]*\"", "", rule["expr"])
        words = set(re.findall(r"[a-z_]{2,}", outside)) - {"or", "max", "min", "sum", "by", "absent", "channel"}
        assert words - OTHERS <= set(METRIC.findall(rule["expr"])), rule["alert"]
        assert rule["labels"]["severity"] in ("warn", "page")


def test_every_address_named_here_is_served():
    paths = set(re.findall(r"(?:127\.0\.0\.1:8000|marketplace\.example)?(/(?:api/|metrics)[a-z/]*)", RUNBOOK))

    assert paths >= {"/metrics", "/api/health/ready", "/api/health/worker"}
    for path in paths:
        assert resolve(path).url_name != "unknown", path


def test_every_service_named_here_is_deployed():
    named = set(re.findall(r"\bmarketplace-(?:web|worker|bot|live|prepare)\b", RUNBOOK))

    assert {f"{name}.service" for name in named} <= {file.name for file in UNIT_FILES}


def test_every_variable_named_here_is_one():
    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    named = set(re.findall(r"`([A-Z]{2,}(?:_[A-Z]+)+)`", RUNBOOK))
    codes = {"TOKEN_REFUSED", "MAIL_LOGIN_REFUSED", "SENDER_REFUSED", "WORKER_LOST", "NO_SUCCESS"}
    assert named - codes <= listed
