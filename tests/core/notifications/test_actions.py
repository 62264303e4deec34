"""Every action is played in the real world; whoever heard of it, of what and with which link, is what the registry says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import resolve

from core.clockwork import REMINDERS as FINDERS
from core.clockwork import run_due
from core.notifications.kinds.kind import RECIPIENTS
from core.notifications.models import Notification
from core.notifications.registry import KINDS
from core.notifications.targets import PAGES, is_backoffice, is_page
from core.people.models import User
from core.timers.models import Timer
from outbox.events import REGISTRY
from outbox.models import Event
from tests.core.notifications.scenarios import REMINDERS, SCENARIOS, Scene, load

load()
PLAYED = [(named, make) for named in KINDS for make in SCENARIOS.get(named, [])]


@pytest.fixture
def stage(world, settings):
    """A world whose scenes may change settings, and remind people."""
    world.settings = settings
    world.remind = lambda subject_id, kind: lambda: remind(subject_id, kind)
    return world


def remind(subject_id: Any, kind: str) -> None:
    """The moment has come at which people are reminded of this clock."""
    timer = Timer.objects.get(subject_id=subject_id, kind=kind, ended_at=None)
    Timer.objects.filter(id=timer.id).update(remind_at=timer.started_at)
    run_due()


def play(scene: Scene) -> tuple[list[Notification], list[Event]]:
    """What the act alone told people and machines."""
    told, sent = set(Notification.objects.values_list("id", flat=True)), set(Event.objects.values_list("id", flat=True))
    scene.act()
    return list(Notification.objects.exclude(id__in=told).order_by("id")), list(Event.objects.exclude(id__in=sent).order_by("id"))


def leads_somewhere(notice: Notification) -> bool:
    """Whether there is a page behind the link, for somebody like its reader."""
    reader = User.objects.get(id=notice.user_id)
    if not is_backoffice(notice.href):
        return is_page(notice.href) and not reader.is_staff
    page = resolve(notice.href)
    return page.url_name is not None and reader.is_staff  # what the backoffice does not know goes to a view without a name


def test_every_kind_of_notice_has_its_scene():
    assert sorted(KINDS.keys() - SCENARIOS.keys()) == []
    assert sorted(SCENARIOS.keys() - KINDS.keys()) == []


def test_every_clock_that_reminds_has_its_scene():
    assert sorted(FINDERS.keys() - REMINDERS.keys()) == []


@pytest.mark.parametrize("type", KINDS)
def test_a_kind_names_known_recipients_an_act_and_known_events(type):
    kind = KINDS[type]

    assert kind.when
    assert set(kind.recipients) <= RECIPIENTS.keys()
    assert set(kind.facts_of(type)) <= REGISTRY.keys()


@pytest.mark.parametrize(("type", "make"), PLAYED, ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_an_act_tells_whom_the_registry_names(stage, type, make: Callable[[Any], Scene]):
    kind, scene = KINDS[type], make(stage)
    named = {name: scene.called(name) for name in kind.recipients}

    notices, events = play(scene)

    mine = [notice for notice in notices if notice.type == type]
    people = {notice.user_id for notice in mine}
    assert people == set().union(*named.values())
    assert len(mine) == len(people) > 0
    for notice in mine:
        assert notice.category == kind.category
        assert leads_somewhere(notice), notice.href
        assert kind.concerns(User.objects.get(id=notice.user_id).role)
    for fact in kind.facts_of(type):
        assert people <= {person for event in events if event.type == fact for person in event.recipient_ids}, fact


@pytest.mark.parametrize("kind", REMINDERS)
def test_whoever_has_to_act_is_reminded_and_led_to_where_they_can(stage, kind):
    clock = REMINDERS[kind](stage)
    expected = set(clock.people)

    notices, _events = play(Scene(lambda: remind(clock.subject_id, kind)))

    mine = [notice for notice in notices if notice.type == "TIMER_RUNS_OUT" and notice.facts["timer"] == kind]
    assert {notice.user_id for notice in mine} == expected
    assert len(mine) == len(expected) > 0
    for notice in mine:
        assert leads_somewhere(notice), notice.href


@pytest.mark.parametrize(
    "href",
    [
        "/dashboard/jobs/0199f0c0-0000-7000-8000-000000000001",
        "/jobs/1",
        "/jobs/0199f0c0-0000-7000-8000-000000000001/",
        "//evil.example.com",
        "/dashboard/nothing",
        "",
    ],
)
def test_a_page_that_no_client_has_is_known_to_be_none(href):
    assert not is_page(href)


def test_the_pages_are_patterns_of_paths():
    assert all(page.startswith("/") and not page.endswith("/") for page in PAGES)
