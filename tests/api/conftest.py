"""The stage of the matrix: made once per file, and every line played on it is undone."""

from collections.abc import Iterator

import pytest

from tests.api.lines import undone
from tests.api.matrix import Stage


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Stage]:
    """The people of the matrix. Not to be used beside `db` or `world`, whose transaction is another one."""
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        yield Stage()
