"""Where the backoffice is."""

from django.urls import path

from backoffice.site import site

urlpatterns = [path("", site.urls)]
