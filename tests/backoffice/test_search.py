"""The palette finds by name, title, address, reference and id, in lists that the person has, and asks little of the database."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.audit.models import AuditEntry
from core.money.models import LedgerEntry
from core.money.services import request_top_up
from tests.backoffice.pages import page_url

QUERIES_MAX = 22  # an id is looked up in every list by its primary key


def found(client: Client, term: str) -> list[str]:
    response: Any = client.get("/backoffice/search/", {"s": term})
    assert response.status_code == 200
    return [line.url for line in response.context["lines"]]


def test_each_kind_of_term_leads_to_its_page(world, enter):
    job, brand = world.job(title="Обзор улуна"), world.brand(company_name="Чайная лавка")
    moderator, support = enter("moderator"), enter("support")

    assert page_url(job) in found(moderator, "обзор ул")
    assert page_url(job) in found(moderator, str(job.pk))
    assert page_url(brand) in found(moderator, "чайная")
    assert page_url(brand) in found(support, brand.email)


def test_finance_finds_entries_by_reference_and_top_ups_by_number(world, enter, settings):
    world.deal()
    settings.PAYMENT_PROVIDER = "manual"
    entry, top_up = LedgerEntry.objects.latest("id"), request_top_up(by=world.brand(), amount_cents=100_000, currency="RUB")
    finance = enter("finance")

    assert found(finance, entry.reference) == [page_url(entry)]
    assert page_url(top_up) in found(finance, str(top_up.number))


def test_nobody_finds_what_they_may_not_open(world, enter):
    world.deal()
    job, entry = world.job(title="Обзор улуна"), LedgerEntry.objects.latest("id")

    assert found(enter("finance"), "обзор улуна") == []
    assert found(enter("finance"), str(job.pk)) == []
    assert found(enter("moderator"), entry.reference) == []
    assert found(enter("engineer"), job.brand.email) == []
    assert found(enter("moderator"), job.brand.email) == []


def test_a_request_is_found_by_its_id(world, enter):
    world.job()
    AuditEntry.objects.create(actor=world.moderator, action="JOB_APPROVED", subject_type="Job", subject_id="1", request_id="abcd1234")

    assert found(enter("moderator"), "abcd1234") == ["/backoffice/core/auditentry/?q=abcd1234"]
    assert found(enter("finance"), "abcd1234") == []


@pytest.mark.parametrize("term", ["", "о", "\0\0", "%%", "__", "9" * 99, "a:" * 60, "' OR 1=1 --", "@@"])
def test_a_strange_term_finds_nothing_and_breaks_nothing(world, enter, term):
    world.job(title="Обзор улуна")

    assert found(enter("moderator"), term) == []


def test_pages_of_the_menu_are_found_by_their_names(enter):
    assert "/backoffice/core/payout/" in found(enter("finance"), "выпл")
    assert found(enter("moderator"), "выпл") == []


def test_the_search_stays_within_its_budget(world, enter):
    for number in range(8):
        world.job(title=f"Обзор улуна {number}")
    client = enter("moderator", "finance", "support", "engineer")
    found(client, "обзор")

    for term in ("обзор ул", "0199a0b0-0000-7000-8000-000000000000", "a@example.com", "12", "ESCROW_FUND:1"):
        with CaptureQueriesContext(connection) as queries:
            found(client, term)
        assert len(queries) <= QUERIES_MAX, (term, [query["sql"][:90] for query in queries])
