"""The audit trail for those who look something up: found by who and what, side by side, with its seal, as a file."""

import csv
from io import StringIO

import pytest
from django.urls import reverse

from core.audit.chain import services
from core.audit.models import AuditEntry
from core.people.services import update_account
from tests.backoffice.pages import client_of, list_url, page_url, seen
from tests.core.audit.test_chain import behind_our_back


def boss(world):
    chief = world.staff()
    chief.is_superuser = True
    chief.save(update_fields=["is_superuser"])
    return client_of(chief)


def rows(client, **query) -> str:
    return seen(client.get(list_url("auditentry"), query))


def test_an_act_is_found_by_the_name_of_who_did_it(world, enter):
    brand, other = world.brand(), world.brand()
    update_account(by=brand, changes={"language": "en"})
    update_account(by=other, changes={"language": "en"})

    page = rows(enter("support"), q=brand.brand_profile.company_name)

    assert brand.brand_profile.company_name in page
    assert other.brand_profile.company_name not in page


def test_only_money_only_signing_in_and_only_staff(world):
    world.payout()
    client = boss(world)

    def kinds(only: str) -> set[str]:
        return {entry.subject_type for entry in client.get(list_url("auditentry"), {"only": only}).context["cl"].result_list}

    assert {"Payout"} <= kinds("money") <= {"Payout", "TopUp", "Escrow", "Adjustment", "CommissionRule", "Limit", "PayoutMethod"}
    assert kinds("security") == set()
    assert kinds("private") == set()
    assert "Job" in kinds("staff")
    assert "Application" not in kinds("staff")


def test_the_list_shows_what_changed_from_what_to_what(world):
    brand = world.brand()
    update_account(by=brand, changes={"language": "en"})

    assert "→" in rows(boss(world), action="ACCOUNT_UPDATED")


def test_the_page_says_whether_the_entry_is_what_it_was(world):
    brand, client = world.brand(), boss(world)
    update_account(by=brand, changes={"language": "en"})
    entry = AuditEntry.objects.filter(action="ACCOUNT_UPDATED").latest("id")
    assert "в течение минуты" in seen(client.get(page_url(entry)))

    services.seal_entries()
    assert "Запись не менялась" in seen(client.get(page_url(entry)))

    behind_our_back("UPDATE core_auditentry SET reason = 'another' WHERE id = %s", entry.id)
    assert "Запись изменена" in seen(client.get(page_url(entry)))


def test_the_chain_is_verified_from_the_list(world):
    client, address = boss(world), reverse("admin:core_auditentry_verify")
    world.job()
    services.seal_entries()
    assert "Все записи в порядке" in seen(client.post(address, follow=True))

    entry = AuditEntry.objects.order_by("id").first()
    behind_our_back("UPDATE core_auditentry SET reason = 'another' WHERE id = %s", entry.id)

    assert "Журнал изменён" in seen(client.post(address, follow=True))


@pytest.mark.parametrize(("capability", "status"), [("engineer", 302), ("support", 403), ("finance", 403), ("moderator", 403)])
def test_engineers_and_superusers_verify_the_chain(world, enter, capability, status):
    assert enter(capability).post(reverse("admin:core_auditentry_verify")).status_code == status


def test_the_file_holds_the_part_of_who_takes_it_and_no_formula(world, enter):
    payout = world.payout()
    brand = world.brand()
    update_account(by=brand, changes={"language": "en"})
    client = enter("finance")

    answer = client.post(reverse("admin:core_auditentry_export"), {"view": ""})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    headings, *lines = list(csv.reader(StringIO(text), delimiter=";"))
    assert headings[0] == "Когда"
    assert str(payout.id) in text
    assert str(brand.id) not in text
    assert not [cell for line in lines for cell in line if cell[:1] in "=+-@" and cell]


def test_the_list_costs_the_same_however_many_acts_there_are(world, enter, django_assert_max_num_queries):
    client = boss(world)
    for _each in range(6):
        update_account(by=world.brand(), changes={"language": "en"})
    services.seal_entries()
    client.get(list_url("auditentry"))

    with django_assert_max_num_queries(5):
        client.get(list_url("auditentry"))
