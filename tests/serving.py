"""A web server in a thread of the tests, for those who speak HTTP to rows that are committed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections


class Quiet(WSGIRequestHandler):
    """Requests are not printed."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is said."""


class Server(ThreadedWSGIServer):
    """Each connection in a thread of its own, which gives its database connections back. Closing waits for all of them."""

    daemon_threads = False

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


@contextmanager
def serving(application: Callable[..., Any]) -> Iterator[str]:
    """The address of a server of this application."""
    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
