"""Works of a creator."""

import pytest

from core.base.errors import Forbidden, Invalid, NotFound
from core.people.errors import PortfolioFull, PortfolioLinkExists
from core.people.models import PortfolioItem
from core.people.services import add_portfolio_item, remove_portfolio_item, update_portfolio_item
from tests.core.people.traces import nothing_happens, traces
from tests.world import unique


def link(name: str = "") -> str:
    return f"https://example.com/{name or unique('work')}"


def works_of(creator) -> list[str]:
    """The last words of the links, in the order of the portfolio, which counts from 0 without holes."""
    works = list(PortfolioItem.objects.filter(creator__user=creator))
    assert [work.position for work in works] == list(range(len(works)))
    return [work.url.rpartition("/")[2] for work in works]


@pytest.fixture
def creator(world):
    """A creator with the works a, b, c."""
    creator = world.bare_creator()
    for name in "abc":
        add_portfolio_item(by=creator, content={"url": link(name), "title": name})
    return creator


def work(creator, name: str) -> PortfolioItem:
    return PortfolioItem.objects.get(creator__user=creator, title=name)


def test_a_work_comes_last_unless_it_has_a_place(creator):
    add_portfolio_item(by=creator, content={"url": link("d")})
    add_portfolio_item(by=creator, content={"url": link("e"), "position": 1})

    assert works_of(creator) == ["a", "e", "b", "c", "d"]
    assert traces(creator, "PORTFOLIO_ITEM_ADDED") == (5, ["USER_REGISTERED"] + ["CREATOR_PROFILE_UPDATED"] * 5)


@pytest.mark.parametrize(("name", "position", "order"), [("a", 2, "bca"), ("c", 0, "cab"), ("b", 1, "abc"), ("a", 9, "bca")])
def test_a_work_that_moves_makes_the_others_close_up(creator, name, position, order):
    update_portfolio_item(work(creator, name).id, by=creator, changes={"position": position})

    assert works_of(creator) == list(order)


def test_a_work_that_goes_leaves_no_gap(creator):
    remove_portfolio_item(work(creator, "b").id, by=creator)

    assert works_of(creator) == ["a", "c"]
    assert traces(creator, "PORTFOLIO_ITEM_REMOVED")[0] == 1


def test_a_change_keeps_what_it_does_not_name(creator):
    changed = update_portfolio_item(work(creator, "a").id, by=creator, changes={"platform": "TIKTOK"})

    changed.refresh_from_db()
    assert (changed.title, changed.platform, changed.url) == ("a", "TIKTOK", link("a"))


def test_ten_works_are_enough(creator):
    for _ in range(7):
        add_portfolio_item(by=creator, content={"url": link()})

    with nothing_happens(), pytest.raises(PortfolioFull):
        add_portfolio_item(by=creator, content={"url": link()})


def test_a_link_stands_once(creator):
    with nothing_happens(), pytest.raises(PortfolioLinkExists):
        add_portfolio_item(by=creator, content={"url": f" {link('a')} "})
    with nothing_happens(), pytest.raises(PortfolioLinkExists):
        update_portfolio_item(work(creator, "b").id, by=creator, changes={"url": link("a")})


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"url": ""},
        {"url": "javascript:alert(1)"},
        {"url": "data:text/html,x"},
        {"url": "//example.com"},
        {"url": "https://example.com/\nx"},
        {"url": "https://example\u202e.com/x"},
        {"url": "https://example.com/" + "a" * 2_000},
        {"url": "https://example.com/x", "thumbnail_url": "ftp://example.com"},
        {"url": "https://example.com/x", "title": "a" * 121},
        {"url": "https://example.com/x", "platform": "MYSPACE"},
        {"url": "https://example.com/x", "position": -1},
        {"url": "https://example.com/x", "position": 10},
        {"url": "https://example.com/x", "creator_id": "0199f0c0-0000-7000-8000-00000000dead"},
    ],
)
def test_what_is_no_work_is_refused(creator, content):
    with nothing_happens(), pytest.raises(Invalid) as refused:
        add_portfolio_item(by=creator, content=content)

    assert len(refused.value.fields) == 1


def test_the_work_of_somebody_else_is_not_there(world, creator):
    stranger, item = world.bare_creator(), work(creator, "a")

    with nothing_happens(), pytest.raises(NotFound):
        update_portfolio_item(item.id, by=stranger, changes={"title": "mine"})
    with nothing_happens(), pytest.raises(NotFound):
        remove_portfolio_item(item.id, by=stranger)


def test_a_brand_has_no_portfolio(world):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Forbidden):
        add_portfolio_item(by=brand, content={"url": link()})
