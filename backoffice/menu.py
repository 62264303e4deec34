"""The menu: what a person may open, and how much waits there. A link is shown when, and only when, its page opens."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice import counters, show
from backoffice.site import site
from core.audit.models import AuditEntry
from core.disputes.models import Dispute
from core.jobs.models import Job
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Escrow, LedgerEntry, Payout, TopUp
from core.people.models import User, Verification
from core.reports.models import Report
from core.rules.models import CommissionRule, Limit
from core.telegram.models import TelegramAccount
from core.webhooks.models import Endpoint
from outbox.consumers.models import Consumer
from outbox.models import Channel, Delivery, Event

# The groups of the menu: title, and the lists in it with the counter of what waits there.
GROUPS: tuple[tuple[str | Promise, tuple[tuple[type[Any], str], ...]], ...] = (
    (_("Moderation"), ((Job, "jobs"), (Verification, "creators"), (Report, ""), (Dispute, ""), (User, ""), (TelegramAccount, ""))),
    (_("Finance"), ((Payout, "payouts"), (TopUp, "top_ups"), (Adjustment, ""), (Escrow, ""), (Account, ""), (LedgerEntry, ""))),
    (_("Rules"), ((CommissionRule, ""), (Limit, ""))),
    (_("Mailbox"), ((Channel, ""), (Delivery, ""), (Event, ""), (Consumer, ""), (Endpoint, ""))),
    (_("Control"), ((AuditEntry, ""),)),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu of this person, as unfold draws it."""
    waiting = counters.of(request.user)
    first = {"title": gettext("Overview"), "icon": "space_dashboard", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"title": "", "items": [first]}]
    for title, entries in GROUPS:
        items = []
        for model, counter in entries:
            admin: Any = site.get_model_admin(model)
            if admin.has_view_permission(request):
                items.append({"title": str(admin.title), "icon": admin.icon, "link": show.list_url(model)} | _badge(waiting.get(counter)))
        if items:
            groups.append({"title": str(title), "items": items, "separator": True})
    return groups


def _badge(count: int | None) -> dict[str, Any]:
    return {"badge": str(count), "badge_variant": "warning"} if count else {}
