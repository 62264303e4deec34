"""The first page: each sees the cards of their work, the numbers are true, and every widget keeps to its number of queries."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice import counters, dashboard
from backoffice.dashboard import drawings
from core.base import clock
from core.money.models import Account
from outbox.models import Heartbeat
from tests.backoffice.pages import client_of, seen

CARDS = {
    "moderator": {"Задания на модерации", "Креаторы на проверке", "Открытые споры"},
    "finance": {
        *("Открытые споры", "Выплаты к решению", "Пополнения к подтверждению", "Вернувшиеся выплаты"),
        *("В эскроу", "Возраст эскроу", "Пробный баланс"),
    },
    "support": {
        *("Задания на модерации", "Креаторы на проверке", "Открытые споры"),
        *("Выплаты к решению", "Пополнения к подтверждению", "Вернувшиеся выплаты"),
    },
    "engineer": {"Пробный баланс", "События без номера", "Недоставляемые", "Обработчик"},
}
ALL = set().union(*CARDS.values())


def test_each_role_sees_its_own_cards(scene):
    for role, cards in CARDS.items():
        titles = {str(card.title) for card in dashboard.widgets(scene.staff[role])}

        assert titles - {"Мои последние действия"} == cards, role
        page = seen(client_of(scene.staff[role]).get("/backoffice/"))
        assert {title for title in cards if title in page} == cards, role


@pytest.mark.parametrize("widget", dashboard.WIDGETS, ids=lambda widget: widget.make.__name__)
def test_a_widget_keeps_to_its_number_of_queries(scene, widget):
    user = scene.superuser()
    cache.clear()

    with CaptureQueriesContext(connection) as queries:
        widget.make(user)

    assert len(queries) <= widget.queries


@pytest.mark.parametrize("role", [*CARDS, "nobody"])
def test_what_a_role_does_not_see_is_not_queried(scene, role, monkeypatch):
    client = client_of(scene.world.staff() if role == "nobody" else scene.staff[role])
    own = sum(widget.queries for widget in dashboard.WIDGETS if not widget.can or role in widget.can)
    client.get("/backoffice/")

    whole = asked(client)
    monkeypatch.setattr(dashboard, "WIDGETS", ())

    assert whole <= asked(client) + own


def asked(client: Client) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/backoffice/").status_code == 200
    return len(queries)


def test_the_numbers_are_those_of_the_rows(scene):
    cards = {str(card.title): card for card in dashboard.widgets(scene.superuser())}

    assert cards["Задания на модерации"].value == "2"
    assert cards["Креаторы на проверке"].value == "1"
    assert cards["Выплаты к решению"].value == "3"
    assert [str(value).split(" ")[0] for _label, value in cards["Выплаты к решению"].rows] == ["2", "1", "1", "1"]
    assert cards["Пополнения к подтверждению"].value == "2"
    assert cards["Пробный баланс"].value == "0"
    assert cards["Открытые споры"].value == "1"
    assert cards["Вернувшиеся выплаты"].value == "1"


def test_ages_are_counted_between_their_bounds():
    assert counters.between({"count": 10, "since_0": 3, "since_1": 4, "since_2": 9}) == (3, 1, 5, 1)


def test_a_drawing_says_its_numbers_and_is_empty_without_any():
    assert drawings.band([("green", "до часа", 0)]) == ""
    drawn = drawings.band([("green", "до часа", 3), ("red", "больше суток", 1)])

    assert 'aria-label="до часа: 3, больше суток: 1"' in drawn
    assert drawn.count("<rect") == 2
    assert drawings.columns([("01.02", 0, "0"), ("02.02", 5, "5")], "blue", "По дням").count("<title>") == 2


def test_the_books_balance_and_a_defect_shows(scene):
    assert set(dashboard.balances()["difference"].values()) == {0}
    wallet = Account.objects.filter(kind="CREATOR", balance_cents__gt=0)[0]

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE core_account DISABLE TRIGGER ALL")
        cursor.execute("UPDATE core_account SET balance_cents = balance_cents + 7 WHERE id = %s", [wallet.pk])
        cursor.execute("ALTER TABLE core_account ENABLE TRIGGER ALL")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    assert dashboard.balances()["difference"][wallet.currency] == 7


def test_a_worker_that_beats_is_alive(scene):
    engineer = scene.staff["engineer"]
    silent = {str(card.title): card for card in dashboard.widgets(engineer)}["Обработчик"]
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": clock.now()})
    alive = {str(card.title): card for card in dashboard.widgets(engineer)}["Обработчик"]

    assert (silent.value, alive.value) == ("молчит", "работает")
