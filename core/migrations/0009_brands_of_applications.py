"""Applications that stand already name the brand of their job, as new ones do by themselves."""

from django.db import migrations

BATCH = 5_000
# The guard of the table looks the brand up whenever it is touched.
NAME = """
    UPDATE core_application SET brand_id = job.brand_id FROM core_job job
    WHERE job.id = core_application.job_id AND core_application.id IN (
        SELECT id FROM core_application WHERE brand_id IS NULL LIMIT %s
    )
"""


def name_brands(apps, schema_editor):
    """Batch by batch, each a transaction of its own."""
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(NAME, [BATCH])
            if cursor.rowcount < BATCH:
                return


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0008_first_inboxes")]
    operations = [migrations.RunPython(name_brands, migrations.RunPython.noop)]
