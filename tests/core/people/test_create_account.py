"""Accounts that an operator makes by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.audit.models import AuditEntry
from core.people.models import User
from core.people.policies import staff_can

PASSWORD = "an-operators-9-words"


@pytest.fixture
def password(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNT_PASSWORD", PASSWORD)


def test_a_member_of_staff_gets_the_capabilities_named(password: None):
    call_command("create_account", "Anna@Example.com", "--name", "Anna", "--can", "finance", stdout=StringIO())

    anna = User.objects.get(email="anna@example.com")
    assert staff_can(anna, "finance")
    assert not staff_can(anna, "moderator", "finance_approver")
    assert anna.check_password(PASSWORD)
    assert AuditEntry.objects.get(action="ACCOUNT_CREATED", subject_id=str(anna.id)).after["capabilities"] == ["finance"]


def test_an_address_is_taken_once(password: None):
    call_command("create_account", "anna@example.com", stdout=StringIO())

    with pytest.raises(CommandError, match="already"):
        call_command("create_account", "ANNA@example.com", "--role", "BRAND", stdout=StringIO())

    assert User.objects.get(email="anna@example.com").role == "STAFF"


def test_a_weak_password_makes_no_account(db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ACCOUNT_PASSWORD", "12345678")

    with pytest.raises(CommandError, match="password"):
        call_command("create_account", "anna@example.com", stdout=StringIO())

    assert not User.objects.filter(email="anna@example.com").exists()
