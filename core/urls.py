"""Wiring, by strings only."""

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [path("api/", include("api.urls"))] if find_spec("api.urls") else []
