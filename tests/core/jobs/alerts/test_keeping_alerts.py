"""A creator's saved searches: made, named, counted, changed, put to rest and deleted."""

import pytest
from django.db import IntegrityError, transaction

from core.base.errors import Forbidden, Invalid, NotFound
from core.base.vocabulary import Language
from core.jobs.alerts.errors import AlertLimit, AlertNameTaken
from core.jobs.alerts.models import JobAlert
from core.jobs.alerts.services import ALERTS_MAX, create_alert, delete_alert, edit_alert, switch_alert
from tests.core.jobs.traces import audited, nothing_happens

WHOLE = {
    "name": "Tea",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "language": "ru",
    "content_formats": ["REVIEW", "UNBOXING"],
    "min_budget_cents": 300_000,
    "max_budget_cents": 500_000,
    "currency": "RUB",
}


def test_an_alert_keeps_what_it_was_told(world):
    creator = world.creator()

    alert = create_alert(by=creator, content=WHOLE)

    alert.refresh_from_db()
    assert {name: getattr(alert, name) for name in WHOLE} == WHOLE
    assert (alert.creator, alert.is_active) == (creator, True)
    assert audited(alert) == ["ALERT_CREATED"]


def test_the_name_is_trimmed_before_it_is_measured(world):
    assert create_alert(by=world.creator(), content={"name": "  Tea  ", "niche": "FOOD"}).name == "Tea"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": " T "}, "name"),
        ({"name": "T" * 81}, "name"),
        ({"name": "\u2800\u2800"}, "name"),
        ({"platform": "MYSPACE"}, "platform"),
        ({"niche": "food"}, "niche"),
        ({"language": "RU"}, "language"),
        ({"language": "de"}, "language"),
        ({"content_formats": ["DANCE"]}, "contentFormats"),
        ({"currency": "GBP"}, "currency"),
        ({"min_budget_cents": -1, "currency": "RUB"}, "minBudgetCents"),
        ({"max_budget_cents": 10_000_000_001, "currency": "RUB"}, "maxBudgetCents"),
        ({"min_budget_cents": 2, "max_budget_cents": 1, "currency": "RUB"}, "maxBudgetCents"),
        ({"min_budget_cents": 100}, "currency"),
        ({"is_active": False}, "isActive"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(world, content, field):
    creator = world.creator()

    with nothing_happens(), pytest.raises(Invalid) as refusal:
        create_alert(by=creator, content={"name": "Tea", "niche": "FOOD"} | content)

    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("content", [{}, {"platform": "", "niche": "", "language": "", "content_formats": [], "currency": ""}])
def test_an_alert_for_everything_is_refused(world, content):
    creator = world.creator()

    with nothing_happens(), pytest.raises(Invalid) as refusal:
        create_alert(by=creator, content={"name": "Everything"} | content)

    assert refusal.value.form


@pytest.mark.parametrize("language", Language.values)
def test_an_alert_speaks_every_language_of_the_marketplace(world, language):
    assert create_alert(by=world.creator(), content={"name": "Mine", "language": language}).language == language


def test_only_creators_keep_alerts(world):
    brand = world.brand()

    for stranger in (brand, world.moderator, world.staff()):
        with nothing_happens(), pytest.raises(Forbidden):
            create_alert(by=stranger, content=WHOLE)


def test_a_creator_has_twenty_alerts_and_no_more(world):
    creator = world.creator()
    alerts = [world.alert(creator=creator) for _ in range(ALERTS_MAX)]

    with nothing_happens(), pytest.raises(AlertLimit):
        world.alert(creator=creator)
    assert world.alert()

    delete_alert(alerts[0].id, by=creator)
    assert world.alert(creator=creator)


def test_resting_alerts_count_too(world):
    creator = world.creator()
    for _ in range(ALERTS_MAX):
        switch_alert(world.alert(creator=creator).id, by=creator, is_active=False)

    with pytest.raises(AlertLimit):
        world.alert(creator=creator)


def test_a_name_is_given_once_whatever_its_capitals(world):
    creator = world.creator()
    tea = world.alert(creator=creator, name="Чай", niche="FOOD")
    coffee = world.alert(creator=creator, name="Кофе", niche="FOOD")

    with nothing_happens(), pytest.raises(AlertNameTaken):
        world.alert(creator=creator, name="ЧАЙ", niche="HOME")
    with nothing_happens(), pytest.raises(AlertNameTaken):
        edit_alert(coffee.id, by=creator, changes={"name": "чай"})

    assert edit_alert(tea.id, by=creator, changes={"name": "ЧАЙ"}).name == "ЧАЙ"
    assert world.alert(name="Чай", niche="FOOD")


def test_a_deleted_alert_frees_its_name(world):
    creator = world.creator()
    alert = world.alert(creator=creator, name="Tea", niche="FOOD")

    delete_alert(alert.id, by=creator)

    assert world.alert(creator=creator, name="Tea", niche="FOOD")
    assert audited(alert) == ["ALERT_CREATED", "ALERT_DELETED"]


def test_an_edit_changes_what_it_names(world):
    creator = world.creator()
    alert = create_alert(by=creator, content=WHOLE)

    edit_alert(alert.id, by=creator, changes={"niche": "", "max_budget_cents": None, "content_formats": []})

    alert.refresh_from_db()
    assert (alert.platform, alert.niche, alert.max_budget_cents, alert.content_formats) == ("TIKTOK", "", None, [])
    assert audited(alert) == ["ALERT_CREATED", "ALERT_EDITED"]


def test_an_edit_that_changes_nothing_leaves_no_trace(world):
    alert = world.alert(name="Tea", niche="FOOD")

    with nothing_happens():
        edit_alert(alert.id, by=alert.creator, changes={"name": " Tea ", "niche": "FOOD"})


def test_an_edit_cannot_take_the_last_criterion_away(world):
    alert = world.alert(niche="FOOD")

    with nothing_happens(), pytest.raises(Invalid):
        edit_alert(alert.id, by=alert.creator, changes={"niche": ""})


def test_an_edit_cannot_leave_a_budget_without_a_currency(world):
    alert = world.alert(min_budget_cents=100, currency="KZT")

    with nothing_happens(), pytest.raises(Invalid) as refusal:
        edit_alert(alert.id, by=alert.creator, changes={"currency": ""})

    assert list(refusal.value.fields) == ["currency"]


def test_a_switch_says_so_once(world):
    alert = world.alert()

    switch_alert(alert.id, by=alert.creator, is_active=False)
    with nothing_happens():
        switch_alert(alert.id, by=alert.creator, is_active=False)
    switch_alert(alert.id, by=alert.creator, is_active=True)

    alert.refresh_from_db()
    assert alert.is_active
    assert audited(alert) == ["ALERT_CREATED", "ALERT_SWITCHED", "ALERT_SWITCHED"]


def test_somebody_elses_alert_is_not_there(world):
    alert, stranger = world.alert(), world.creator()

    for act in (
        lambda: edit_alert(alert.id, by=stranger, changes={"niche": "HOME"}),
        lambda: switch_alert(alert.id, by=stranger, is_active=False),
        lambda: delete_alert(alert.id, by=stranger),
    ):
        with nothing_happens(), pytest.raises(NotFound):
            act()


def test_a_deleted_alert_is_gone_for_every_verb(world):
    alert = world.alert()
    delete_alert(alert.id, by=alert.creator)

    for act in (
        lambda: edit_alert(alert.id, by=alert.creator, changes={"niche": "HOME"}),
        lambda: switch_alert(alert.id, by=alert.creator, is_active=False),
        lambda: delete_alert(alert.id, by=alert.creator),
    ):
        with nothing_happens(), pytest.raises(NotFound):
            act()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"min_budget_cents": 5},
        {"min_budget_cents": 2, "max_budget_cents": 1, "currency": "RUB"},
        {"min_budget_cents": -1, "currency": "RUB"},
        {"max_budget_cents": 10_000_000_001, "currency": "RUB"},
    ],
)
def test_the_database_refuses_an_impossible_alert_too(world, content):
    with pytest.raises(IntegrityError, match="alert_"), transaction.atomic():
        JobAlert.objects.create(creator=world.creator(), name="Tea", **content)
