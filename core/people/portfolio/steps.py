"""The order and the bounds of a portfolio. The caller has locked the profile."""

from typing import Any

from core.base.errors import Invalid
from core.people import content
from core.people.errors import PortfolioFull
from core.people.models import CreatorProfile, PortfolioItem


def items_of(profile: CreatorProfile) -> list[PortfolioItem]:
    """The works in their order."""
    return list(profile.portfolio.all())


def require_room(count: int) -> None:
    """Nothing happens when the portfolio may hold so many works. Raises PortfolioFull."""
    if count > CreatorProfile.PORTFOLIO_MAX:
        raise PortfolioFull(CreatorProfile.PORTFOLIO_MAX)


def put_in_order(items: list[PortfolioItem]) -> None:
    """The works stand in the order of the list, counted from 0."""
    moved = [item for place, item in enumerate(items) if item.position != place]
    for place, item in enumerate(items):
        item.position = place
    PortfolioItem.objects.bulk_update(moved, ["position"])


def set_links(profile: CreatorProfile, links: list[str]) -> tuple[list[str], list[str]]:
    """The portfolio holds exactly these links, in this order; works that stay keep what they say. Returns the links before and after.

    Raises Invalid, PortfolioFull.
    """
    standing: dict[str, Any] = {item.url: item for item in items_of(profile)}
    wanted = list(dict.fromkeys(link.strip() for link in links))
    require_room(len(wanted))
    if wanted == list(standing):
        return wanted, wanted
    PortfolioItem.objects.filter(id__in=[item.id for url, item in standing.items() if url not in wanted]).delete()
    items = []
    for place, url in enumerate(wanted):
        item = standing.get(url) or PortfolioItem(creator=profile, position=place)
        if item.url != url:
            _put_link(item, url, path=f"portfolioLinks.{place}")
        items.append(item)
    put_in_order(items)
    return list(standing), wanted


def _put_link(item: PortfolioItem, url: str, *, path: str) -> None:
    try:
        content.put(item, {"url": url}, allowed={"url"})
    except Invalid as refused:
        raise Invalid({path: refused.fields["url"]}) from refused
    item.save(force_insert=True)
