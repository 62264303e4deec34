"""How staff stay signed in: half an hour of silence or half a day of work ends it. And what is said to who guesses passwords."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.security.freshness import PROVEN
from core.base import clock
from core.base.addresses import client_address
from core.people.factors.policies import needs_factor
from core.people.factors.store import BEGAN

NOTED_EVERY = timedelta(minutes=1)
SEEN = "seen_at"
AGENT_LENGTH_MAX = 200


def idle_max() -> timedelta:
    """After so much silence a person is signed out."""
    return timedelta(minutes=settings.STAFF_IDLE_MINUTES)


def whole_max() -> timedelta:
    """After so much time a person is signed out, busy or not."""
    return timedelta(hours=settings.STAFF_SESSION_HOURS)


def begin(request: HttpRequest) -> None:
    """The person came in just now."""
    request.session[BEGAN] = request.session[SEEN] = clock.now().timestamp()


def watch(request: HttpRequest) -> None:
    """A signed-in person who was silent or here for too long, or who never showed the code that is asked of them, is signed out.

    The others are noted, once a minute at most.
    """
    if not request.user.is_authenticated:
        return
    now = clock.now().timestamp()
    began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, now)
    is_old = now - seen > idle_max().total_seconds() or now - began > whole_max().total_seconds()
    if is_old or (needs_factor(request.user) and PROVEN not in request.session):
        logout(request)
        return
    if BEGAN not in request.session or now - seen > NOTED_EVERY.total_seconds():
        request.session[BEGAN], request.session[SEEN] = began, now


def place(request: HttpRequest) -> dict[str, Any]:
    """Where the browser is and what it calls itself, as the person recognises it in the list of their sign-ins."""
    agent = "".join(sign for sign in request.META.get("HTTP_USER_AGENT", "") if sign.isprintable())
    return {"ip": client_address(request.META), "user_agent": agent[:AGENT_LENGTH_MAX]}


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The page of who tried too often: when to come back, and nothing about whether the account exists."""
    return render(request, "backoffice/locked_out.html", status=429)
