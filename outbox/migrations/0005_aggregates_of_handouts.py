"""What was in hand before is looked up by the aggregate of its event too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_desk")]

    operations = [
        migrations.RunSQL(
            "UPDATE outbox_handout SET aggregate = event.aggregate FROM outbox_event event WHERE event.id = outbox_handout.event_id",
            migrations.RunSQL.noop,
        ),
    ]
