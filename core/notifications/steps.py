"""How a verb tells people."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from core.base import clock
from core.base.ids import uuid7
from core.notifications.registry import KINDS
from outbox import trace, wake
from outbox.channels import TELEGRAM


@dataclasses.dataclass(frozen=True)
class Notice:
    """One notice to some people (users or their ids), not yet written."""

    people: Iterable[Any]
    type: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def notify(people: Iterable[Any], type: str, *, job=None, facts: Mapping[str, Any] | None = None) -> None:
    """Each of these people has one new notice of this type.

    The job's title and id are added to the facts. Facts are names, amounts and reasons: nothing secret.
    Raises KeyError when the text would have a hole: a defect of the verb that tells.
    """
    notify_all([Notice(people, type, facts or {})], job=job)


# Whoever has muted a type in the app does not see it: it is put away at once. By Telegram they may want it nevertheless; that
# is asked when it is sent. What is critical cannot be muted, whatever a row says that was written before it was.
TELL = """
    WITH told AS (
        SELECT told.*, NOT told.critical AND EXISTS (
            SELECT 1 FROM core_preference preference
            WHERE preference.user_id = told.user_id AND preference.type = told.type AND preference.channel = 'IN_APP'
                AND NOT preference.is_on
        ) AS is_muted
        FROM unnest(
            %(ids)s::uuid[], %(moments)s::timestamptz[], %(people)s::uuid[], %(types)s::text[], %(categories)s::text[],
            %(facts)s::jsonb[], %(hrefs)s::text[], %(critical)s::boolean[]
        ) WITH ORDINALITY AS told (id, at, user_id, type, category, facts, href, critical, number)
    ), written AS (
        INSERT INTO core_notification (id, created_at, updated_at, user_id, type, category, facts, href, job_id, read_at, cleared_at)
        SELECT id, at, at, user_id, type, category, facts, href, %(job)s,
               CASE WHEN is_muted THEN at END, CASE WHEN is_muted THEN at END
        FROM told
    )
    INSERT INTO outbox_delivery (channel, recipient_id, letter_id, type, aggregate, is_critical, request_id)
    SELECT %(channel)s, user_id, id, type, coalesce(%(aggregate)s::text, 'notice:' || id), critical, %(request)s FROM told ORDER BY number
"""


def notify_all(notices: Iterable[Notice], *, job=None) -> None:
    """Everybody has the notices meant for them, in this order, by one statement, and each is on its way to their Telegram.

    What they have muted in the app is written as put away. Raises KeyError as `notify` does.
    """
    rows = [row for notice in notices for row in _rows(notice, job)]
    if not rows:
        return
    people, types, facts, hrefs = zip(*rows, strict=True)
    kinds = [KINDS[named] for named in types]
    values = {
        "job": job.pk if job is not None else None,
        "ids": [uuid7() for _ in rows],
        "moments": [clock.now() for _ in rows],  # no two alike: the order in the list is that of the telling
        "people": list(people),
        "types": list(types),
        "categories": [kind.category for kind in kinds],
        "facts": list(facts),
        "hrefs": list(hrefs),
        "critical": [kind.critical for kind in kinds],
        "channel": TELEGRAM,
        "aggregate": f"job:{job.pk}" if job is not None else None,  # what is about nothing else is about itself
        "request": trace.request_id(),
    }
    wake.after_commit()
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)


def _rows(notice: Notice, job) -> list[tuple[Any, str, str, str]]:
    """Person, type, facts as JSON, and link: one for each person."""
    kind = KINDS[notice.type]
    facts = dict(notice.facts)
    if job is not None:
        facts |= {"job_id": str(job.pk), "title": job.title}
    if missing := kind.needs() - facts.keys():
        raise KeyError(f"{notice.type} needs the facts {sorted(missing)}")
    href = kind.href.format_map(facts)
    written = json.dumps(facts)
    ids = {getattr(person, "pk", person) for person in notice.people}
    return [(person, notice.type, written, href) for person in sorted(ids, key=str)]
