"""No list walks a big table: on a filled one, each is served by an index, and looks at a bounded stretch of ids."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice import show
from backoffice.mailbox import windows
from outbox.models import Delivery, Event
from tests.backoffice.pages import list_url, page_url
from tests.core.mailbox.rows import parcel

ROWS = 20_000
FILL = """
    INSERT INTO outbox_delivery (channel, recipient_id, letter_id, type, aggregate, state, copies, settled_at, created_at)
    SELECT 'TELEGRAM', gen_random_uuid(), gen_random_uuid(), 'ESCROW_FUNDED', 'job:' || number, 'SENT', 1,
           clock_timestamp(), clock_timestamp() - make_interval(mins => %(rows)s - number)
    FROM generate_series(1, %(rows)s) AS number;
    INSERT INTO outbox_event (uid, position, type, aggregate, payload, recipient_ids, actor_id, request_id, occurred_at)
    SELECT gen_random_uuid(), 9000000 + number, 'ESCROW_FUNDED', 'job:' || number, '{}', '{}', gen_random_uuid(), '',
           clock_timestamp() - make_interval(mins => %(rows)s - number)
    FROM generate_series(1, %(rows)s) AS number;
    ANALYZE outbox_delivery;
    ANALYZE outbox_event
"""
LISTS = (
    *(("delivery", {"tab": tab}) for tab in ("dead", "failing", "waiting", "sending", "sent", "skipped")),
    ("delivery", {"tab": "dead", "channel": "EMAIL"}),
    ("delivery", {"tab": "waiting", "q": "job:77"}),
    ("delivery", {"tab": "sent", "q": "01990000-0000-7000-8000-00000000dead"}),
    ("delivery", {"tab": "sent", "q": "req-7"}),
    ("event", {}),
    ("event", {"tab": "queued"}),
    ("event", {"q": "job:77"}),
    ("event", {"q": "req-7"}),
    ("event", {"type": "JOB_CANCELED"}),
)


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A mailbox with tens of thousands of rows, gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            for statement in FILL.split(";"):
                cursor.execute(statement.replace("%(rows)s", str(ROWS)))
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page looks at as small a part of the table here as it does of one with millions of rows."""
    monkeypatch.setattr(windows, "LOOKED_MAX", 1_000)


def plans(client: Any, address: str, query: dict[str, str]) -> list[str]:
    """The plan of each statement about the big tables that the page asks for."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, query).status_code == 200
    told = [each["sql"] for each in asked.captured_queries if re.search(r"outbox_(delivery|event)\b", each["sql"])]
    found = []
    with connection.cursor() as cursor:
        for statement in told:
            cursor.execute(f"EXPLAIN {statement}")
            found.append("\n".join(row[0] for row in cursor.fetchall()))
    return found


@pytest.mark.parametrize(("name", "query"), LISTS)
def test_a_list_walks_no_big_table(filled, world, enter, name, query):
    client = enter("engineer")

    for plan in plans(client, list_url(name), query):
        assert not re.search(r"Seq Scan on outbox_(delivery|event)\b", plan), plan


def test_a_page_walks_no_big_table(filled, world, enter):
    dead = parcel("DEAD")
    client = enter("engineer")

    for plan in plans(client, page_url(dead), {}):
        assert not re.search(r"Seq Scan on outbox_(delivery|event)\b", plan), plan


def test_a_stretch_of_time_is_found_as_a_stretch_of_ids(filled, db):
    moment = timezone.now() - timedelta(days=3)
    with CaptureQueriesContext(connection) as asked:
        found = windows.first_since(Event.objects.all(), "occurred_at", moment)

    expected = Event.objects.filter(occurred_at__gte=moment).order_by("id").values_list("id", flat=True).first()
    assert found == expected
    assert len(asked) == 1


def test_days_narrow_the_list(filled, world, enter):
    day = (timezone.now().astimezone(show.zone()) - timedelta(days=3)).strftime("%d.%m.%Y")

    page = enter("engineer").get(list_url("event"), {"occurred_at_from": day, "occurred_at_to": day})

    shown = page.context["cl"].result_list
    assert len(shown) == 25
    assert {event.occurred_at.astimezone(show.zone()).strftime("%d.%m.%Y") for event in shown} == {day}


def test_what_no_index_knows_is_looked_for_stretch_by_stretch(filled, world, enter):
    oldest = Delivery.objects.order_by("id").first()
    Delivery.objects.filter(pk=oldest.pk).update(state="SKIPPED")
    client = enter("engineer")

    address, steps = f"{list_url('delivery')}?tab=skipped", 0
    while address and page_url(oldest) not in (response := client.get(address)).content.decode():
        older = response.context["cl"].older_url
        address, steps = (f"{list_url('delivery')}{older}", steps + 1) if older else ("", steps)

    assert address
    assert 15 <= steps <= 40
