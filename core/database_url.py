"""DATABASE_URL, read in one way by the launcher and the settings: what libpq understands, sockets and TLS options included."""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

SCHEMES = ("postgresql", "postgres", "psql", "pgsql")


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
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    described = {key: str(parameters.pop(name, "")) for key, name in named.items()}
    return {"ENGINE": "core.postgresql", **described, "OPTIONS": parameters}
