"""What Django cannot say about the ledger: both ends of an entry share its currency."""

from django.db import migrations

ENDS = [
    f"""ALTER TABLE core_ledgerentry ADD CONSTRAINT entry_{end}_currency
        FOREIGN KEY ({end}_account_id, currency) REFERENCES core_account (id, currency)"""
    for end in ("from", "to")
]
HOLDERS = [
    f"""ALTER TABLE {table} ADD CONSTRAINT {name}
        FOREIGN KEY ({column}, currency) REFERENCES core_account (id, currency)"""
    for table, name, column in (
        ("core_escrow", "escrow_account_currency", "account_id"),
        ("core_payout", "payout_account_currency", "hold_account_id"),
    )
]


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(ENDS[0], "ALTER TABLE core_ledgerentry DROP CONSTRAINT entry_from_currency"),
        migrations.RunSQL(ENDS[1], "ALTER TABLE core_ledgerentry DROP CONSTRAINT entry_to_currency"),
        migrations.RunSQL(HOLDERS[0], "ALTER TABLE core_escrow DROP CONSTRAINT escrow_account_currency"),
        migrations.RunSQL(HOLDERS[1], "ALTER TABLE core_payout DROP CONSTRAINT payout_account_currency"),
    ]
