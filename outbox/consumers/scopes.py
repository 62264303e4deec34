"""What a consumer may see: types of events, `ESCROW_*` for all that begin so, `*` for all."""

import re
from collections.abc import Iterable
from typing import Any

from outbox.events import REGISTRY

ALL = "*"
SHAPE = re.compile(r"\*|[A-Z][A-Z0-9_]*\*?")


def pattern(scope: str) -> str:
    """The scope as LIKE understands it: an underscore is an underscore."""
    escaped = scope.removesuffix("*").replace("_", r"\_")
    return escaped + "%" if scope.endswith("*") else escaped


def conditions(scopes: Iterable[str]) -> dict[str, Any]:
    """The parameters of every statement that looks at events."""
    chosen = list(scopes)
    return {"all": ALL in chosen, "patterns": [pattern(scope) for scope in chosen]}


def unknown(scopes: Iterable[str]) -> list[str]:
    """Those that name no event that there is."""
    return [scope for scope in scopes if not SHAPE.fullmatch(scope) or not any(names(scope, type_name) for type_name in REGISTRY)]


def names(scope: str, type_name: str) -> bool:
    """Whether the scope holds events of this type."""
    return type_name.startswith(scope[:-1]) if scope.endswith("*") else type_name == scope
