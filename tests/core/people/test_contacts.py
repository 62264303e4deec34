"""People who keep others away: what is refused from then on, and who learns what."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, NotFound
from core.chat.models import Message
from core.deals.services import approve_work
from core.hiring.errors import CreatorNotAvailable, JobNotAvailable
from core.hiring.models import Application
from core.hiring.services import accept_application, apply_to_job
from core.notifications.models import Notification
from core.people.errors import NotYourself
from core.people.models import ContactBlock, User
from core.people.policies import contact_blocked
from core.people.services import block_contact, unblock_contact
from outbox.models import Event


def picture() -> list[object]:
    """Everything that keeping somebody away might touch."""
    models = (ContactBlock, Application, AuditEntry, Notification, Event, Message)
    return [list(model.objects.order_by("pk").values()) for model in models]


@contextmanager
def nothing_happens() -> Iterator[None]:
    before = picture()
    yield
    assert picture() == before


def test_a_block_keeps_both_apart(world):
    brand, creator, other = world.brand(), world.creator(), world.creator()

    block = block_contact(creator.id, by=brand)

    assert block.is_new
    assert contact_blocked(brand.id, creator.id)
    assert contact_blocked(creator.id, brand.id)
    assert not contact_blocked(brand.id, other.id)


def test_the_other_side_is_told_nothing(world):
    brand, creator = world.brand(), world.creator()
    notices, events = Notification.objects.count(), Event.objects.count()

    block = block_contact(creator.id, by=brand)

    assert (Notification.objects.count(), Event.objects.count()) == (notices, events)
    entry = AuditEntry.objects.get(action="CONTACT_BLOCKED", subject_id=str(block.id))
    assert (entry.actor_id, entry.after) == (brand.id, {"personId": str(creator.id)})


def test_blocking_twice_is_blocking_once(world):
    first = world.contact_block()

    with nothing_happens():
        again = block_contact(first.blocked_id, by=first.blocker)

    assert (again.id, again.is_new) == (first.id, False)


def test_an_unblocked_person_may_come_back(world):
    block = world.contact_block()

    unblock_contact(block.id, by=block.blocker)

    assert not contact_blocked(block.blocker_id, block.blocked_id)
    assert AuditEntry.objects.get(action="CONTACT_UNBLOCKED", subject_id=str(block.id)).before == {"personId": str(block.blocked_id)}


def test_only_who_blocked_can_take_it_back(world):
    block = world.contact_block()

    for stranger in (block.blocked, world.brand(), world.moderator):
        with nothing_happens(), pytest.raises(NotFound):
            unblock_contact(block.id, by=stranger)


def test_taking_back_one_block_leaves_the_one_of_the_other_side(world):
    brand, creator = world.brand(), world.creator()
    mine = world.contact_block(by=brand, person=creator)
    world.contact_block(by=creator, person=brand)

    unblock_contact(mine.id, by=brand)

    assert contact_blocked(brand.id, creator.id)


def test_whom_one_cannot_block(world):
    brand = world.brand()

    for person, refusal in ((brand, NotYourself), (world.moderator, NotFound), (User.objects.system(), NotFound)):
        with nothing_happens(), pytest.raises(refusal):
            block_contact(person.id, by=brand)
    with nothing_happens(), pytest.raises(NotFound):
        block_contact("0199f0c0-0000-7000-8000-00000000dead", by=brand)
    with nothing_happens(), pytest.raises(Forbidden):
        block_contact(brand.id, by=world.moderator)


def test_the_database_keeps_one_block_of_two_people_and_none_of_oneself(world):
    block = world.contact_block()

    for blocked in (block.blocked, block.blocker):
        with pytest.raises(DatabaseError), transaction.atomic():
            ContactBlock.objects.create(blocker=block.blocker, blocked=blocked)


@pytest.mark.parametrize("blocker", ["brand", "creator"])
def test_nobody_applies_to_whom_they_are_kept_from(world, blocker):
    job, creator = world.live_job(), world.creator()
    people = {"brand": job.brand, "creator": creator}
    block_contact((creator if blocker == "brand" else job.brand).id, by=people[blocker])

    with nothing_happens(), pytest.raises(JobNotAvailable):
        apply_to_job(job.id, by=creator, message="I love tea.")

    assert apply_to_job(world.live_job().id, by=creator, message="I love tea.").status == "PENDING"


@pytest.mark.parametrize("blocker", ["brand", "creator"])
def test_an_earlier_application_can_no_longer_be_chosen(world, blocker):
    application = world.application()
    people = {"brand": application.job.brand, "creator": application.creator}
    other = people["creator" if blocker == "brand" else "brand"]
    block_contact(other.id, by=people[blocker])

    with nothing_happens(), pytest.raises(CreatorNotAvailable):
        accept_application(application.job_id, application.id, by=application.job.brand)


def test_a_deal_that_runs_goes_on(world):
    job = world.reviewed_deal()
    block_contact(job.brand_id, by=job.active_creator)

    assert approve_work(job.id, by=job.brand).job.status == "COMPLETED"
