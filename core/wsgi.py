"""What the web server serves, once the start-up checks have nothing against it."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")

application = get_wsgi_application()

from core.checks import refusals  # noqa: E402  settings are read by the line above

if refused := [line for _, line in refusals()]:
    sys.exit("\n".join(refused))
