"""Which events go to which endpoints. One statement for all events that got their place together."""

from collections.abc import Sequence

from django.db import connection

# An event goes to the endpoints of whoever did it and of those it concerns; engineers hear of everything. Whoever is blocked, erased
# or no longer an engineer hears of nothing, and no endpoint of what was before it was switched on.
COPY = """
    WITH placed AS (
        SELECT id, position, type, aggregate, actor_id, recipient_ids, request_id, occurred_at FROM outbox_event WHERE id = ANY(%(ids)s)
    ), concerned AS (
        SELECT id, actor_id AS person_id FROM placed UNION SELECT id, unnest(recipient_ids) FROM placed
    ), engineer AS (
        SELECT id FROM core_user person
        WHERE role = 'STAFF' AND is_active AND blocked_at IS NULL AND (
            is_superuser OR EXISTS (
                SELECT 1 FROM core_user_groups held JOIN auth_group capability ON capability.id = held.group_id
                WHERE held.user_id = person.id AND capability.name = 'engineer'
            )
        )
    ), wanted AS (
        SELECT concerned.id AS event_id, endpoint.id AS endpoint_id, endpoint.types, endpoint.active_since
        FROM concerned
        JOIN core_endpoint endpoint ON endpoint.owner_id = concerned.person_id AND endpoint.is_active
        JOIN core_user owner ON owner.id = endpoint.owner_id AND owner.role <> 'STAFF' AND owner.is_active AND owner.blocked_at IS NULL
        UNION
        SELECT placed.id, endpoint.id, endpoint.types, endpoint.active_since
        FROM engineer JOIN core_endpoint endpoint ON endpoint.owner_id = engineer.id AND endpoint.is_active CROSS JOIN placed
    )
    INSERT INTO outbox_delivery (channel, recipient_id, event_id, type, aggregate, request_id)
    SELECT 'WEBHOOK', wanted.endpoint_id, placed.id, placed.type, placed.aggregate, placed.request_id
    FROM wanted JOIN placed ON placed.id = wanted.event_id
    WHERE (wanted.types = ARRAY['*']::varchar[] OR placed.type = ANY(wanted.types)) AND placed.occurred_at >= wanted.active_since
    ORDER BY placed.position, wanted.endpoint_id
    ON CONFLICT DO NOTHING
"""


def copy_to_endpoints(ids: Sequence[int]) -> None:
    """Each of these events is on its way to every endpoint that asks for it."""
    with connection.cursor() as cursor:
        cursor.execute(COPY, {"ids": list(ids)})
