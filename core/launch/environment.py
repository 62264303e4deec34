"""What `./run` adds to the caller's environment: `.env`, the data folder, and on a developer's machine secrets made once."""

import base64
import os
import secrets
from pathlib import Path

from core.launch.console import Stop
from core.launch.venv import ROOT, VENV

PORT_MAX = 65535
DEVELOPER_SECRETS = ("SECRET_KEY", "CURSOR_SECRET", "HUEY_SECRET", "TELEGRAM_BINDING_PEPPER", "OUTBOX_CONSUMER_SECRET", "METRICS_TOKEN")
DEVELOPER_KEYS = ("PAYOUT_DETAILS_KEY", "WEBHOOK_SECRETS_KEY", "SECOND_FACTOR_KEY")  # of Fernet


def complete_environment(given: dict[str, str]) -> dict[str, str]:
    """Return the environment of every process of `./run`. What the caller set wins over `.env`, and that over made secrets."""
    environment = read_assignments(ROOT / ".env") | given
    environment.setdefault("HOST", "127.0.0.1")
    environment.setdefault("PORT", "8000")
    require_port(environment, "PORT")
    environment.setdefault("LIVE_PORT", str(int(environment["PORT"]) % PORT_MAX + 1))
    require_port(environment, "LIVE_PORT")
    if environment["PORT"] == environment["LIVE_PORT"]:
        raise Stop(f"PORT and LIVE_PORT are both {environment['PORT']}: each server needs its own.")
    home = Path(environment.get("UGC_HOME") or "var")
    home = home if home.is_absolute() else ROOT / home
    environment["UGC_HOME"] = str(home)
    environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment["PYTHONUNBUFFERED"] = "1"
    environment.setdefault("DEBUG", "0" if environment.get("DATABASE_URL") else "1")
    if is_developers(environment):
        environment.setdefault("APP_BASE_URL", base_url(environment))
        environment = secrets_made_once(home) | environment
    return environment


def require_port(environment: dict[str, str], name: str) -> None:
    """Refuse a port that is none."""
    if not environment[name].isdecimal() or not 0 < int(environment[name]) <= PORT_MAX:
        raise Stop(f"{name} is {environment[name]!r}: it has to be a number from 1 to {PORT_MAX}.")


def is_developers(environment: dict[str, str]) -> bool:
    return environment["DEBUG"].lower() in ("1", "true", "yes", "on")


def base_url(environment: dict[str, str]) -> str:
    """Where a person on this machine finds the server."""
    host = environment["HOST"]
    if host in ("0.0.0.0", "::", ""):  # noqa: S104  compared, not listened on
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{environment['PORT']}"


def secrets_made_once(home: Path) -> dict[str, str]:
    """Return the developer's secrets; the missing ones are made and kept, so that a restart signs nobody out."""
    file = home / "secrets.env"
    known = read_assignments(file)
    made = {name: secrets.token_urlsafe(48) for name in DEVELOPER_SECRETS if name not in known}
    for name in DEVELOPER_KEYS:
        if name not in known:
            made[name] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if "DEMO_PASSWORD" not in known:
        made["DEMO_PASSWORD"] = f"demo-{secrets.token_hex(4)}"
    if made:
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as kept:
            kept.writelines(f"{name}={value}\n" for name, value in made.items())
    return known | made


def read_assignments(file: Path) -> dict[str, str]:
    """Return NAME=value lines; comments and empty lines are skipped, and quotes around a value are not part of it."""
    if not file.exists():
        return {}
    lines = (line.strip() for line in file.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip().removeprefix("export "): value.strip().strip("\"'") for name, _, value in pairs}
