"""The planner knows more words. With the usual hundred it takes a rare word for a common one, and reads the whole feed to find it."""

from django.db import migrations

STATISTICS = 1_000


def alter(table: str, target: int) -> str:
    return f"ALTER TABLE {table} ALTER COLUMN search SET STATISTICS {target}"


class Migration(migrations.Migration):
    dependencies = [("core", "0004_topup_number")]

    operations = [
        migrations.RunSQL(alter("core_job", STATISTICS), alter("core_job", -1)),
        migrations.RunSQL(alter("core_creatorprofile", STATISTICS), alter("core_creatorprofile", -1)),
    ]
