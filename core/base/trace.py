"""The request id that ties a call to its log lines, audit rows and events. It lives on the floor below, where events need it."""

from outbox.trace import begin, end, request_id

__all__ = ["begin", "end", "request_id"]
