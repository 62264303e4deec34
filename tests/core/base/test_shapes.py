"""Rows that the database writes as JSON say the same as Python would."""

import json
from datetime import UTC, datetime

import pytest
from django.db.models import F

from core.base.shapes import RowJSON
from core.people.models import User

MOMENTS = [
    datetime(2026, 3, 1, 12, 30, 5, 439_020, tzinfo=UTC),
    datetime(2026, 3, 1, 12, 30, 5, 7, tzinfo=UTC),
    datetime(2026, 3, 1, 12, 30, 5, 0, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_reads_as_python_writes_it(world, moment):
    person = world.bare_creator()
    User.objects.filter(id=person.id).update(email_verified_at=moment)

    shown = User.objects.annotate(row=RowJSON(at=F("email_verified_at"), never=F("blocked_at")))
    row = shown.values_list("row", flat=True).get(id=person.id)

    assert json.loads(row) == {"at": moment.isoformat(), "never": None}
