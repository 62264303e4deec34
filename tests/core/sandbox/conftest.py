"""A sandbox for one test."""

from collections.abc import Iterator

import pytest

from core.base import clock


@pytest.fixture
def sandbox(db: None, settings) -> Iterator[None]:
    """SANDBOX=1, with a clock that nobody has moved yet."""
    settings.SANDBOX = True
    clock.forget()
    yield
    settings.SANDBOX = False
    clock.forget()
