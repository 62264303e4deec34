"""Blocking people, and letting them in again."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound, Refusal
from core.people import errors, policies, selectors
from core.people.models import CreatorProfile, Session, User
from core.people.services import log_in
from core.reports.services import block_person, unblock_person
from outbox.models import Event
from tests.core.people.traces import nothing_happens
from tests.world import PASSWORD

REASON = "Takes brands away."


def sign_in(user: User) -> Session:
    return log_in(email=user.email, password=PASSWORD, kind=Session.Kind.TOKEN)[0]


@pytest.mark.parametrize("capability", ["support", "moderator"])
def test_a_blocked_person_is_out_at_once_until_let_in_again(world, capability):
    person, staff = world.bare_creator(), world.staff(capability)
    sign_in(person)

    block_person(person.id, by=staff, reason=f" {REASON} ")

    person.refresh_from_db()
    assert (person.blocked_at is not None, person.block_reason) == (True, REASON)
    assert not Session.objects.filter(user=person, revoked_at=None).exists()
    unblock_person(person.id, by=staff)
    assert sign_in(person).user == person
    assert list(AuditEntry.objects.filter(subject_id=str(person.id), actor=staff).order_by("id").values_list("action", "reason")) == [
        ("PERSON_BLOCKED", REASON),
        ("PERSON_UNBLOCKED", ""),
    ]
    about = Event.objects.filter(aggregate=f"user:{person.id}", actor_id=staff.id).order_by("id")
    assert list(about.values_list("type", flat=True)) == ["PERSON_BLOCKED", "PERSON_UNBLOCKED"]


def test_a_blocked_creator_leaves_the_catalogue(world):
    creator = world.verified_creator()
    profile = CreatorProfile.objects.get(user=creator)
    assert selectors.creator_list().filter(id=profile.id).exists()

    block_person(creator.id, by=world.staff("support"), reason=REASON)

    assert not selectors.creator_list().filter(id=profile.id).exists()
    with pytest.raises(NotFound):
        policies.visible_creators(world.brand()).find(id=profile.id)


def refused_blocks(world) -> dict[str, tuple[User, User, type[Refusal]]]:
    """Who may not block whom, and what they hear."""
    support, superuser = world.staff("support"), world.staff()
    User.objects.filter(id=superuser.id).update(is_superuser=True)
    superuser.refresh_from_db()
    return {
        "finance": (world.staff("finance"), world.bare_creator(), Forbidden),
        "brand": (world.brand(), world.bare_creator(), Forbidden),
        "oneself": (support, support, errors.NotYourself),
        "a superuser oneself": (superuser, superuser, errors.NotYourself),
        "a colleague": (support, world.staff("finance"), Forbidden),
        "a superuser": (support, superuser, Forbidden),
        "the clock": (superuser, User.objects.system(), NotFound),
    }


@pytest.mark.parametrize("case", ["finance", "brand", "oneself", "a superuser oneself", "a colleague", "a superuser", "the clock"])
def test_some_people_cannot_be_blocked_by_some(world, case):
    by, person, refusal = refused_blocks(world)[case]

    with nothing_happens(), pytest.raises(refusal):
        block_person(person.id, by=by, reason=REASON)


def test_a_superuser_may_block_a_colleague(world):
    superuser, colleague = world.staff(), world.staff("finance")
    User.objects.filter(id=superuser.id).update(is_superuser=True)
    superuser.refresh_from_db()

    assert not block_person(colleague.id, by=superuser, reason=REASON).is_staff


@pytest.mark.parametrize("reason", ["", "too short", "a" * 1_001])
def test_blocking_needs_a_reason(world, reason):
    person, support = world.bare_creator(), world.staff("support")

    with nothing_happens(), pytest.raises(Invalid):
        block_person(person.id, by=support, reason=reason)


def test_nobody_is_blocked_twice_or_let_in_twice(world):
    person, support = world.bare_creator(), world.staff("support")

    with nothing_happens(), pytest.raises(errors.NotBlocked):
        unblock_person(person.id, by=support)
    block_person(person.id, by=support, reason=REASON)
    with nothing_happens(), pytest.raises(errors.AlreadyBlocked):
        block_person(person.id, by=support, reason=REASON)
