"""Works of a creator: at most ten, each link once."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base.errors import NotFound
from core.base.policy import require
from core.people import events
from core.people.content import put
from core.people.errors import PortfolioLinkExists, fault
from core.people.models import CreatorProfile, PortfolioItem, User
from core.people.portfolio import steps
from core.people.verification.steps import tell_of_change
from outbox.post import emit

ITEM_FIELDS = ("title", "platform", "url", "thumbnail_url")


@transaction.atomic
def add_portfolio_item(*, by: User, content: dict[str, Any]) -> PortfolioItem:
    """The work stands in the portfolio: at `position`, or last. Raises Forbidden, Invalid, PortfolioFull, PortfolioLinkExists."""
    profile = _own_profile(by)
    items = steps.items_of(profile)
    steps.require_room(len(items) + 1)
    item = PortfolioItem(creator=profile, position=len(items))
    _say(item, content, among=items)

    item.save(force_insert=True)
    items.insert(content.get("position", len(items)), item)
    steps.put_in_order(items)

    _tell("PORTFOLIO_ITEM_ADDED", item, by=by, after={"url": item.url})
    tell_of_change(profile)
    return item


@transaction.atomic
def update_portfolio_item(item_id: UUID, *, by: User, changes: dict[str, Any]) -> PortfolioItem:
    """The work says what the changes say, and stands at `position` when that is named; the others make room.

    Raises Forbidden, NotFound, Invalid, PortfolioLinkExists.
    """
    profile = _own_profile(by)
    items = steps.items_of(profile)
    item = _one_of(items, item_id)
    before = _say(item, changes, among=items)
    position = item.position

    if before:
        item.store(*before)
    if "position" in changes:
        items.remove(item)
        items.insert(changes["position"], item)
        steps.put_in_order(items)
        if item.position != position:
            before["position"] = position
    if before:
        _tell("PORTFOLIO_ITEM_UPDATED", item, by=by, before=before, after={name: getattr(item, name) for name in before})
        if "url" in before:
            tell_of_change(profile)
    return item


@transaction.atomic
def remove_portfolio_item(item_id: UUID, *, by: User) -> PortfolioItem:
    """The work is gone, the others close the gap. Raises Forbidden, NotFound."""
    items = steps.items_of(_own_profile(by))
    item = _one_of(items, item_id)

    PortfolioItem.objects.filter(id=item.id).delete()
    items.remove(item)
    steps.put_in_order(items)

    _tell("PORTFOLIO_ITEM_REMOVED", item, by=by, before={"url": item.url})
    return item


def _own_profile(by: User) -> CreatorProfile:
    """The creator's own profile, locked: the portfolio changes one call at a time."""
    require(by.role == User.Role.CREATOR)
    return CreatorProfile.objects.lock(user_id=by.id)


def _one_of(items: list[PortfolioItem], item_id: UUID) -> PortfolioItem:
    for item in items:
        if item.id == item_id:
            return item
    raise NotFound


def _say(item: PortfolioItem, changes: dict[str, Any], *, among: list[PortfolioItem]) -> dict[str, Any]:
    """The work says what the changes say, in memory. Returns what it said before. Raises Invalid, PortfolioLinkExists."""
    before = put(item, {name: value for name, value in changes.items() if name != "position"}, allowed=ITEM_FIELDS)
    if not item.url:
        raise fault("url", _("Give the link."))
    if not 0 <= changes.get("position", 0) < CreatorProfile.PORTFOLIO_MAX:
        raise fault("position", _("Must be between {lowest} and {highest}.").format(lowest=0, highest=CreatorProfile.PORTFOLIO_MAX - 1))
    if any(other.url == item.url for other in among if other is not item):
        raise PortfolioLinkExists
    return before


def _tell(action: str, item: PortfolioItem, *, by: User, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> None:
    record(action, item, by=by, before=before, after=after)
    emit(events.CreatorProfileUpdated(by_id=by.id, user_id=by.id, creator_profile_id=item.creator_id))
