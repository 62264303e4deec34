"""What is append-only or frozen lets go of nothing but what an erased person's rows say, whoever asks the database."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from core.audit.models import AuditEntry
from core.base import clock
from core.people.models import User
from core.privacy.services import erase_account
from tests.core.money import stage
from tests.world import PASSWORD, World


def refusal(write: Callable[[], object]) -> str:
    """The SQLSTATE with which the database refused."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        write()
    return refused.value.__cause__.sqlstate  # type: ignore[union-attr]


def test_the_trail_of_the_living_never_changes(world: World) -> None:
    creator = world.creator()
    entries = AuditEntry.objects.filter(actor=creator)

    assert refusal(lambda: entries.update(reason="")) == "LG002"
    assert refusal(lambda: entries.update(before={}, after={})) == "LG002"
    assert refusal(lambda: entries._raw_delete(entries.db)) == "LG002"


def test_the_trail_of_who_has_left_only_fades(world: World) -> None:
    creator = world.creator()
    other = world.creator()
    erase_account(by=creator, password=PASSWORD)
    entry = AuditEntry.objects.filter(actor=creator, action="CREATOR_PROFILE_UPDATED").latest("id")
    this = AuditEntry.objects.filter(id=entry.id)

    assert refusal(lambda: this.update(after=entry.after | {"bio": "Another one."})) == "LG002"
    assert refusal(lambda: this.update(after=entry.after | {"role": "BRAND"})) == "LG002"
    assert refusal(lambda: this.update(after={})) == "LG002"
    assert refusal(lambda: this.update(actor=other)) == "LG002"
    assert refusal(lambda: this.update(reason="Because.")) == "LG002"
    assert refusal(lambda: this.update(created_at=clock.now())) == "LG002"
    assert refusal(lambda: this._raw_delete(this.db)) == "LG002"
    assert refusal(lambda: AuditEntry.objects.filter(actor=other).update(reason="")) == "LG002"
    assert this.update(after=dict.fromkeys(entry.after)) == 1


def test_a_destination_of_money_stays_as_it_is_until_its_owner_has_left(world: World) -> None:
    method = world.payout_method(world.creator())

    assert refusal(lambda: method.creator.payout_methods.update(masked="—")) == "LG006"
    assert refusal(lambda: method.creator.payout_methods.update(fingerprint="x")) == "LG006"


def test_nobody_comes_back_and_nobody_is_half_gone(world: World) -> None:
    creator, other = world.creator(), world.creator()
    erase_account(by=creator, password=PASSWORD)

    assert refusal(lambda: User.objects.filter(id=creator.id).update(erased_at=None)) == "LG006"
    assert refusal(lambda: User.objects.filter(id=creator.id).update(email="back@example.com")) == "23514"
    assert refusal(lambda: User.objects.filter(id=creator.id).update(is_active=True)) == "23514"
    assert refusal(lambda: User.objects.filter(id=other.id).update(erased_at=clock.now())) == "23514"


def test_the_applications_own_role_may_do_all_that_leaving_takes(world: World) -> None:
    creator = world.verified_creator()
    world.payout_method(creator)
    world.application(creator=creator)
    if not stage.make_roles():
        pytest.skip("the test database's user may not create roles")

    stage.execute(f"SET LOCAL ROLE {stage.APPLICATION}")
    erase_account(by=creator, password=PASSWORD)
    stage.execute("RESET ROLE")

    assert User.objects.get(id=creator.id).erased_at is not None
