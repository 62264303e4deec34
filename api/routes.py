"""The routes as they are served: what the checks, the contract page and the tests walk over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from api.description import Description

PREFIX = "api/"
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    viewset: Any
    action: str

    @property
    def name(self) -> str:
        """`POST /api/jobs/{pk}/apply`, the spelling of every table of routes in the code."""
        return f"{self.method} {self.path}"

    @property
    def shown(self) -> str:
        """`POST /api/jobs/{id}/apply`, as readers of the contract see it."""
        return self.name.replace("{pk}", "{id}")

    @property
    def view(self) -> Any:
        """The view as it would stand before this call."""
        view = self.viewset()
        view.action = self.action
        return view

    @property
    def description(self) -> Description | None:
        """What the action says about itself; None when it says nothing."""
        return getattr(getattr(self.viewset, self.action), "description", None)


def routes() -> Iterator[Route]:
    """Every route of the API that a view of ours serves, in the order of the URL conf."""
    for where, pattern in patterns(get_resolver(settings.ROOT_URLCONF).url_patterns, ""):
        viewset = getattr(pattern.callback, "cls", None)
        for method, action in (getattr(pattern.callback, "actions", None) or {}).items():
            if method != "head":  # Django answers it wherever it answers GET
                yield Route(method.upper(), "/" + CONVERTER.sub(r"{\1}", where), viewset, action)


def patterns(found: list[Any], before: str) -> Iterator[tuple[str, URLPattern]]:
    """Every pattern under /api/ with its whole path."""
    for one in found:
        where = before + str(one.pattern)
        if isinstance(one, URLResolver):
            if PREFIX.startswith(where) or where.startswith(PREFIX):
                yield from patterns(one.url_patterns, where)
        elif where.startswith(PREFIX) and one.callback is not None:
            yield where, one
