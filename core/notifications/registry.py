"""Every kind of notice: its category, text and link. The text is made when it is read, in the reader's language.

`href` and the texts take the facts by name. Some words are made of facts: `{money}` of `amount_cents` and `currency`, `{why}` of
a `reason` that may be empty, `{who}` of `canceled_by`, `{until}` of `due_at`, `{consequence}` of the kind of a `timer`. An
action's recipients are named in the verb that notifies; `docs/contract.md` lists them beside the events.
"""

from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.base.money import money_text
from core.notifications.kinds import chat, deals, disputes, hiring, jobs, money, people, reports, reviews, telegram, webhooks
from core.notifications.kinds.kind import SYSTEM, Kind
from core.timers.kinds import KINDS as TIMERS

ROOMS = (people, telegram, jobs, hiring, chat, deals, money, reviews, reports, disputes, webhooks)
KINDS: dict[str, Kind] = {name: kind for room in ROOMS for name, kind in room.KINDS.items()}
CANCELED_BY = {
    "BRAND": _("Canceled by the brand."),
    "CREATOR": _("Canceled by the creator."),
    "BOTH": _("Canceled by agreement of both sides."),
    "STAFF": _("Canceled by the marketplace's team."),
    "SYSTEM": _("Canceled automatically when the time ran out."),
    # What ran out, where the clock knows.
    "EXPIRED": _("Closed automatically: no creator was chosen in time."),
    "ESCROW_NOT_FUNDED": _("Canceled automatically: the escrow was not funded in time."),
    "WORK_NOT_DELIVERED": _("Canceled automatically: the work was not delivered in time."),
    "DISPUTE_NOT_ANSWERED": _("Canceled automatically: the dispute was not answered in time."),
}


# What a page shows of a kind that this version does not know: while versions change, one may read what the other wrote.
UNKNOWN = Kind(SYSTEM, "", _("A new event"), "")


class _Words(dict):
    """Words by name; one that is absent reads as nothing, so that an old row never breaks a page."""

    def __missing__(self, name: str) -> str:
        return ""


def render(type: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Title and body of a notice in the language now active."""
    kind = KINDS.get(type, UNKNOWN)
    words = _Words(facts)
    if "amount_cents" in facts:
        words["money"] = money_text(facts["amount_cents"], facts["currency"])
    if facts.get("reason"):
        words["why"] = str(_("Reason: {reason}")).format_map(facts)
    if facts.get("canceled_by"):
        words["who"] = str(CANCELED_BY[facts["canceled_by"]])
    if "due_at" in facts:
        words["until"] = date_format(datetime.fromisoformat(facts["due_at"]).astimezone(UTC), "j E Y, H:i") + " UTC"
    if facts.get("timer") in TIMERS:
        words["consequence"] = str(TIMERS[facts["timer"]].consequence)
    return str(kind.title).format_map(words), str(kind.body).format_map(words).strip()
