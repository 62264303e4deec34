"""`/metrics`: every line is read as strictly as a Prometheus server reads it, and by nobody without the token."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from outbox import pulse
from outbox.models import Channel, Heartbeat
from tests.outbox.test_sequencer import write_event

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
SAMPLE = re.compile(rf"^({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)\}})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$")
KINDS = ("gauge", "counter")


def strictly_parsed(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every value by its name and labels. Each name has one HELP and one TYPE, right before its values, and no value comes twice."""
    assert text.endswith("\n")
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    seen: list[str] = []
    described, current = "", ""
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            _, _, described, explanation = line.split(" ", 3)
            assert explanation.strip()
            assert re.fullmatch(NAME, described)
            assert described not in seen, line
        elif line.startswith("# TYPE "):
            _, _, current, kind = line.split(" ")
            assert current == described
            assert kind in KINDS
            assert current.endswith("_total") == (kind == "counter"), line
            seen.append(current)
        else:
            sample = SAMPLE.match(line)
            assert sample, line
            assert sample[1] == current, line
            labels = tuple(sorted(re.findall(LABEL, sample[2] or "")))
            assert (sample[1], labels) not in found, line
            found[sample[1], labels] = float(sample[sample.re.groups])
    return found


def read(**headers: str) -> Any:
    return Client().get("/metrics", headers=headers)


@pytest.fixture
def scrape(settings, db):
    """What the holder of the token reads now."""

    def read_now() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        answer = read(authorization=f"Bearer {settings.METRICS_TOKEN}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return strictly_parsed(answer.content.decode())

    return read_now


def value(found: dict, name: str, **labels: str) -> float | None:
    return found.get((f"marketplace_{name}", tuple(sorted(labels.items()))))


def a_parcel(state: str = "PENDING", *, old: int = 0, channel: str = "TELEGRAM", **fields: Any) -> None:
    """A delivery of this state, which came into it so many seconds ago."""
    event = write_event("job:metrics")
    when = "clock_timestamp() - make_interval(secs => %s)"
    settled = state in ("SENT", "DEAD", "UNCERTAIN", "SKIPPED")
    taken = state in ("LEASED", "SENDING")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_delivery (channel, recipient_id, event_id, type, aggregate, is_critical, state, copies, created_at,"
            " next_at, settled_at, lease_token, lease_until)"
            f" VALUES (%s, gen_random_uuid(), %s, 'X', 'job:metrics', %s, %s, 1, {when}, {when}, CASE WHEN %s THEN {when} END,"
            f" CASE WHEN %s THEN gen_random_uuid() END, CASE WHEN %s THEN {when} END)",
            [channel, event.id, fields.get("is_critical", False), state, old, old, settled, old, taken, taken, old],
        )


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}, {"authorization": "Bearer "}])
def test_who_has_no_token_finds_nothing_there(db, header):
    answer = read(**header)

    assert answer.status_code == 404
    assert b"marketplace_" not in answer.content


def test_without_a_token_in_the_settings_nobody_finds_anything(db, settings):
    settings.METRICS_TOKEN = ""

    assert read(authorization="Bearer ").status_code == 404


def test_a_write_is_refused(settings, db):
    answer = Client().post("/metrics", headers={"authorization": f"Bearer {settings.METRICS_TOKEN}"})

    assert answer.status_code == 405


def test_an_empty_marketplace_is_a_page_without_mistakes(scrape):
    found = scrape()

    assert value(found, "events_unsequenced") == 0
    assert value(found, "long_transactions") == 0
    assert any(name == "marketplace_release_info" for name, _ in found)


def test_parcels_are_counted_by_channel_state_and_class(scrape):
    a_parcel(old=30, is_critical=True)
    a_parcel(old=50, is_critical=True)
    a_parcel("DEAD", old=4000, channel="WEBHOOK")
    a_parcel("UNCERTAIN", old=60)
    a_parcel("SENT", old=4000)
    a_parcel("SENDING", old=5)
    Channel.objects.create(name="TELEGRAM", is_paused=True)

    found = scrape()

    telegram = {"channel": "TELEGRAM"}
    assert value(found, "deliveries", state="PENDING", **{"class": "critical"}, **telegram) == 2
    assert 49 < (value(found, "delivery_oldest_seconds", **{"class": "critical"}, **telegram) or 0) < 60
    assert 49 < (value(found, "delivery_overdue_seconds", **{"class": "critical"}, **telegram) or 0) < 60
    assert value(found, "delivery_expired_leases", **telegram) == 1
    assert value(found, "deliveries", state="DEAD", channel="WEBHOOK", **{"class": "other"}) == 1
    assert value(found, "delivery_blocked_keys", channel="WEBHOOK") == 1
    assert value(found, "deliveries_last_hour", state="UNCERTAIN", **telegram) == 1
    assert value(found, "deliveries_last_hour", state="SENT", **telegram) is None  # more than an hour ago
    assert value(found, "channel_stopped", why="paused", **telegram) == 1
    assert value(found, "channel_stopped", why="rests", **telegram) == 0


def test_processes_tell_how_they_do(scrape):
    pulse.beat()
    Heartbeat.objects.filter(name="worker").update(counters={"telegram.sent": 7, "streams": 3}, consecutive_failures=2)

    found = scrape()

    assert (value(found, "process_beat_seconds", process="worker") or 99) < 5
    assert value(found, "process_consecutive_failures", process="worker") == 2
    assert value(found, "parcels_total", process="worker", channel="telegram", outcome="sent") == 7
    assert value(found, "process_number", process="worker", what="streams") == 3


def test_the_last_check_of_the_ledger_is_told_with_its_age(scrape):
    assert value(scrape(), "ledger_faults") is None

    pulse.note_check("ledger", 2)
    assert value(scrape(), "ledger_faults") == 2
    pulse.note_check("ledger", 0)

    found = scrape()
    assert value(found, "ledger_faults") == 0
    assert (value(found, "ledger_verified_seconds") or 99) < 5
    assert value(found, "process_beat_seconds", process="ledger") is None


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb"])
def test_a_name_that_would_break_the_format_does_not(scrape, name):
    pulse.beat(name)

    found = scrape()

    written = name.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    assert value(found, "process_beat_seconds", process=written) is not None


@pytest.mark.parametrize(
    "page",
    [
        "marketplace_x 1\n",
        "# HELP x y\n# TYPE x gauge\nx 1\nx 1\n",
        "# HELP x y\n# TYPE x counter\nx 1\n",
        '# HELP x y\n# TYPE x gauge\nx{a="b} 1\n',
        "# HELP x y\n# TYPE x gauge\nx None\n",
        "# HELP x y\n# TYPE x gauge\nx 1",
    ],
)
def test_the_reader_of_this_test_refuses_what_prometheus_refuses(page):
    with pytest.raises(AssertionError):
        strictly_parsed(page)
