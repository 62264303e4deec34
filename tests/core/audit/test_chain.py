"""The chain over the audit trail: what was written stays what it was, and whoever changes it behind our back is found."""

from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core.audit.chain import selectors, services
from core.audit.chain.models import AuditSeal, UnsealedEntry
from core.audit.models import AuditEntry
from core.privacy.services import erase_account
from tests.world import PASSWORD

COLUMNS = "created_at, actor_id, action, subject_type, subject_id, before, after, reason, request_id"


def sealed(world) -> list[AuditEntry]:
    """Some entries of a legal world, all in the chain."""
    world.payout()
    services.seal_entries()
    return list(AuditEntry.objects.order_by("id"))


def behind_our_back(statement: str, *arguments) -> None:
    """What a superuser of the database does who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, arguments)
        cursor.execute("SET LOCAL session_replication_role = origin")


def first_fault() -> tuple[str, int | None]:
    fault = selectors.audit_faults()[0]
    return fault.fault, fault.entry_id


def test_every_entry_gets_a_seal_after_the_commit_in_the_order_of_the_ids(world):
    entries = sealed(world)

    seals = list(AuditSeal.objects.order_by("position"))
    assert [seal.entry_id for seal in seals] == [entry.id for entry in entries]
    assert [seal.position for seal in seals] == list(range(1, len(entries) + 1))
    assert all(bytes(after.previous) == bytes(before.digest) for before, after in pairwise(seals))
    assert not UnsealedEntry.objects.exists()
    assert selectors.audit_faults() == []
    assert services.seal_entries() == 0


def test_long_chains_are_made_in_batches(world, monkeypatch):
    monkeypatch.setattr(services, "BATCH_MAX", 3)

    entries = sealed(world)

    assert AuditSeal.objects.count() == len(entries) > 3
    assert selectors.audit_faults() == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE core_auditentry SET reason = 'another reason' WHERE id = %s", "BODY"),
        ("UPDATE core_auditentry SET after = after || '{\"a new name\": 1}' WHERE id = %s", "FRAME"),
        ("UPDATE core_auditentry SET actor_id = '00000000-0000-7000-8000-000000000001' WHERE id = %s", "FRAME"),
        ("UPDATE core_auditentry SET created_at = created_at - interval '1 day' WHERE id = %s", "FRAME"),
        ("UPDATE core_auditentry SET action = 'LOGGED_IN' WHERE id = %s", "FRAME"),
        ("DELETE FROM core_auditentry WHERE id = %s", "MISSING"),
        ("UPDATE core_auditseal SET frame = body WHERE entry_id = %s", "SEAL"),
        ("UPDATE core_auditseal SET salt = NULL WHERE entry_id = %s", "FADED"),
    ],
)
def test_a_superuser_who_switches_the_guards_off_is_found(world, statement, fault):
    entries = sealed(world)
    target = next(entry for entry in entries if entry.action == "JOB_CREATED")

    behind_our_back(statement, target.id)

    assert first_fault() == (fault, target.id)


def test_an_amount_of_money_is_part_of_the_frame(world):
    sealed(world)
    entry = AuditEntry.objects.filter(subject_type="TopUp", after__has_key="amountCents").first()

    behind_our_back("UPDATE core_auditentry SET after = jsonb_set(after, '{amountCents}', '1') WHERE id = %s", entry.id)

    assert first_fault() == ("FRAME", entry.id)


def test_a_seal_that_is_gone_leaves_a_gap_and_its_entry_alone(world):
    entry = sealed(world)[2]

    behind_our_back("DELETE FROM core_auditseal WHERE entry_id = %s", entry.id)

    faults = [(fault.fault, fault.position, fault.entry_id) for fault in selectors.audit_faults()]
    assert faults[0][:2] == ("GAP", 4)
    assert ("SLIPPED_IN", None, entry.id) in faults


def test_an_entry_that_was_slipped_in_or_taken_away_before_its_seal_is_found(world):
    entries = sealed(world)
    world.staff("moderator")
    waiting = UnsealedEntry.objects.count()

    behind_our_back("DELETE FROM core_auditentry WHERE id > %s", entries[-1].id)
    behind_our_back(
        f"INSERT INTO core_auditentry ({COLUMNS}) SELECT {COLUMNS} FROM core_auditentry WHERE id = %s",
        entries[0].id,
    )

    assert [fault.fault for fault in selectors.audit_faults()] == ["MISSING"] * waiting + ["SLIPPED_IN"]


def test_a_chain_made_anew_from_some_place_on_differs_from_the_head_that_was_noted(world):
    entries = sealed(world)
    noted = selectors.head()

    behind_our_back("UPDATE core_auditentry SET reason = 'another reason' WHERE id = %s", entries[1].id)
    behind_our_back("DELETE FROM core_auditseal WHERE position >= 2")
    behind_our_back("INSERT INTO core_unsealedentry (entry_id) SELECT id FROM core_auditentry WHERE id > %s", entries[0].id)
    services.seal_entries()

    assert selectors.audit_faults() == []
    assert not selectors.knows(noted)
    with pytest.raises(CommandError):
        call_command("audit_verify", expect=noted, stdout=StringIO())


def test_the_application_changes_no_seal(world):
    sealed(world)

    for change in ({"digest": b"\0" * 32}, {"position": 10_000}, {"salt": b"x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditSeal.objects.filter(position=1).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditSeal.objects.filter(position=1).delete()
    assert selectors.audit_faults() == []


def test_what_fades_with_a_deleted_account_breaks_nothing_and_cannot_be_guessed(world):
    creator = world.creator()
    services.seal_entries()

    erase_account(by=creator, password=PASSWORD)
    services.seal_entries()

    faded = AuditSeal.objects.filter(entry__actor=creator, salt=None)
    assert faded.exists()
    assert selectors.audit_faults() == []
    behind_our_back("UPDATE core_auditentry SET action = 'JOB_PUBLISHED' WHERE id = %s", faded.first().entry_id)
    assert first_fault() == ("FRAME", faded.first().entry_id)


def test_the_command_says_where_the_chain_ends_and_names_the_first_broken_entry(world):
    entries, said = sealed(world), StringIO()

    call_command("audit_verify", stdout=said)
    assert str(selectors.head()) in said.getvalue()
    call_command("audit_verify", expect=selectors.head(), stdout=StringIO())

    behind_our_back("UPDATE core_auditentry SET reason = 'another reason' WHERE id = %s", entries[1].id)
    behind_our_back("UPDATE core_auditentry SET reason = 'another reason' WHERE id = %s", entries[3].id)
    with pytest.raises(CommandError, match=f"first at entry {entries[1].id}, seal 2"):
        call_command("audit_verify", stdout=said)
    assert f"entry {entries[3].id}, seal 4: what the entry says was changed" in said.getvalue()


def test_the_log_keeps_the_head_and_every_fault(world, caplog):
    entries = sealed(world)
    behind_our_back("UPDATE core_auditentry SET reason = 'another reason' WHERE id = %s", entries[1].id)

    selectors.report_audit_faults()

    assert "audit_broken" in caplog.text
    assert selectors.head().digest in caplog.text
