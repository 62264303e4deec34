"""What brands and creators say about themselves, and what they still have to say."""

import pytest

from core.base.errors import Forbidden, Invalid
from core.people.completeness import (
    brand_missing,
    creator_missing,
    percent,
    require_brand_ready,
    require_creator_ready,
    require_creator_verified,
)
from core.people.errors import BrandProfileIncomplete, CreatorNotVerified, PortfolioFull, ProfileIncomplete
from core.people.models import BrandProfile, CreatorProfile, PortfolioItem
from core.people.services import add_portfolio_item, register, update_brand_profile, update_creator_profile
from tests.core.people.traces import nothing_happens, traces
from tests.world import PASSWORD, unique

BRAND_CHANGES = {"website": "https://tea.example.com", "city": "Tver", "niche": "FOOD", "country": "RU", "description": "Tea.\nAnd cups."}
CREATOR_CHANGES = {
    "display_name": "Anna",
    "languages": ["ru", "kk", "ru"],
    "niches": ["FOOD"],
    "platforms": ["TIKTOK", "VK_CLIPS"],
    "currency": "KZT",
    "city": "Almaty",
}


def links_of(user) -> list[str]:
    return list(PortfolioItem.objects.filter(creator__user=user).values_list("url", flat=True))


def test_a_brand_changes_what_it_names_and_keeps_the_rest(world):
    brand = world.brand(company_name="Tea House")

    profile = update_brand_profile(by=brand, changes=BRAND_CHANGES)

    profile.refresh_from_db()
    assert {name: getattr(profile, name) for name in BRAND_CHANGES} == BRAND_CHANGES
    assert profile.company_name == "Tea House"
    assert traces(brand, "BRAND_PROFILE_UPDATED")[1][-1] == "BRAND_PROFILE_UPDATED"


def test_a_creator_changes_what_they_name_and_keep_the_rest(world):
    creator = world.creator(price_per_video=7_000)

    update_creator_profile(by=creator, changes=CREATOR_CHANGES)

    profile = CreatorProfile.objects.get(user=creator)
    assert profile.languages == ["ru", "kk"]
    assert (profile.price_per_video, profile.currency, profile.is_public) == (7_000, "KZT", True)
    assert len(links_of(creator)) == 1


def test_saying_the_same_again_leaves_no_trace(world):
    creator = world.creator(display_name="Anna")

    with nothing_happens():
        update_creator_profile(by=creator, changes={"display_name": " Anna ", "platforms": ["TIKTOK"]})


def test_a_price_can_be_taken_back(world):
    creator = world.creator()

    assert update_creator_profile(by=creator, changes={"price_per_video": None}).price_per_video is None


@pytest.mark.parametrize(
    "changes",
    [
        {"company_name": ""},
        {"company_name": " "},
        {"company_name": "T"},
        {"company_name": "T" * 121},
        {"company_name": "T\x07ea"},
        {"company_name": "Tea\u202eea"},
        {"company_name": "\u200b\u200b"},
        {"website": "javascript:alert(1)"},
        {"website": "//tea.example.com"},
        {"website": "https://user:pass@tea.example.com"},
        {"website": "https://tea.example.com/" + "a" * 500},
        {"description": "a" * 1_001},
        {"niche": "TEA"},
        {"country": "Russia"},
        {"city": None},
        {"rating_sum": 5},
        {"user_id": "0199f0c0-0000-7000-8000-00000000dead"},
    ],
)
def test_a_brand_cannot_say_this(world, changes):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        update_brand_profile(by=brand, changes={"city": "Tver"} | changes)

    assert len(refused.value.fields) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"display_name": "A"},
        {"display_name": "A" * 81},
        {"bio": "a" * 601},
        {"languages": ["ru", "xx"]},
        {"niches": ["TEA"]},
        {"platforms": ["MYSPACE"]},
        {"price_per_video": 0},
        {"price_per_video": 1_000_001},
        {"currency": "GBP"},
        {"is_public": None},
        {"verification_status": "VERIFIED"},
        {"is_listed": True},
        {"jobs_completed": 100},
        {"portfolio_links": ["https://example.com/a", "javascript:alert(1)"]},
    ],
)
def test_a_creator_cannot_say_this(world, changes):
    creator = world.creator()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        update_creator_profile(by=creator, changes={"city": "Tver"} | changes)

    assert len(refused.value.fields) == 1


def test_every_fault_is_told_at_once(world):
    with pytest.raises(Invalid) as refused:
        update_creator_profile(by=world.creator(), changes={"display_name": "A", "price_per_video": 0})

    assert set(refused.value.fields) == {"displayName", "pricePerVideo"}


@pytest.mark.parametrize(
    ("verb", "who"), [(update_brand_profile, "creator"), (update_creator_profile, "brand"), (update_brand_profile, "staff")]
)
def test_a_profile_belongs_to_its_role(world, verb, who):
    person = getattr(world, who)()

    with nothing_happens(), pytest.raises(Forbidden):
        verb(by=person, changes={"city": "Tver"})


def test_naming_all_links_keeps_what_the_works_that_stay_say(world):
    creator = world.bare_creator()
    for title in ("one", "two"):
        add_portfolio_item(by=creator, content={"url": f"https://example.com/{title}", "title": title})

    update_creator_profile(by=creator, changes={"portfolio_links": ["https://example.com/three", "https://example.com/two"]})

    works = PortfolioItem.objects.filter(creator__user=creator)
    assert [(work.url, work.title, work.position) for work in works] == [
        ("https://example.com/three", "", 0),
        ("https://example.com/two", "two", 1),
    ]


def test_more_than_ten_links_are_refused(world):
    creator = world.creator()

    with nothing_happens(), pytest.raises(PortfolioFull):
        update_creator_profile(by=creator, changes={"portfolio_links": [f"https://example.com/{n}" for n in range(11)]})


def test_a_new_brand_lacks_a_name_and_a_description(world):
    brand = register(email=f"{unique('brand')}@example.com", password=PASSWORD, role="BRAND")
    profile = BrandProfile.objects.get(user=brand)

    missing = brand_missing(profile)

    assert [entry["key"] for entry in missing] == ["companyName", "description"]
    assert missing[0]["ctaHref"] == "/dashboard/profile#brand-company"
    assert percent(missing, 3) == 33
    with pytest.raises(BrandProfileIncomplete) as refused:
        require_brand_ready(profile)
    assert refused.value.details == {"complete_profile": True, "missing": missing, "profile_url": "/dashboard/profile"}


def test_a_new_creator_lacks_everything(world):
    profile = CreatorProfile.objects.get(user=world.bare_creator())

    missing = creator_missing(profile)

    assert [entry["key"] for entry in missing] == ["displayName", "bio", "platforms", "portfolio", "price"]
    assert percent(missing, 5) == 0
    with pytest.raises(ProfileIncomplete):
        require_creator_ready(profile)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"display_name": ""}, "displayName"),
        ({"bio": "nineteen characters"}, "bio"),
        ({"platforms": []}, "platforms"),
        ({"portfolio_links": []}, "portfolio"),
        ({"price_per_video": None}, "price"),
    ],
)
def test_each_check_of_a_creator_is_a_fifth(world, changes, key):
    creator = world.creator()
    update_creator_profile(by=creator, changes=changes)

    missing = creator_missing(CreatorProfile.objects.get(user=creator))

    assert [entry["key"] for entry in missing] == [key]
    assert percent(missing, 5) == 80


def test_people_of_the_world_are_ready(world):
    require_brand_ready(BrandProfile.objects.get(user=world.brand()))
    require_creator_ready(CreatorProfile.objects.get(user=world.creator()))
    require_creator_verified(CreatorProfile.objects.get(user=world.verified_creator()))
    with pytest.raises(CreatorNotVerified) as refused:
        require_creator_verified(CreatorProfile.objects.get(user=world.creator()))
    assert refused.value.details == {"verify_profile": True, "profile_url": "/dashboard/profile"}
