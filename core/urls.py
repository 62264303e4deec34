"""Wiring, by strings only."""

from importlib.util import find_spec

from django.urls import include, path

ROOMS = {"api/": "api.urls", "backoffice/": "backoffice.urls"}

urlpatterns = [path(prefix, include(module)) for prefix, module in ROOMS.items() if find_spec(module)]
