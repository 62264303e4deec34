"""Where a notice may lead: the pages that clients have, and those of the backoffice. Anything else would be a dead link."""

import re

ID = "{id}"
# Of every client. What stands behind them is described in docs/notifications.md.
PAGES = (
    "/jobs/{id}",
    "/dashboard/alerts",
    "/dashboard/applications",
    "/dashboard/balance",
    "/dashboard/deals",
    "/dashboard/inbox",
    "/dashboard/inbox/{id}",
    "/dashboard/invitations",
    "/dashboard/jobs",
    "/dashboard/jobs/{id}/applications",
    "/dashboard/jobs/{id}/edit",
    "/dashboard/jobs/{id}/review",
    "/dashboard/notifications",
    "/dashboard/profile",
    "/dashboard/reviews",
    "/dashboard/work/{id}",
)
BACKOFFICE = "/backoffice/"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KNOWN = re.compile("|".join(re.escape(page).replace(re.escape(ID), _UUID) for page in PAGES))


def is_page(href: str) -> bool:
    """Whether clients have this page."""
    return _KNOWN.fullmatch(href) is not None


def is_backoffice(href: str) -> bool:
    """Whether the link leads into the backoffice, whose own addresses say whether there is such a page."""
    return href.startswith(BACKOFFICE)
