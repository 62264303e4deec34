"""What the process `live` answers. Everything else is the web server's."""

from django.urls import include, path, re_path

from api import errors, events

urlpatterns = [path("api/", include(events.urls)), re_path(r"", errors.not_found, name="unknown")]
