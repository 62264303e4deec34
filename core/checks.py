"""What the application refuses to start with. Each refusal is one line that says what to change.

With DEBUG=1 it only answers on this machine; without it every secret is there, long, its own, and not from an example.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

SECRET_LENGTH_MIN = 50
SECRET_VARIETY_MIN = 10
HSTS_SECONDS_MIN = 31_536_000
POSTGRESQL_VERSION_MIN = 150_000
REQUIRED_SECRETS = ("SECRET_KEY", "CURSOR_SECRET", "HUEY_SECRET", "TELEGRAM_BINDING_PEPPER")
OPTIONAL_SECRETS = ("OUTBOX_CONSUMER_SECRET", "METRICS_TOKEN", "TELEGRAM_BOT_SECRET", "TELEGRAM_WEBHOOK_SECRET")
EXAMPLES = ("developer-only", "django-insecure", "change-me", "changeme", "change_me", "secret-key", "replace", "example")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "testserver"})
PROVIDERS = ("mock", "manual")
TELEGRAM_SECRET_SHAPE = re.compile(r"[\w-]{0,256}", re.ASCII)


@register(Tags.security)
def check_settings(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """Errors for every setting that must not go live."""
    found: list[CheckMessage] = [Error(line, id=f"core.{code}") for code, line in refusals()]
    if not settings.DEBUG and settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend")):
        found.append(checks.Warning("EMAIL_URL is not set: letters wait, and nobody receives a password reset.", id="core.W001"))
    if not settings.DEBUG and settings.THROTTLE_MULTIPLIER != 1:
        found.append(checks.Warning("THROTTLE_MULTIPLIER is not 1: the rate limits are not the published ones.", id="core.W002"))
    return found


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Errors for a server that is too old, and without DEBUG for a role that no rule of the database binds."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        if connections[alias].vendor != "postgresql":
            continue  # E001 has said so
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, rolsuper FROM pg_roles WHERE rolname = current_user")
            version, is_superuser = cursor.fetchone()
        if version < POSTGRESQL_VERSION_MIN:
            found.append(Error("PostgreSQL has to be version 15 or newer.", id="core.E030"))
        if is_superuser and not settings.DEBUG:
            found.append(Error("The database role is a superuser: give the application a role of its own.", id="core.E031"))
    return found


def refusals() -> Iterator[tuple[str, str]]:
    """Yield (code, line) for everything that is wrong, in the order of settings.py."""
    if settings.DATABASES["default"]["ENGINE"] != "core.postgresql":
        yield "E001", "DATABASE_URL has to be the address of a PostgreSQL server: postgresql://…"
    if settings.PAYMENT_PROVIDER not in PROVIDERS:
        yield "E002", f"PAYMENT_PROVIDER has to be one of: {', '.join(PROVIDERS)}."
    yield from developer_refusals() if settings.DEBUG else production_refusals()


def developer_refusals() -> Iterator[tuple[str, str]]:
    """Developer's settings are for this machine."""
    strangers = [host for host in settings.ALLOWED_HOSTS if host not in LOOPBACK]
    if strangers:
        yield "E003", f"DEBUG=1 answers on this machine only, but ALLOWED_HOSTS names {', '.join(strangers)}: set DEBUG=0."


def production_refusals() -> Iterator[tuple[str, str]]:
    """Everything that a live system needs and must not have."""
    if settings.SANDBOX:
        yield "E004", "SANDBOX=1 lets callers move the clock: it needs DEBUG=1."
    if settings.PAYMENT_PROVIDER == "mock":
        yield "E005", "PAYMENT_PROVIDER=mock makes money out of nothing: it needs DEBUG=1."
    if not settings.ALLOWED_HOSTS:
        yield "E006", "ALLOWED_HOSTS is missing: name the hosts that the server answers for."
    if any("*" in host for host in settings.ALLOWED_HOSTS):
        yield "E007", "ALLOWED_HOSTS must not contain *: name the hosts."
    if settings.SECURE_HSTS_SECONDS < HSTS_SECONDS_MIN:
        yield "E008", f"SECURE_HSTS_SECONDS has to be at least {HSTS_SECONDS_MIN} (a year)."
    address = urlsplit(settings.APP_BASE_URL)
    if not address.hostname:
        yield "E009", "APP_BASE_URL is missing: links in messages start with it."
    elif address.scheme != "https" and address.hostname not in LOOPBACK:
        yield "E010", "APP_BASE_URL has to start with https://."
    yield from telegram_refusals()
    yield from door_refusals()
    for name, value in secrets():
        yield from secret_refusals(name, value)
    yield from encryption_key_refusals()
    yield from shared_refusals()


def door_refusals() -> Iterator[tuple[str, str]]:
    """Doors that only a developer leaves open."""
    if settings.WEBHOOK_PRIVATE_HOSTS_ALLOWED:
        yield "E014", "WEBHOOK_PRIVATE_HOSTS_ALLOWED=1 lets webhooks call this machine: it needs DEBUG=1."
    if not settings.STAFF_SECOND_FACTOR:
        yield "E015", "STAFF_SECOND_FACTOR=0 lets staff in with a password alone: it needs DEBUG=1."


def telegram_refusals() -> Iterator[tuple[str, str]]:
    """What goes to Telegram goes encrypted, people find the bot, and its updates can show their secret."""
    address = urlsplit(settings.TELEGRAM_API_URL)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        yield "E011", "TELEGRAM_API_URL has to start with https://."
    if settings.TELEGRAM_BOT_TOKEN and not settings.TELEGRAM_BOT_NAME:
        yield "E012", "TELEGRAM_BOT_TOKEN needs TELEGRAM_BOT_NAME beside it: links to the bot are made of the name."
    if not TELEGRAM_SECRET_SHAPE.fullmatch(settings.TELEGRAM_WEBHOOK_SECRET):
        yield "E013", "TELEGRAM_WEBHOOK_SECRET may hold letters, digits, _ and -, 256 at most: Telegram takes no other."


def secret_refusals(name: str, value: str) -> Iterator[tuple[str, str]]:
    """A secret is there, long, and nobody's example."""
    if not value:
        yield "E020", f"{name} is missing."
    elif any(example in value.lower() for example in EXAMPLES):
        yield "E021", f"{name} is a value from an example: make a new one."
    elif len(value) < SECRET_LENGTH_MIN or len(set(value)) < SECRET_VARIETY_MIN:
        yield "E022", f"{name} is too short or too plain: at least {SECRET_LENGTH_MIN} random characters."


def encryption_keys() -> list[tuple[str, list[str], str]]:
    """The variables that hold Fernet keys: name, keys, and the developer's key, which everybody knows."""
    return [
        ("PAYOUT_DETAILS_KEY", settings.PAYOUT_DETAILS_KEYS, settings.DEVELOPER_PAYOUT_DETAILS_KEY),
        ("WEBHOOK_SECRETS_KEY", settings.WEBHOOK_SECRETS_KEYS, settings.DEVELOPER_WEBHOOK_SECRETS_KEY),
        ("SECOND_FACTOR_KEY", settings.SECOND_FACTOR_KEYS, settings.DEVELOPER_SECOND_FACTOR_KEY),
    ]


def encryption_key_refusals() -> Iterator[tuple[str, str]]:
    """What has to be readable again can be encrypted, with keys that only this system knows."""
    for name, keys, known in encryption_keys():
        if not keys:
            yield "E020", f"{name} is missing."
        for key in keys:
            try:
                Fernet(key)
            except ValueError:
                yield "E023", f"{name} has to be Fernet keys (32 bytes in url-safe base64), comma separated."
            else:
                if key == known or len(set(key)) < SECRET_VARIETY_MIN:
                    yield "E021", f"{name} is a value from an example: make a new one."


def shared_refusals() -> Iterator[tuple[str, str]]:
    """A secret that leaks opens one door, not two."""
    named = [*secrets(), *((name, key) for name, keys, _known in encryption_keys() for key in keys)]
    for (name, value), (other, same) in combinations(named, 2):
        if value and value == same:
            yield "E024", f"{name} and {other} are the same: each secret has one use."


def secrets() -> list[tuple[str, str]]:
    """The secrets with their names; optional ones only when set."""
    found = [(name, setting(name)) for name in REQUIRED_SECRETS]
    found += [(name, setting(name)) for name in OPTIONAL_SECRETS if setting(name)]
    return found + [("SECRET_KEY_FALLBACKS", value) for value in settings.SECRET_KEY_FALLBACKS]


def setting(name: str) -> str:
    """The setting; Django itself raises where SECRET_KEY is empty."""
    try:
        return str(getattr(settings, name))
    except ImproperlyConfigured:
        return ""
