"""What browsers need and API clients do not: sessions, CSRF, languages, frames. Each does nothing for a path under /api/."""

from typing import Any

from axes.middleware import AxesMiddleware
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

API = "/api/"


class PagesOnly:
    """Stands before a middleware of Django's and passes calls of the API by."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API):
            return self.get_response(request)  # type: ignore[attr-defined]
        return super().__call__(request)  # type: ignore[misc]


class Sessions(PagesOnly, SessionMiddleware):
    """Django's sessions, for the backoffice."""


class Locale(PagesOnly, LocaleMiddleware):
    """The backoffice speaks Russian, whatever the browser prefers."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate("ru")
        request.LANGUAGE_CODE = "ru"


class Common(PagesOnly, CommonMiddleware):
    """Slashes and lengths of pages."""


class Csrf(PagesOnly, CsrfViewMiddleware):
    """Every form of the backoffice proves where it came from. The API judges its own cookies in api.auth."""

    def process_view(self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any) -> HttpResponse | None:
        if request.path_info.startswith(API):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class Authentication(PagesOnly, AuthenticationMiddleware):
    """Who is signed in to the backoffice."""


class Messages(PagesOnly, MessageMiddleware):
    """What a verb has to say on the next page."""


class Frames(PagesOnly, XFrameOptionsMiddleware):
    """No page is shown inside somebody else's."""


class ContentPolicy(PagesOnly, CSPMiddleware):
    """What pages may load."""


class Axes(PagesOnly, AxesMiddleware):
    """Locks out who guesses passwords."""
