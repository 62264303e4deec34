from django.db import migrations

# Letters that were written and not sent before the mailbox carried them.
PUT_IN = """
    INSERT INTO outbox_delivery (channel, recipient_id, letter_id, type, aggregate, is_critical)
    SELECT 'EMAIL', user_id, id, purpose, 'letter:' || id, true
    FROM core_emailtoken
    WHERE sent_at IS NULL AND used_at IS NULL AND user_id IS NOT NULL AND expires_at > clock_timestamp()
    ORDER BY created_at
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0011_notice_positions"), ("outbox", "0003_delivery")]

    operations = [migrations.RunSQL(PUT_IN, migrations.RunSQL.noop)]
