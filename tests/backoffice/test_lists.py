"""What lists say when there is nothing to show, and how they are narrowed."""

from datetime import datetime, timedelta

import pytest

from backoffice import show
from core.money.models import TopUp
from core.money.services import request_top_up
from tests.backoffice.pages import list_url, seen
from tests.moments import at


def test_an_empty_queue_says_what_to_do_next(world, enter):
    pages = {"job": "Очередь пуста", "verification": "Очередь пуста", "user": "Никто не нашёлся"}
    client = enter("moderator")

    for name, text in pages.items():
        assert text in seen(client.get(f"{list_url(name)}?tab={'pending' if name != 'user' else 'creators'}"))


def test_a_search_that_finds_nothing_offers_to_reset(world, enter):
    world.job()

    page = seen(enter("moderator").get(list_url("job"), {"q": "нет такого задания"}))

    assert "Ничего не нашлось" in page
    assert "Сбросить" in page


@pytest.mark.parametrize("written", ["%d.%m.%Y", "%Y-%m-%d"])
def test_days_are_those_of_staff_and_the_last_one_is_whole(world, enter, written):
    midnight = datetime(2027, 3, 5, tzinfo=show.zone())
    last_moment = midnight + timedelta(days=2) - timedelta(microseconds=1)
    moments = (midnight - timedelta(microseconds=1), midnight, last_moment, last_moment + timedelta(microseconds=1))
    for moment in moments:
        with at(moment):
            request_top_up(by=world.brand(), amount_cents=10_000, currency="RUB")
    days = {"created_at_from": f"{midnight:{written}}", "created_at_to": f"{last_moment:{written}}", "tab": "confirmed"}

    listed = enter("finance").get(list_url("topup"), days).context["cl"].result_list

    assert {row.created_at for row in listed} == set(moments[1:3])
    assert TopUp.objects.filter(status="CONFIRMED").count() == len(moments)
