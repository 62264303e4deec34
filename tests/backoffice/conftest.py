"""What the tests of the backoffice share: doors for each role, and a world with one of everything."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.people.models import User
from tests.backoffice.scene import Scene
from tests.world import World


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Counters remembered by one test are not read by another."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def scene(world: World) -> Scene:
    """One of everything that the backoffice shows."""
    return Scene(world)


def client_of(user: User, **options: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def enter(world: World) -> Callable[..., Client]:
    """A browser of a new member of staff with these capabilities."""
    return lambda *capabilities: client_of(world.staff(*capabilities))
