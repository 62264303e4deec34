"""The part that asks the database: Django as it is, in a few threads. A call that waits is in none of them."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import close_old_connections, connections
from django.http import HttpResponse, HttpResponseNotFound

from api import auth
from api.stream.places import Gate
from core.base import clock

What = ParamSpec("What")
Found = TypeVar("Found")


class Inside(BaseHandler):
    """Django's stack over the routes of `api.stream.routes`."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.load_middleware()
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="live")

    async def respond(self, scope: Mapping[str, Any], gate: Gate) -> HttpResponse:
        """The answer of the view: all of it, or what a call that waits begins with. Same rules, same words as in the web server."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._respond, scope, gate)

    async def ask(self, function: Callable[What, Found], *args: What.args, **named: What.kwargs) -> Found:
        """What the function finds out."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: self._ask(function, *args, **named))

    def close(self) -> None:
        """The threads and their connections are gone."""
        for _ in range(self.threads._max_workers):
            self.threads.submit(connections.close_all)
        self.threads.shutdown()

    def _respond(self, scope: Mapping[str, Any], gate: Gate) -> HttpResponse:
        request_started.send(sender=type(self), scope=scope)
        request = ASGIRequest(scope, BytesIO())  # type: ignore[arg-type]  # a file is all it needs of a body
        request.urlconf = "api.stream.routes"
        request.gate = gate  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.close()
        return response if isinstance(response, HttpResponse) else HttpResponseNotFound()  # a file: the web server's

    def _ask(self, function: Callable[..., Found], *args: Any, **named: Any) -> Found:
        close_old_connections()
        clock.forget()
        return function(*args, **named)


def living_of(session_ids: set[UUID]) -> set[UUID]:
    """Those of these sessions that still open something."""
    return set(auth.living_sessions().filter(id__in=session_ids).values_list("id", flat=True))
