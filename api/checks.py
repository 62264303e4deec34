"""What the application refuses to start with: a route that says nothing of who may knock, or nothing of itself."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register

from api.base import Viewset
from api.permissions import NoOne
from api.routes import Route, routes
from api.throttles import RATES


@register(Tags.urls)
def check_routes(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """Errors for every route that is not declared in full."""
    return [Error(f"{route.name}: {line}", id=f"api.{code}") for route in routes() for code, line in faults_of(route)]


def faults_of(route: Route) -> Iterator[tuple[str, str]]:
    """Yield (code, line) for what this route leaves open."""
    if not declares_permission(route):
        yield "E001", "the view does not say who may knock (permission_classes)."
    if route.description is None:
        yield "E002", "the action has no @describe."
    if unknown := scopes_of(route) - RATES.keys():
        yield "E003", f"no rate in api.throttles for the scope {', '.join(sorted(unknown))}."


def declares_permission(route: Route) -> bool:
    """Whether the view itself, and not what it stands on, says who may knock at this action."""
    own = takewhile(lambda kind: kind is not Viewset, route.viewset.__mro__)
    permissions = route.view.get_permissions()
    return any("permission_classes" in vars(kind) for kind in own) and bool(permissions) and NoOne not in map(type, permissions)


def scopes_of(route: Route) -> set[str]:
    """Every throttle scope that the view names."""
    scope = route.viewset.throttle_scope
    if isinstance(scope, Mapping):
        return set(scope.values())
    return {scope} if scope else set()
