"""A list as a file: as it is filtered, for those who may, with a trace, and nothing that a spreadsheet program carries out."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.safestring import mark_safe

from backoffice import export
from backoffice.escrows import EscrowAdmin
from backoffice.jobs import JobAdmin
from core.audit.models import AuditEntry
from tests.backoffice.pages import list_url


@pytest.fixture(autouse=True)
def _switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moderators may take out the list of jobs; the list of escrows is switched off."""
    monkeypatch.setattr(JobAdmin, "exports_for", ("moderator",))
    monkeypatch.setattr(EscrowAdmin, "exports_for", ())


def taken(client: Client, view: str = "tab=pending") -> list[list[str]]:
    response: Any = client.post(reverse("admin:core_job_export"), {"view": view})
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def test_the_file_holds_the_rows_of_the_view_in_its_order(world, enter):
    first, second, third = (world.job(niche=niche, title=f"Обзор {niche}") for niche in ("FOOD", "PETS", "FOOD"))

    headings, *rows = taken(enter("moderator"), "tab=pending&niche__exact=FOOD")

    assert headings[0] == "Задание"
    assert "Бренд" in headings
    assert [row[0] for row in rows] == [first.title, third.title]
    assert second.title not in str(rows)


def test_portions_follow_each_other_without_a_gap(world, enter, monkeypatch):
    monkeypatch.setattr(export, "PORTION", 2)
    titles = [world.job(title=f"Обзор номер {number}").title for number in range(5)]

    assert [row[0] for row in taken(enter("moderator"))[1:]] == titles

    monkeypatch.setattr(export, "ROWS_MAX", 3)
    assert len(taken(enter("moderator"))) == 4


def test_who_takes_a_list_out_leaves_a_trace_first(world, enter):
    taken(enter("moderator"), "tab=approved")

    entry = AuditEntry.objects.get(action="LIST_EXPORTED")
    assert entry.after == {"screen": "Задания", "query": "tab=approved"}


def test_others_take_nothing_and_a_link_does_nothing(world, enter):
    for client, status in ((enter("support"), 403), (enter("finance"), 403)):
        assert client.post(reverse("admin:core_job_export")).status_code == status
    assert enter("moderator").get(reverse("admin:core_job_export")).status_code == 405
    assert enter("finance").post(reverse("admin:core_escrow_export")).status_code == 403
    assert not AuditEntry.objects.filter(action="LIST_EXPORTED").exists()
    assert "/export/" not in enter("support").get(list_url("job")).content.decode()
    assert "/export/" in enter("moderator").get(list_url("job")).content.decode()


@pytest.mark.parametrize("text", ["=1+1", " =cmd|' /C calc'!A0", "+7", "-1", "@SUM(A1)", "\t=1", "\u200b=1", "＝1", "|x"])
def test_no_cell_is_a_formula(text):
    assert export.safe_cell(text).startswith("'")


def test_cells_are_plain_text_of_one_line_with_exact_times():
    ago = mark_safe('<time datetime="2026-01-01" title="01.01.2026 10:00 MSK">5 минут назад</time>')

    assert export.safe_cell(ago) == "01.01.2026 10:00 MSK"
    assert export.safe_cell("две\nстроки") == "две строки"
    assert export.safe_cell("<b>не разметка</b>") == "<b>не разметка</b>"
