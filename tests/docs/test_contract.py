"""docs/contract.md says what the code does."""

import pytest
from django.core.management import CommandError, call_command

from api import contract
from api.codes import CODES, reasons
from api.routes import routes


def test_the_page_is_not_stale():
    call_command("contract", "--check")


def test_a_stale_page_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(contract, "FILE", tmp_path / "contract.md")
    monkeypatch.setattr("api.management.commands.contract.FILE", tmp_path / "contract.md")
    with pytest.raises(CommandError, match="stale"):
        call_command("contract", "--check")

    call_command("contract")
    call_command("contract", "--check")


def test_every_route_code_and_reason_is_on_the_page():
    page = contract.page()

    assert [route.shown for route in routes() if f"`{route.shown}`" not in page] == []
    assert [code for code in CODES if f"`{code}`" not in page] == []
    assert [name for name, refusal in reasons().items() if not refusal.__module__.startswith("tests") and f"`{name}`" not in page] == []
