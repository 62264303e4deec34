"""The first page: each sees the cards of their work, the numbers are true, and the whole of it takes twelve queries."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice import dashboard
from core.base import clock
from core.money.models import Account
from outbox.models import Heartbeat
from tests.backoffice.pages import client_of, seen
from tests.backoffice.whole.test_pages import QUERIES_MAX

CARDS = {
    "moderator": {"Задания на модерации", "Креаторы на проверке"},
    "finance": {"Выплаты к решению", "Пополнения к подтверждению", "В эскроу", "Пробный баланс"},
    "support": {"Задания на модерации", "Креаторы на проверке", "Выплаты к решению", "Пополнения к подтверждению"},
    "engineer": {"Пробный баланс", "События без номера", "Обработчик"},
}
ALL = set().union(*CARDS.values())


def test_each_role_sees_its_own_cards(scene):
    for role, cards in CARDS.items():
        titles = {str(card.title) for card in dashboard.widgets(scene.staff[role])}
        page = seen(client_of(scene.staff[role]).get("/backoffice/"))

        assert {title for title in ALL if title in page} == cards, role
        assert len(titles) == len(cards) + 1


def test_the_whole_page_takes_twelve_queries(scene):
    client = client_of(scene.superuser())
    client.get("/backoffice/")
    dashboard.counters.forget()
    dashboard.cache.clear()

    with CaptureQueriesContext(connection) as queries:
        client.get("/backoffice/")

    assert len(queries) <= QUERIES_MAX


def test_the_numbers_are_those_of_the_rows(scene):
    cards = {str(card.title): card for card in dashboard.widgets(scene.superuser())}

    assert cards["Задания на модерации"].value == 2
    assert cards["Креаторы на проверке"].value == 1
    assert cards["Выплаты к решению"].value == 3
    assert [str(value).split(" ")[0] for _label, value in cards["Выплаты к решению"].rows] == ["2", "1", "1", "1"]
    assert cards["Пополнения к подтверждению"].value == 2
    assert cards["Пробный баланс"].value == "0"


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
