"""Top-ups have a number that a person can write on a bank transfer."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0003_reference_rows")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE core_topup_number AS bigint START WITH 1001", "DROP SEQUENCE core_topup_number"),
    ]
