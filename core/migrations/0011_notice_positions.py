"""Where the places of notices come from, and places for those that are there: in the order in which they were told."""

from django.db import migrations

NUMBER_ALL = """
    UPDATE core_notification SET position = placed.position
    FROM (SELECT id, nextval('core_notification_position') AS position FROM (SELECT id FROM core_notification ORDER BY created_at, id) AS told)
        AS placed
    WHERE core_notification.id = placed.id
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0010_telegram")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE core_notification_position OWNED BY core_notification.position",
            "DROP SEQUENCE core_notification_position",
        ),
        migrations.RunSQL(NUMBER_ALL, migrations.RunSQL.noop),
    ]
