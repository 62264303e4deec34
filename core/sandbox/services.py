"""Moving the clock of a sandbox."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.base import clock
from core.base.errors import Invalid, NotFound
from core.base.policy import require
from core.clockwork import run_due
from core.people.models import Session
from core.timers.models import Timer
from core.timers.selectors import next_moment

FURTHEST = timedelta(days=3_650)
# Never back, whoever else moves it at the same time.
SET = """
    INSERT INTO core_sandboxclock AS present (id, ahead) VALUES (1, %s)
    ON CONFLICT (id) DO UPDATE SET ahead = greatest(present.ahead, excluded.ahead)
"""


@dataclasses.dataclass(frozen=True)
class Advance:
    """Where the clock stands now, and the timers that ran out on the way, in the order in which they were due."""

    now: datetime
    fired: list[Timer]


def advance_clock(*, to: datetime, by: Any = None) -> Advance:
    """The clock stands at this moment, and what was to happen until then has happened, each at its own hour, in order.

    Nobody is signed out on the way. Not one transaction: every timer has its own, as in real life.
    Raises NotFound outside a sandbox, Invalid for a moment that is past, or further away than ten years.
    """
    require(settings.SANDBOX, NotFound())
    clock.forget()
    start = clock.now()
    if not start < to <= start + FURTHEST:
        raise Invalid({"to": [_("The clock only goes forward, and by ten years at most.")]})

    _keep_signed_in(to - start)
    fired = run_due()
    for moment in _moments(start, to):
        _set(moment)
        fired += run_due()
    _set(to)
    return Advance(now=clock.now(), fired=fired + run_due())


def _moments(start: datetime, end: datetime) -> Iterator[datetime]:
    """Each moment between these two at which a clock has something to do, also one that only starts on the way."""
    moment = next_moment(after=start)
    while moment is not None and moment < end:
        yield moment
        moment = next_moment(after=moment)


def _keep_signed_in(time: timedelta) -> None:
    """Who is signed in stays so for as long as before: the journey costs them nothing."""
    living = Session.objects.filter(revoked_at=None, expires_at__gt=clock.now())
    living.update(expires_at=F("expires_at") + time)


@transaction.atomic
def _set(moment: datetime) -> None:
    """The clock stands at this moment, or later if somebody moved it further."""
    with connection.cursor() as cursor:
        ahead: Any = max(moment - clock.machine_now(), timedelta())
        cursor.execute(SET, [ahead])
    clock.forget()
