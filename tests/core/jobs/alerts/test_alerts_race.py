"""Two windows of one creator at once: names and the number of alerts stay right."""

from functools import partial

import pytest
from django.db import IntegrityError

from core.jobs.alerts.errors import AlertLimit, AlertNameTaken
from core.jobs.alerts.models import JobAlert
from core.jobs.alerts.services import ALERTS_MAX, create_alert
from core.people.models import User
from tests.meeting import meet, without_locks
from tests.world import World

pytestmark = pytest.mark.race


def almost_full(world: World) -> User:
    """A creator with room for one more alert."""
    creator = world.creator()
    for _ in range(ALERTS_MAX - 1):
        world.alert(creator=creator)
    return creator


def two(creator: User, *names: str, before: str | None = None) -> list[type]:
    """Two alerts are made at once. What became of each."""
    made = meet(*[partial(create_alert, by=creator, content={"name": name, "niche": "FOOD"}) for name in names], before=before)
    return sorted((type(each) for each in made), key=lambda kind: kind.__name__)


def test_two_windows_make_one_alert_when_there_is_room_for_one(committed):
    for _ in range(3):
        creator = almost_full(committed)

        assert two(creator, "Tea", "Coffee") == [AlertLimit, JobAlert]
        assert JobAlert.objects.filter(creator=creator).count() == ALERTS_MAX


def test_without_the_lock_there_is_one_too_many(committed):
    creator = almost_full(committed)

    with without_locks():
        assert two(creator, "Tea", "Coffee", before="core_jobalert") == [JobAlert, JobAlert]
    assert JobAlert.objects.filter(creator=creator).count() == ALERTS_MAX + 1


def test_two_windows_give_a_name_once(committed):
    for _ in range(3):
        assert two(committed.creator(), "Tea", "tea") == [AlertNameTaken, JobAlert]


def test_without_the_lock_the_database_alone_refuses_the_second_name(committed):
    with without_locks():
        assert two(committed.creator(), "Tea", "tea", before="core_jobalert") == [IntegrityError, JobAlert]
