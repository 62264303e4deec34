"""What a pull looks at does not grow with the events and handouts that there are."""

import json
import os
from collections.abc import Iterator
from typing import Any

from django.db import connection

from outbox.consumers import services, statements
from outbox.consumers.models import Consumer
from outbox.consumers.services import Place
from tests.outbox.consumers.cast import make_consumer

EVENTS = int(os.environ.get("PULL_PROOF_EVENTS", "11000"))
LIMIT = 50
LANES = 500
# What may come again, a page and the room ahead of it; each looked up a few times.
ROWS_MAX = 3 * (statements.LOOKED_AT_MAX + statements.AHEAD_MAX + LIMIT)

MANY_EVENTS = """
    INSERT INTO outbox_event (uid, position, type, aggregate, payload, recipient_ids, actor_id, request_id, occurred_at)
    SELECT gen_random_uuid(), %(base)s::bigint + n, 'REHEARSAL_READ', 'job:' || n %% %(lanes)s::int, '{}', '{}', gen_random_uuid(), '',
        now()
    FROM generate_series(1, %(count)s::int) n
"""
MANY_HANDOUTS = """
    INSERT INTO outbox_handout (consumer_id, event_id, position, aggregate, state, free_at, times_given)
    SELECT %(consumer)s, id, position, aggregate, 'LEASED', now() + make_interval(secs => %(seconds)s), 1
    FROM outbox_event WHERE position > %(base)s ORDER BY position LIMIT %(count)s
"""


def filled(consumer: Consumer, *, events: int, handouts: int, lanes: int = LANES, seconds: int) -> None:
    """So many events came, and so many of the first of them are leased for so many seconds more."""
    told = {"consumer": consumer.pk, "base": consumer.position, "lanes": lanes, "seconds": seconds}
    with connection.cursor() as cursor:
        cursor.execute(MANY_EVENTS, told | {"count": events})
        cursor.execute(MANY_HANDOUTS, told | {"count": handouts})
        cursor.execute("ANALYZE outbox_event, outbox_handout")
    Consumer.objects.filter(id=consumer.pk).update(reached=consumer.position + handouts)


def rows_of(node: dict[str, Any]) -> Iterator[int]:
    """What each scan of the plan has looked at, taken or not."""
    if "Relation Name" in node:
        yield int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
    for part in node.get("Plans", []):
        yield from rows_of(part)


def looked_at(consumer: Consumer, *, after: Place | None = None) -> int:
    """How many rows a pull has read, which is undone."""
    read: list[int] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql in (statements.GIVE, statements.IN_OTHER_HANDS):
            with connection.connection.cursor() as cursor:
                cursor.execute("SAVEPOINT explained")
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, params)
                (plan,) = cursor.fetchone()
                cursor.execute("ROLLBACK TO SAVEPOINT explained")
            plan = json.loads(plan) if isinstance(plan, str) else plan
            read.append(sum(rows_of(plan[0]["Plan"])))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        services.pull(consumer, limit=LIMIT, after=after, visibility=60)
    return sum(read)


def test_a_pull_behind_ten_thousand_leases_reads_a_page_and_little_more(world):
    consumer, _ = make_consumer("REHEARSAL_*")
    filled(consumer, events=EVENTS, handouts=10_000, seconds=60)

    assert looked_at(consumer) <= ROWS_MAX
    assert looked_at(consumer, after=Place(consumer.position + 10_000, consumer.era)) <= ROWS_MAX


def test_a_pull_when_ten_thousand_leases_have_run_out_reads_a_page_and_little_more(world):
    consumer, _ = make_consumer("REHEARSAL_*")
    filled(consumer, events=EVENTS, handouts=10_000, seconds=-60)

    assert looked_at(consumer) <= ROWS_MAX
    assert looked_at(consumer, after=Place(consumer.position + 10_000, consumer.era)) <= ROWS_MAX


def test_a_pull_while_everything_waits_for_one_aggregate_reads_no_more_each_time(world):
    consumer, _ = make_consumer("REHEARSAL_*")
    filled(consumer, events=EVENTS, handouts=1, lanes=1, seconds=60)

    assert max(looked_at(consumer) for _ in range(8)) <= ROWS_MAX
