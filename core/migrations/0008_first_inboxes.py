"""Everybody who already had a conversation has an inbox, and each of their views its own place in it."""

from django.db import migrations

INBOXES = """
    INSERT INTO core_inbox (user_id, version)
    SELECT user_id, count(*) FROM core_participant GROUP BY user_id
    ON CONFLICT (user_id) DO NOTHING
"""
PLACES = """
    UPDATE core_participant view
    SET version = placed.place, last_message_at = placed.last_message_at
    FROM (
        SELECT participant.id, talk.last_message_at,
               row_number() OVER (PARTITION BY participant.user_id ORDER BY talk.last_message_at, participant.id) AS place
        FROM core_participant participant JOIN core_conversation talk ON talk.id = participant.conversation_id
    ) placed
    WHERE placed.id = view.id AND view.version = 0
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0007_running_clocks")]

    operations = [migrations.RunSQL([INBOXES, PLACES], migrations.RunSQL.noop)]
