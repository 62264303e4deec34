"""What the tests of the backoffice share: browsers of each role."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.backoffice.pages import client_of
from tests.world import World


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Counters remembered by one test are not read by another."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def enter(world: World) -> Callable[..., Client]:
    """A browser of a new member of staff with these capabilities."""
    return lambda *capabilities: client_of(world.staff(*capabilities))
