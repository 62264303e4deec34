"""Every entry that is older than the chain waits for its seal too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0014_backoffice")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO core_unsealedentry (entry_id) SELECT id FROM core_auditentry ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]
