"""Works of a creator."""

from core.people.models import PortfolioItem


def test_a_creator_of_the_world_has_one_work(world):
    creator = world.creator()

    assert PortfolioItem.objects.filter(creator__user=creator).count() == 1


def test_a_brand_of_the_world_has_a_name(world):
    brand = world.brand()

    assert brand.brand_profile.company_name.startswith("Brand")
