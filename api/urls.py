"""Every route of the API, room by room. A path that no room knows is a 404 in the envelope, with DEBUG or without."""

from django.urls import URLPattern, re_path

from api import deals, docs, errors, hiring, jobs, moderation, money, notifications, people, profiles, system, verification

urlpatterns: list[URLPattern] = [
    *jobs.urls,  # first: the feed is asked more often than all the rest
    *notifications.urls,
    *people.urls,
    *profiles.urls,
    *verification.urls,
    *moderation.urls,
    *hiring.urls,
    *deals.urls,
    *money.urls,
    *docs.urls,
    *system.urls,
    re_path(r"", errors.not_found, name="unknown"),
]
