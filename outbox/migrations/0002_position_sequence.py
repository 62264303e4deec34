"""Where positions come from: a sequence of its own, so that they go on from where they were even when every old event is pruned."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE outbox_event_position OWNED BY outbox_event.position",
            "DROP SEQUENCE outbox_event_position",
        ),
    ]
