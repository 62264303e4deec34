"""Profiles over HTTP: one's own, the works, the catalogue, and what strangers see."""

from typing import Any

import pytest

from core.people import services as people
from core.people.models import BrandProfile, CreatorProfile, User
from core.reports.services import block_person
from tests.api.callers import Caller
from tests.world import unique


def profile_id(user: User) -> str:
    model = BrandProfile if user.role == "BRAND" else CreatorProfile
    return str(model.objects.get(user=user).id)


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_a_profile_keeps_what_a_change_does_not_name(world, method):
    brand, creator = Caller(world.brand(company_name="Tea House")), Caller(world.creator(city="Tver"))

    told = brand.call(method, "/api/brand/profile", {"website": "https://tea.example.com"}).data
    shown = creator.call(method, "/api/creator/profile", {"displayName": "Anna"}).data

    assert (told["profile"]["companyName"], told["profile"]["website"]) == ("Tea House", "https://tea.example.com")
    assert told["completeness"] == {"percent": 100, "missing": []}
    assert (shown["profile"]["displayName"], shown["profile"]["city"], shown["profile"]["isPublic"]) == ("Anna", "Tver", True)
    assert len(shown["profile"]["portfolio"]) == 1
    assert brand.get("/api/brand/profile").data == told
    assert creator.get("/api/creator/profile").data == shown


def test_the_links_of_a_client_of_the_original_are_the_portfolio(world):
    caller = Caller(world.bare_creator())

    shown = caller.post("/api/creator/profile", {"portfolioLinks": ["https://example.com/a", "https://example.com/b"]}).data

    assert [item["url"] for item in shown["profile"]["portfolio"]] == ["https://example.com/a", "https://example.com/b"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"pricePerVideo": "5000"}, "pricePerVideo"),
        ({"pricePerVideo": 1.0}, "pricePerVideo"),
        ({"pricePerVideo": True}, "pricePerVideo"),
        ({"pricePerVideo": 2**63 - 1}, "pricePerVideo"),
        ({"isPublic": "yes"}, "isPublic"),
        ({"isPublic": None}, "isPublic"),
        ({"languages": "ru"}, "languages"),
        ({"languages": [{"ru": 1}]}, "languages.0"),
        ({"platforms": ["MYSPACE"]}, "platforms.0"),
        ({"displayName": None}, "displayName"),
        ({"portfolioLinks": ["javascript:alert(1)"]}, "portfolioLinks.0"),
        ({"portfolioLinks": ["https://example.com/"] * 11}, "portfolioLinks"),
        ({"verificationStatus": "VERIFIED"}, "verificationStatus"),
        ({"ratingSum": 5}, "ratingSum"),
    ],
)
def test_a_bad_change_names_the_field_and_changes_nothing(world, body, field):
    caller = Caller(world.creator())
    before = caller.get("/api/creator/profile").data

    answer = caller.patch("/api/creator/profile", {"city": "Tver"} | body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == [field]
    assert caller.get("/api/creator/profile").data == before


def test_works_are_added_moved_and_removed(world):
    caller = Caller(world.bare_creator())
    first = caller.post("/api/creator/portfolio", {"url": "https://example.com/a", "title": "Tea"})
    second = caller.post("/api/creator/portfolio", {"url": "https://example.com/b"}).data["item"]
    assert (first.status, first.data["item"]["position"], second["position"]) == (201, 0, 1)

    moved = caller.patch(f"/api/creator/portfolio/{second['id']}", {"position": 0})

    assert moved.data["item"]["position"] == 0
    assert [item["url"][-1] for item in caller.get("/api/creator/portfolio").data["items"]] == ["b", "a"]
    assert caller.post("/api/creator/portfolio", {"url": "https://example.com/a"}).reason == "PORTFOLIO_LINK_EXISTS"
    assert caller.delete(f"/api/creator/portfolio/{second['id']}").data["item"]["id"] == second["id"]
    assert caller.delete(f"/api/creator/portfolio/{second['id']}").status == 404
    assert [item["position"] for item in caller.get("/api/creator/portfolio").data["items"]] == [0]


def test_an_eleventh_work_is_a_conflict(world):
    caller = Caller(world.bare_creator())
    for number in range(10):
        caller.post("/api/creator/portfolio", {"url": f"https://example.com/{number}"})

    answer = caller.post("/api/creator/portfolio", {"url": "https://example.com/10"})

    assert (answer.status, answer.reason, answer.details["limit"]) == (409, "PORTFOLIO_FULL", 10)
    assert "10" in answer.json["error"]["message"]


# ── The catalogue ────────────────────────────────────────────────────────────────────────────────────────────────────


def found(query: str = "") -> list[str]:
    """The names in the catalogue, as a guest sees them."""
    return [item["displayName"] for item in Caller().get(f"/api/creators{query}").data["items"]]


def cards(caller: Caller, query: str) -> list[dict[str, Any]]:
    return caller.get(f"/api/creators{query}").data["items"]


def rate(creator: User, stars: int, count: int) -> None:
    CreatorProfile.objects.filter(user=creator).update(rating_sum=stars, rating_count=count)


def test_the_catalogue_shows_those_who_are_public_and_verified(world):
    listed = world.verified_creator(display_name="Anna Listed")
    world.verified_creator(display_name="Anna Hidden", is_public=False)
    world.creator(display_name="Anna Unverified")

    assert found() == ["Anna Listed"]
    people.revoke_verification(profile_id(listed), by=world.moderator, reason="The account was sold.")
    assert found() == []


def test_a_card_shows_two_works_a_number_for_a_rating_and_no_address(world):
    creator = world.verified_creator(display_name="Anna")
    for _ in range(2):
        people.add_portfolio_item(by=creator, content={"url": f"https://example.com/{unique('work')}"})
    (card,) = Caller().get("/api/creators").data["items"]
    assert (card["rating"], card["ratingCount"], len(card["portfolio"])) == (None, 0, 2)

    rate(creator, 14, 3)

    (card,) = Caller().get("/api/creators").data["items"]
    assert card["rating"] == 4.67
    assert (card["id"], card["userId"], card["isVerified"]) == (profile_id(creator), str(creator.id), True)
    assert "@" not in str(card)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?platform=VK_CLIPS", ["Boris"]),
        ("?platform=VK_CLIPS,TIKTOK", ["Boris", "Anna"]),
        ("?niche=FOOD", ["Anna"]),
        ("?lang=kk", ["Boris"]),
        ("?country=KZ", ["Boris"]),
        ("?currency=KZT", ["Boris"]),
        ("?minPrice=6000&currency=KZT", ["Boris"]),
        ("?minPrice=6000&currency=RUB", []),
        ("?maxPrice=6000&currency=RUB", ["Vera", "Anna"]),
        ("?maxPrice=6000&currency=KZT", []),
        ("?minPrice=6000&maxPrice=5000&currency=KZT", []),
        ("?q=anna", ["Anna"]),
        ("?q=чайник", ["Anna"]),
        ("?q=nobody", []),
        ("?sort=price_asc&currency=RUB", ["Vera", "Anna"]),
        ("?sort=price_desc&currency=RUB", ["Anna", "Vera"]),
        ("?sort=price_desc&currency=KZT", ["Boris"]),
        ("?sort=rating_desc", ["Anna", "Vera", "Boris"]),
        ("?sort=recent", ["Vera", "Boris", "Anna"]),
    ],
)
def test_the_catalogue_can_be_narrowed_and_sorted(world, query, names):
    anna = world.verified_creator(
        display_name="Anna", bio="Снимаю честные обзоры: чайники и чай.", niches=["FOOD"], price_per_video=5_000, country="RU"
    )
    world.verified_creator(
        display_name="Boris", platforms=["VK_CLIPS"], languages=["kk"], price_per_video=9_000, country="KZ", currency="KZT"
    )
    world.verified_creator(
        display_name="Vera", platforms=["YOUTUBE_SHORTS"], niches=["GAMES"], languages=["en"], price_per_video=4_000, country="AM"
    )
    rate(anna, 5, 1)

    assert found(query) == names


def test_sorted_by_price_those_without_one_are_left_out(world):
    creator = world.verified_creator(display_name="Anna")
    people.update_creator_profile(by=creator, changes={"price_per_video": None})

    assert found() == ["Anna"]
    assert found("?sort=price_asc&currency=RUB") == found("?sort=price_desc&currency=RUB") == []


@pytest.mark.parametrize("sort", ["recent", "price_asc&currency=RUB", "price_desc&currency=RUB", "rating_desc"])
def test_pages_of_the_catalogue_show_everybody_once(world, sort):
    creators = [world.verified_creator(price_per_video=5_000) for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = Caller().get(f"/api/creators?sort={sort}&limit=2{cursor and f'&cursor={cursor}'}").data
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]

    assert len(seen) == 5
    assert set(seen) == {profile_id(creator) for creator in creators}


@pytest.mark.parametrize(
    "query",
    [
        *("sort=name", "sort=rating", "platform=MYSPACE", "verifiedOnly=no", "cursor=x"),
        *("minPrice=1.5&currency=RUB", "minPrice=-1&currency=RUB", "maxPrice=99999999999&currency=RUB"),
    ],
)
def test_what_the_catalogue_does_not_know_is_refused(world, query):
    answer = Caller().get(f"/api/creators?{query}")

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize("query", ["sort=price_asc", "sort=price_desc&currency=", "minPrice=1", "maxPrice=1"])
def test_prices_are_compared_within_one_currency(world, query):
    answer = Caller().get(f"/api/creators?{query}")

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, ["currency"])


def test_moderators_may_see_those_who_are_not_listed_too(world):
    world.verified_creator(display_name="Anna Listed")
    world.verified_creator(display_name="Anna Hidden", is_public=False)
    world.creator(display_name="Anna Unverified")
    caller = Caller(world.moderator)

    everybody = {card["displayName"]: (card["isListed"], card["isVerified"]) for card in cards(caller, "?verifiedOnly=false")}

    assert everybody == {"Anna Listed": (True, True), "Anna Hidden": (False, True), "Anna Unverified": (False, False)}
    assert [card["displayName"] for card in cards(caller, "")] == ["Anna Listed"]
    assert [card["displayName"] for card in cards(caller, "?verifiedOnly=true")] == ["Anna Listed"]
    assert [card["displayName"] for card in cards(caller, "?verifiedOnly=false&q=hidden")] == ["Anna Hidden"]


def test_nobody_else_may_see_those_who_are_not_listed(world):
    for other in (None, world.brand(), world.creator(), world.staff("finance")):
        assert Caller(other).get("/api/creators?verifiedOnly=false").status == (403 if other else 401)
        assert Caller(other).get("/api/creators?verifiedOnly=true").status == 200


# ── What strangers see ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hidden_profile_is_for_its_owner_and_for_moderators(world):
    creator = world.creator(display_name="Anna")
    path = f"/api/creators/{profile_id(creator)}"

    assert [Caller(by).get(path).status for by in (None, world.brand(), world.creator(), world.staff("finance"))] == [404] * 4
    assert [Caller(by).get(path).data["creator"]["displayName"] for by in (creator, world.moderator)] == ["Anna"] * 2


def test_a_creators_page_has_the_works_and_no_address(world):
    creator = world.verified_creator()

    shown = Caller(world.brand()).get(f"/api/creators/{profile_id(creator)}").data["creator"]

    assert (len(shown["portfolio"]), shown["isVerified"], shown["rating"]) == (1, True, None)
    assert "verificationStatus" not in shown
    assert creator.email not in str(shown)


def test_a_brands_page_is_for_everybody_and_has_no_address(world):
    brand = world.brand(company_name="Tea House")

    shown = Caller().get(f"/api/brands/{profile_id(brand)}").data["brand"]

    assert (shown["companyName"], shown["rating"]) == ("Tea House", None)
    assert brand.email not in str(shown)


def test_a_blocked_brand_has_no_page(world):
    brand = world.brand()
    block_person(brand.id, by=world.staff("support"), reason="Takes creators away.")

    assert Caller().get(f"/api/brands/{profile_id(brand)}").status == 404
