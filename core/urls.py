"""Wiring, by strings only."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("api.urls")),
    path("metrics", include("api.metrics")),
    path("backoffice/", include("backoffice.urls")),
]
