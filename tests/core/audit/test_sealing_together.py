"""Verbs and sealers at one moment: no verb waits for the chain, and no entry stands in it twice."""

from functools import partial

import pytest
from django.db import connection, transaction

from core.audit.chain import selectors, services
from core.audit.chain.models import AuditSeal, UnsealedEntry
from core.audit.models import AuditEntry
from core.people.services import update_account
from tests.meeting import meet

pytestmark = pytest.mark.race


def test_sealers_and_verbs_together_leave_one_chain(committed):
    people = [committed.creator() for _each in range(3)]
    services.seal_entries()

    meet(
        *[partial(update_account, by=person, changes={"language": "en"}) for person in people],
        *[services.seal_entries] * 3,
    )
    services.seal_entries()

    ids = set(AuditEntry.objects.values_list("id", flat=True))
    assert sorted(AuditSeal.objects.values_list("entry_id", flat=True)) == sorted(ids)
    assert not UnsealedEntry.objects.exists()
    assert selectors.audit_faults() == []


def test_an_entry_whose_transaction_ends_late_comes_into_the_chain_late_and_breaks_nothing(committed):
    early, late = committed.creator(), committed.creator()
    services.seal_entries()

    def seal_meanwhile() -> None:
        """Another person's act is done and sealed while ours is still open."""
        update_account(by=early, changes={"language": "en"})
        services.seal_entries()

    with transaction.atomic():
        update_account(by=late, changes={"language": "en"})
        meet(seal_meanwhile)
        assert connection.in_atomic_block
    services.seal_entries()

    by_place = AuditSeal.objects.filter(entry__actor__in=[early, late], entry__action="ACCOUNT_UPDATED").order_by("position")
    assert [seal.entry.actor_id for seal in by_place.select_related("entry")] == [early.id, late.id]
    assert selectors.audit_faults() == []
