"""Public identifiers. They live on the floor below, where events need them."""

from outbox.ids import uuid7

__all__ = ["uuid7"]
