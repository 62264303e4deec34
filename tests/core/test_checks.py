"""What a live system refuses to start with, and what it starts with."""

import itertools
import os
import secrets
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from core.checks import check_database, refusals
from core.settings import ROOT

GOOD = {
    "DEBUG": False,
    "SANDBOX": False,
    "STAFF_SECOND_FACTOR": True,
    "PAYMENT_PROVIDER": "manual",
    "ALLOWED_HOSTS": ["marketplace.test"],
    "APP_BASE_URL": "https://marketplace.test",
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECRET_KEY_FALLBACKS": [],
    "OUTBOX_CONSUMER_SECRET": "",
    "TELEGRAM_BOT_SECRET": "",
    "TELEGRAM_WEBHOOK_SECRET": "",
    "TELEGRAM_API_URL": "https://api.telegram.org",
    "TELEGRAM_BOT_TOKEN": "",
}
SECRETS = ("SECRET_KEY", "CURSOR_SECRET", "HUEY_SECRET", "TELEGRAM_BINDING_PEPPER")
LONG = secrets.token_urlsafe(48)


@pytest.fixture
def live(settings):
    """Settings that nothing is wrong with."""
    for name, value in GOOD.items():
        setattr(settings, name, value)
    for name in SECRETS:
        setattr(settings, name, secrets.token_urlsafe(48))
    settings.PAYOUT_DETAILS_KEYS = [Fernet.generate_key().decode()]
    settings.WEBHOOK_SECRETS_KEYS = [Fernet.generate_key().decode()]
    settings.SECOND_FACTOR_KEYS = [Fernet.generate_key().decode()]
    return settings


def test_good_values_are_not_refused(live):
    assert list(refusals()) == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SANDBOX", True, "E004"),
        ("STAFF_SECOND_FACTOR", False, "E015"),
        ("PAYMENT_PROVIDER", "mock", "E005"),
        ("PAYMENT_PROVIDER", "hope", "E002"),
        ("ALLOWED_HOSTS", [], "E006"),
        ("ALLOWED_HOSTS", ["*"], "E007"),
        ("ALLOWED_HOSTS", ["marketplace.test", "*.marketplace.test"], "E007"),
        ("SECURE_HSTS_SECONDS", 0, "E008"),
        ("APP_BASE_URL", "", "E009"),
        ("APP_BASE_URL", "http://marketplace.test", "E010"),
        ("TELEGRAM_API_URL", "http://api.telegram.test", "E011"),
        ("TELEGRAM_BOT_TOKEN", "1:token", "E012"),
        ("TELEGRAM_WEBHOOK_SECRET", LONG + "!", "E013"),
        ("TELEGRAM_WEBHOOK_SECRET", "short", "E022"),
        ("TELEGRAM_BOT_SECRET", "short", "E022"),
        *((name, "", "E020") for name in SECRETS),
        *((name, "short", "E022") for name in SECRETS),
        ("CURSOR_SECRET", "ab" * 40, "E022"),
        ("SECRET_KEY", "django-insecure-" + LONG, "E021"),
        ("HUEY_SECRET", "developer-only-huey_secret-developer-only-developer-only", "E021"),
        ("OUTBOX_CONSUMER_SECRET", "short", "E022"),
        ("SECRET_KEY_FALLBACKS", ["short"], "E022"),
        ("PAYOUT_DETAILS_KEYS", [], "E020"),
        ("PAYOUT_DETAILS_KEYS", ["not a key"], "E023"),
        ("PAYOUT_DETAILS_KEYS", ["ZGV2ZWxvcGVyLW9ubHktZGV2ZWxvcGVyLW9ubHktMTI="], "E021"),
        ("WEBHOOK_SECRETS_KEYS", [], "E020"),
        ("WEBHOOK_SECRETS_KEYS", ["not a key"], "E023"),
        ("WEBHOOK_SECRETS_KEYS", ["ZGV2ZWxvcGVyLW9ubHktd2ViaG9vay1zZWNyZXRzLTE="], "E021"),
        ("WEBHOOK_PRIVATE_HOSTS_ALLOWED", True, "E014"),
        ("DEBUG", True, "E003"),
    ],
    ids=itertools.count(),  # the values are random, and every process has to name the cases alike
)
def test_one_bad_value_is_refused_in_one_line_that_names_it(live, name, value, code):
    setattr(live, name, value)

    found = list(refusals())

    assert [number for number, _ in found] == [code]
    assert name.removesuffix("S") in found[0][1]
    assert "\n" not in found[0][1]
    assert LONG not in found[0][1]


@pytest.mark.parametrize("other", [*SECRETS[1:], "OUTBOX_CONSUMER_SECRET"])
def test_one_secret_with_two_uses_is_refused(live, other):
    live.SECRET_KEY = LONG
    setattr(live, other, LONG)

    assert [code for code, _ in refusals()] == ["E024"]


def test_a_fallback_key_that_is_still_in_use_elsewhere_is_refused(live):
    live.SECRET_KEY_FALLBACKS = [live.CURSOR_SECRET]

    assert [code for code, _ in refusals()] == ["E024"]


@pytest.mark.django_db
def test_a_live_system_refuses_a_superuser_role(live):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (is_superuser,) = cursor.fetchone()

    found = [error.id for error in check_database(databases=["default"])]

    assert found == (["core.E031"] if is_superuser else [])


@pytest.mark.django_db
def test_a_developer_may_use_a_superuser_role(settings):
    settings.DEBUG = True

    assert check_database(databases=["default"]) == []


def started(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The outcome of a real start with nothing but this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "UGC_HOME")}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("manage.py", "check"), ("-W", "ignore", "-c", "import core.wsgi")])
def test_an_empty_environment_does_not_start_and_says_every_reason(command):
    done = started(*command)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    for name in (*SECRETS, "PAYOUT_DETAILS_KEY", "WEBHOOK_SECRETS_KEY", "SECOND_FACTOR_KEY", "ALLOWED_HOSTS", "APP_BASE_URL"):
        assert f"{name} is missing" in done.stderr


def test_a_complete_environment_starts():
    made = {name: secrets.token_urlsafe(48) for name in SECRETS}

    done = started(
        "manage.py",
        "check",
        **made,
        PAYOUT_DETAILS_KEY=Fernet.generate_key().decode(),
        WEBHOOK_SECRETS_KEY=Fernet.generate_key().decode(),
        SECOND_FACTOR_KEY=Fernet.generate_key().decode(),
        ALLOWED_HOSTS="marketplace.test",
        APP_BASE_URL="https://marketplace.test",
    )

    assert done.returncode == 0, done.stderr
