"""A scene with one of everything, for the tests that look at the whole backoffice."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.backoffice.whole.scene import Scene


@pytest.fixture(scope="package")
def painted_scene(django_db_setup: None, django_db_blocker) -> Iterator[Scene]:
    """One of everything that the backoffice shows, painted once for the package and wiped after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


@pytest.fixture
def scene(painted_scene: Scene, db: None) -> Scene:
    """The scene. What a test does to it is undone after the test."""
    return painted_scene
