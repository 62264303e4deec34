"""How staff stay signed in: half an hour of silence or half a day of work ends it. And what is said to who guesses passwords."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.base import clock

IDLE_MAX = timedelta(minutes=30)
WHOLE_MAX = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
BEGAN, SEEN = "began_at", "seen_at"


def watch(request: HttpRequest) -> None:
    """A signed-in person who was silent or here for too long is signed out; the others are noted, once a minute at most."""
    if not request.user.is_authenticated:
        return
    now = clock.now().timestamp()
    began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, now)
    if now - seen > IDLE_MAX.total_seconds() or now - began > WHOLE_MAX.total_seconds():
        logout(request)
        return
    if BEGAN not in request.session or now - seen > NOTED_EVERY.total_seconds():
        request.session[BEGAN], request.session[SEEN] = began, now


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The page of who tried too often: when to come back, and nothing about whether the account exists."""
    return render(request, "backoffice/locked_out.html", status=429)
