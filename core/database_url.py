"""DATABASE_URL, read in one way by the launcher and the settings: what libpq understands, sockets and TLS options included."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

SCHEMES = ("postgresql", "postgres", "psql", "pgsql")
NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}  # Django's and libpq's
NOT_OF_LIBPQ = {"server_side_binding", "prepare_threshold"}
# A network that drops everything says nothing. Within half a minute it is noticed, by who waits for an answer and by who sends;
# the address can say otherwise. Unix sockets need none of it.
PATIENCE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}


def connection_parameters(address: str) -> dict[str, Any]:
    """Return the parameters for libpq, none of them empty. Raises ValueError with one line for anything that is no PostgreSQL address."""
    scheme, _, place = address.partition(":")
    if scheme not in SCHEMES or not place.startswith("//"):
        raise ValueError("DATABASE_URL has to start with postgresql://")
    try:
        return {name: value for name, value in conninfo_to_dict(f"postgresql:{place}").items() if value}
    except psycopg.ProgrammingError:
        raise ValueError("DATABASE_URL cannot be read: special characters in it have to be %-encoded") from None


def django_database(address: str) -> dict[str, Any]:
    """Return Django's description of the database; for anything that is no PostgreSQL address one that the start-up checks refuse."""
    try:
        parameters = connection_parameters(address)
    except ValueError:
        return {"ENGINE": "django.db.backends.dummy"}
    described = {key: str(parameters.pop(name, "")) for key, name in NAMES.items()}
    return {"ENGINE": "core.postgresql", **described, "OPTIONS": parameters}


def conninfo(described: Mapping[str, Any], *, application_name: str) -> str:
    """Return for libpq the database that Django's description names, reached in the same way, under a name of its own."""
    named = {name: described.get(key) or None for key, name in NAMES.items()}
    options: dict[str, Any] = {name: value for name, value in described["OPTIONS"].items() if name not in NOT_OF_LIBPQ}
    return make_conninfo("", **named | options | {"application_name": application_name})
