"""Rows that the business stands on: the clock's own account, staff groups, platform accounts, the first commission rule."""

from django.db import migrations
from django.utils import timezone

SYSTEM_USER_ID = "00000000-0000-7000-8000-000000000001"
FIRST_RULE_ID = "00000000-0000-7000-8000-000000000002"
GROUPS = ("moderator", "finance", "finance_approver", "support", "engineer")
CURRENCIES = ("RUB", "KZT", "UAH", "BYN", "USD", "EUR")
PLATFORM_KINDS = ("EXTERNAL", "COMMISSION", "ADJUSTMENT")


def add_rows(apps, schema_editor):
    system, _ = apps.get_model("core", "User").objects.get_or_create(
        id=SYSTEM_USER_ID, defaults={"email": "system@system.invalid", "role": "SYSTEM", "password": "!", "is_active": False}
    )
    for name in GROUPS:
        apps.get_model("auth", "Group").objects.get_or_create(name=name)
    for kind in PLATFORM_KINDS:
        for currency in CURRENCIES:
            apps.get_model("core", "Account").objects.get_or_create(kind=kind, currency=currency)
    apps.get_model("core", "CommissionRule").objects.get_or_create(
        id=FIRST_RULE_ID, defaults={"scope": "DEFAULT", "bps": 1500, "valid_from": timezone.now(), "created_by": system}
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0002_ledger_guards"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(add_rows, migrations.RunPython.noop)]
