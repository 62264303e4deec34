"""The engine that settings name."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A kept connection is looked at before its first use in a request, without a question to the server.

    A server that went away has closed the socket, and a closed socket reads as ready. Only then, or when the server has sent
    something unasked, is it worth a round trip to find out. A connection that died without a word is found out by its first
    statement, as it would be a moment after any check.
    """

    def is_usable(self) -> bool:
        """Whether the connection can be used, as far as this end can tell."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        watched = select.poll()
        watched.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return super().is_usable() if watched.poll(0) else True
