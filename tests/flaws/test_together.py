"""What happened, who was told, and what machines hear of it are one: when one of them cannot be written, nothing is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.audit.models import AuditEntry
from core.hiring.models import Application
from core.hiring.services import apply_to_job
from core.jobs.models import Job
from core.money.models import LedgerEntry
from core.money.services import fund_escrow
from core.notifications.models import Notification
from outbox.models import Event
from tests.world import World

TRACES = (AuditEntry, Notification, Event, Application, LedgerEntry)
BREAK = """
    CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION broken();
"""


def applying(world: World) -> Callable[[], Any]:
    job, creator = world.live_job(), world.creator()
    return lambda: apply_to_job(job.id, by=creator, message="Me!")


def funding(world: World) -> Callable[[], Any]:
    job = world.deal(funded=False)
    world.wallet_money(job.brand, job.escrow.amount_cents)
    return lambda: fund_escrow(job.id, by=job.brand)


def picture() -> tuple[Any, ...]:
    return (*(table.objects.count() for table in TRACES), *Job.objects.order_by("id").values_list("status", "escrow__status"))


@pytest.mark.parametrize("table", ["core_notification", "outbox_event", "core_auditentry"])
@pytest.mark.parametrize("prepare", [applying, funding])
def test_where_one_trace_cannot_be_written_nothing_has_happened(world: World, prepare: Callable[[World], Any], table: str) -> None:
    command = prepare(world)
    before = picture()

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BREAK.format(table))
        with pytest.raises(DatabaseError), transaction.atomic():
            command()
        assert picture() == before
        transaction.set_rollback(True)


def test_nothing_is_left_aborted_behind(world: World) -> None:
    """After a refusal by the database the same connection carries the same command out."""
    command = funding(world)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BREAK.format("outbox_event"))
        with pytest.raises(DatabaseError), transaction.atomic():
            command()
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER broken ON outbox_event")

        assert command().status == "FUNDED"
        transaction.set_rollback(True)
