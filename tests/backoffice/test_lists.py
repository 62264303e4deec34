"""What lists say when there is nothing to show."""

from tests.backoffice.pages import list_url, seen


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
