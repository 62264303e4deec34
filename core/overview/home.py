"""The numbers of the first page: what waits for this person, and where it is."""

import dataclasses
from collections.abc import Callable
from typing import Any

from core.base.counting import CountOf, counts
from core.base.models import QuerySet
from core.base.policy import staff_can
from core.chat.models import Participant
from core.disputes.models import OPEN_STATUSES, Dispute
from core.jobs.models import Job
from core.money.adjustments.models import Adjustment
from core.money.models import Payout, TopUp
from core.notifications.policies import visible_notifications
from core.overview.deals import BRAND_TABS, CREATOR_TABS
from core.people.models import User, Verification
from core.reports.models import Report
from outbox.models import Event

MODERATION, FINANCE = ("moderator", "support"), ("finance", "finance_approver", "support")


@dataclasses.dataclass(frozen=True)
class Tile:
    """One number: of which rows, where they are, and which staff may know it."""

    rows: Callable[[User], Any]
    href: str
    capabilities: tuple[str, ...] = ()


def _all(model: Any, **state: Any) -> Callable[[User], QuerySet]:
    """Whatever is in this state, whoever asks."""
    return lambda _by: model.objects.filter(**state)


def _unread_notices(by: User) -> QuerySet:
    return visible_notifications(by).filter(read_at=None)


def _unread_conversations(by: User) -> QuerySet:
    return Participant.objects.filter(user_id=by.pk, unread_count__gt=0, archived_at=None)


NOTICES = {"notifications": Tile(_unread_notices, "/dashboard/notifications")}
TALKS = {"conversations": Tile(_unread_conversations, "/dashboard/inbox")}
TILES: dict[str, dict[str, Tile]] = {
    User.Role.BRAND: {
        "moderation": Tile(BRAND_TABS["moderation"].rows, "/dashboard/deals?tab=moderation"),
        "applications": Tile(BRAND_TABS["applications"].rows, "/dashboard/deals?tab=applications"),
        "review": Tile(BRAND_TABS["review"].rows, "/dashboard/deals?tab=review"),
        **NOTICES,
        **TALKS,
    },
    User.Role.CREATOR: {
        "invitations": Tile(CREATOR_TABS["invitations"].rows, "/dashboard/deals?tab=invitations"),
        "work": Tile(CREATOR_TABS["work"].rows, "/dashboard/deals?tab=work"),
        **NOTICES,
        **TALKS,
    },
    User.Role.STAFF: {
        "jobs": Tile(_all(Job, awaits_moderation=True), "/backoffice/core/job/", MODERATION),
        "creators": Tile(_all(Verification, status="PENDING"), "/backoffice/core/verification/", MODERATION),
        "disputes": Tile(_all(Dispute, status__in=OPEN_STATUSES), "/backoffice/core/dispute/", MODERATION),
        "reports": Tile(_all(Report, status="OPEN"), "/backoffice/core/report/", MODERATION),
        "payouts": Tile(_all(Payout, status="PENDING"), "/backoffice/core/payout/", FINANCE),
        "topUps": Tile(_all(TopUp, status="PENDING"), "/backoffice/core/topup/", FINANCE),
        "adjustments": Tile(_all(Adjustment, status="PENDING"), "/backoffice/core/adjustment/", FINANCE),
        "events": Tile(_all(Event, position=None), "/backoffice/outbox/event/", ("engineer",)),
        "notifications": Tile(_unread_notices, "/backoffice/"),
    },
}


def home(by: User) -> list[dict[str, Any]]:
    """The tiles of this person, in one statement. A tile that staff may not see is not counted either."""
    tiles = {key: tile for key, tile in TILES.get(by.role, {}).items() if not tile.capabilities or staff_can(by, *tile.capabilities)}
    found = counts(User, by.pk, {key: CountOf(tile.rows(by)) for key, tile in tiles.items()})
    return [{"key": key, "count": found[key], "href": tile.href} for key, tile in tiles.items()]
