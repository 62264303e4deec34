"""Between the password and the code. Nobody is signed in yet: the session only notes who is coming in, for ten minutes."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from backoffice import sessions
from backoffice.security.freshness import note_proven
from core.base import clock, crypto
from core.people.factors import codes
from core.people.factors.policies import needs_factor
from core.people.factors.selectors import has_factor
from core.people.factors.store import FROM
from core.people.models import User

COMING, NEW = "coming_in", "new_authenticator"
COMING_FOR = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInView(LoginView):
    """Password first. Staff of whom a code is asked go on to show it, or to set their authenticator up."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if not needs_factor(user):
            come_in(self.request, user)
            return HttpResponseRedirect(self.get_success_url())
        remember(self.request, user, self.get_success_url())
        return HttpResponseRedirect(reverse("admin:second_factor" if has_factor(user) else "admin:second_factor_setup"))


def remember(request: HttpRequest, user: User, address: str) -> None:
    """This person's password was right just now. What an earlier visitor left in the session is gone."""
    request.session.flush()
    at = clock.now().timestamp()
    request.session[COMING] = {"user": str(user.pk), "hash": user.get_session_auth_hash(), "at": at, "next": address}


def coming(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago, while it is still the same and they may come in; or None."""
    noted = request.session.get(COMING)
    if not noted or clock.now().timestamp() - noted["at"] > COMING_FOR.total_seconds():
        return None
    user = User.objects.filter(pk=noted["user"]).first()
    if user is None or not user.is_staff or not constant_time_compare(user.get_session_auth_hash(), noted["hash"]):
        return None
    return user


def come_in(request: HttpRequest, user: User, *, proven: bool = False) -> str:
    """The person is signed in, in a session of their own. Returns where they wanted to go."""
    address = (request.session.pop(COMING, None) or {}).get("next", "")
    request.session.pop(NEW, None)
    login(request, user, backend=BACKEND)
    request.session[FROM] = sessions.place(request)
    sessions.begin(request)
    if proven:
        note_proven(request)
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and urlsplit(address).path.startswith("/")
    return address if ours else reverse("admin:index")


def new_secret(request: HttpRequest) -> str:
    """The secret that the person's authenticator is about to take in: the same until it has shown its first code."""
    sealed = request.session.get(NEW)
    if sealed:
        return crypto.unseal_factor_secret(sealed)
    secret = codes.new_secret()
    request.session[NEW] = crypto.seal_factor_secret(secret)
    return secret
