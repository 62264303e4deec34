"""docs/notifications.md says what the registry says."""

import pytest
from django.core.management import CommandError, call_command

from core.notifications import catalogue
from core.notifications.kinds.kind import RECIPIENTS
from core.notifications.registry import KINDS
from core.notifications.targets import PAGES


def test_the_page_is_not_stale():
    call_command("notifications", "--check")


def test_a_stale_page_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "FILE", tmp_path / "notifications.md")
    with pytest.raises(CommandError, match="stale"):
        call_command("notifications", "--check")

    call_command("notifications")
    call_command("notifications", "--check")


def test_every_kind_recipient_and_page_is_there():
    page = catalogue.page()

    assert [name for name in (*KINDS, *RECIPIENTS, *PAGES) if f"`{name}`" not in page] == []


def test_every_recipient_is_somebody_of_some_kind():
    assert RECIPIENTS.keys() - {name for kind in KINDS.values() for name in kind.recipients} == set()
