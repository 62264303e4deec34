"""Every route of the API, room by room. A path that no room knows is a 404 in the envelope, with DEBUG or without."""

from django.conf import settings
from django.urls import URLPattern, re_path

from api import (
    alerts,
    cancellations,
    chat,
    contacts,
    deals,
    dispute_desk,
    disputes,
    docs,
    errors,
    hiring,
    invitations,
    jobs,
    moderation,
    money,
    notifications,
    overview,
    people,
    privacy,
    profiles,
    reviews,
    sandbox,
    system,
    verification,
)

urlpatterns: list[URLPattern] = [
    *jobs.urls,  # first: the feed is asked more often than all the rest
    *notifications.urls,
    *people.urls,
    *privacy.urls,
    *profiles.urls,
    *verification.urls,
    *moderation.urls,
    *hiring.urls,
    *invitations.urls,
    *chat.urls,
    *alerts.urls,
    *deals.urls,
    *cancellations.urls,
    *disputes.urls,
    *dispute_desk.urls,
    *reviews.urls,
    *contacts.urls,
    *overview.urls,
    *money.urls,
    *docs.urls,
    *system.urls,
    *(sandbox.urls if settings.SANDBOX else []),
    re_path(r"", errors.not_found, name="unknown"),
]
