"""A guard that speaks when the transaction commits is heard by the client as what it is."""

import pytest
from django.db import DatabaseError, connection, transaction

from api.errors import translate
from core.money.models import Escrow


def commit_a_lie(escrow: Escrow) -> None:
    """The escrow says that it is funded, and nobody has paid."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_escrow SET status = 'FUNDED', funded_at = now() WHERE id = %s", [escrow.id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_refusal_at_commit_is_an_invariant_violation(world):
    escrow = world.accepted_job().escrow

    with pytest.raises(DatabaseError) as refused:
        commit_a_lie(escrow)

    assert translate(refused.value).code == "INVARIANT_VIOLATION"
    assert Escrow.objects.get(id=escrow.id).status == "UNFUNDED"
