"""Every route of the API, room by room. A path that no room knows is a 404 in the envelope, with DEBUG or without."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, re_path

from api import errors

ROOMS = [
    "jobs",  # first: the feed is asked more often than all the rest
    "docs",
    "system",
    "people",
    "profiles",
    "verification",
    "notifications",
    "money",
    "chat",
    "moderation",
    "hiring",
    "deals",
    "disputes",
    "outbox",
    "telegram",
]

urlpatterns: list[URLPattern] = [pattern for room in ROOMS if find_spec(f"api.{room}") for pattern in import_module(f"api.{room}").urls]
urlpatterns += [re_path(r"", errors.not_found, name="unknown")]
