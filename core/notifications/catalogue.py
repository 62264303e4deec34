"""docs/notifications.md, written from the registry: every act that tells somebody, whom, of what, and where it leads."""

from collections.abc import Iterator
from itertools import groupby

from django.conf import settings
from django.utils import translation

from core.notifications.kinds.kind import RECIPIENTS, Kind
from core.notifications.models import Channel
from core.notifications.registry import KINDS, ROOMS
from core.notifications.targets import PAGES, is_backoffice

FILE = settings.ROOT / "docs" / "notifications.md"
HEAD = """\
# Notices

Written by `manage.py notifications` from `core/notifications/kinds`; a test fails when it is stale. Do not edit.
What is said here is played, act by act, in `tests/core/notifications/test_actions.py`.

Everybody may switch a type off for a channel (`PATCH /api/notifications/preferences`), and have quiet hours during which no channel
but the app makes itself heard. What is about money or security cannot be muted and waits for nothing. A type that is muted in
the app is written as put away. The event in the last column goes to the outbox in the same transaction, whatever anybody has muted.
"""


ROOM_OF = {name: room.__name__.rpartition(".")[2] for room in ROOMS for name in room.KINDS}


def page() -> str:
    """The whole page, in English."""
    with translation.override("en"):
        return "\n".join([HEAD, *kinds_part(), *recipients_part(), *links_part()]).rstrip() + "\n"


def kinds_part() -> Iterator[str]:
    """A table per room, in the order of the registry."""
    yield "## What is told\n"
    for room, kinds in groupby(KINDS.items(), key=lambda item: ROOM_OF[item[0]]):
        yield f"### {room}\n"
        yield "| When | To | Type | Title | Category | Link | Mutable | Event |"
        yield "|---|---|---|---|---|---|---|---|"
        yield from (_row(name, kind) for name, kind in kinds)
        yield ""


def recipients_part() -> Iterator[str]:
    """Who is meant by the names."""
    yield "## To whom\n"
    yield "| Name | Who | Role |"
    yield "|---|---|---|"
    for name, recipient in RECIPIENTS.items():
        yield f"| `{name}` | {recipient.words} | {', '.join(recipient.roles)} |"
    yield ""


def links_part() -> Iterator[str]:
    """The pages that clients have to have."""
    yield "## Where notices lead\n"
    yield "A client has these pages; links into `/backoffice/` are for staff. `{place}` is one of them, for whoever is told.\n"
    yield from (f"- `{path}`" for path in PAGES)
    yield ""
    yield f"Channels: {', '.join(f'`{channel}`' for channel in Channel.values)}."


def _row(name: str, kind: Kind) -> str:
    """One line of the table."""
    events = ", ".join(f"`{fact}`" for fact in kind.facts_of(name)) or "–"
    to = ", ".join(f"`{recipient}`" for recipient in kind.recipients)
    link = f"`{kind.href}`" + (" (staff)" if is_backoffice(kind.href) else "")
    cells = (kind.when, to, f"`{name}`", str(kind.title), kind.category, link, "no" if kind.critical else "yes", events)
    return f"| {' | '.join(cells)} |"
