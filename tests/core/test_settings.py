"""The environment is one list, and the settings that protect people are on."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from psycopg.conninfo import conninfo_to_dict

from core.checks import refusals
from core.database_url import conninfo, django_database
from core.settings import ROOT

READERS = ("core/settings.py", "core/embedded.py", "core/launch/environment.py", "Procfile")
READS = (
    re.compile(r'\benv(?:ironment)?(?:\.\w+)?\(\s*"([A-Z][A-Z_]+)"'),
    re.compile(r'environ(?:ment)?\.(?:get|setdefault)\("([A-Z][A-Z_]+)"'),
    re.compile(r'\bsecret\("([A-Z_]+)"\)'),
    re.compile(r'made\["([A-Z_]+)"\]'),
    re.compile(r"\$\{?([A-Z_]+)"),
)


def variables_read() -> set[str]:
    texts = [(ROOT / file).read_text() for file in READERS]
    return {name for text in texts for shape in READS for name in shape.findall(text)} - {"PATH"}


def variables_listed() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_example_lists_every_variable_and_no_other():
    assert variables_listed() == variables_read()


def test_the_example_holds_no_secret():
    values = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))

    secret = ("_SECRET", "_KEY", "_PEPPER", "_TOKEN", "DEMO_PASSWORD")
    assert [name for name, value in values.items() if name.endswith(secret) and value] == []


def test_passwords_are_kept_with_argon2id_and_old_ones_are_renewed():
    renewed = []
    old = make_password("correct horse battery", hasher="pbkdf2_sha256")

    assert get_hasher("default").algorithm == "argon2"
    assert make_password("correct horse battery").startswith("argon2$argon2id$")
    assert check_password("correct horse battery", old, setter=renewed.append)
    assert renewed == ["correct horse battery"]


def test_only_verbs_open_transactions():
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


def test_a_database_address_is_read_as_libpq_reads_it():
    described = django_database("postgres://anna:p%40ss@%2Fvar%2Frun%2Fpg:6432/market?sslmode=verify-full")

    assert described == {
        "ENGINE": "core.postgresql",
        "NAME": "market",
        "USER": "anna",
        "PASSWORD": "p@ss",
        "HOST": "/var/run/pg",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_the_queue_and_the_listener_reach_the_database_as_django_does():
    described = django_database("postgres://anna:p%40ss@db.example:6432/market?sslmode=verify-full&sslrootcert=/etc/ours.pem")
    described["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 3, "application_name": "marketplace", **described["OPTIONS"]}

    assert conninfo_to_dict(conninfo(described, application_name="marketplace-queue")) == {
        "dbname": "market",
        "user": "anna",
        "password": "p@ss",
        "host": "db.example",
        "port": "6432",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ours.pem",
        "application_name": "marketplace-queue",
    }


@pytest.mark.parametrize("address", ["sqlite:///market.db", "mysql://127.0.0.1/market", "nonsense"])
def test_no_other_database_is_a_database(address, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "default", django_database(address))

    assert "E001" in [code for code, _ in refusals()]


def test_no_statement_waits_for_ever():
    options = settings.DATABASES["default"]["OPTIONS"]["options"]

    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert re.search(rf"-c {name}=[1-9]\d+", options)


def test_queued_tasks_are_signed_and_finish_before_the_worker_goes():
    assert type(settings.HUEY["serializer"]).__name__ == "SignedSerializer"
    assert settings.HUEY["consumer"]["graceful_signal"] == "TERM"
    assert settings.HUEY["immediate"] is False
