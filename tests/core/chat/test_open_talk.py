"""Who may begin to talk: the two sides of an application or of an accepted invitation, and no strangers."""

import pytest

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import NotFound
from core.chat.errors import ContactBlocked, CounterpartGone
from core.chat.models import Conversation, Inbox, Participant
from core.hiring.models import Application
from core.hiring.services import reject_application, withdraw_application
from core.hiring.talks import open_talk
from core.people.models import ContactBlock, User
from tests.core.chat.traces import nothing_happens


@pytest.mark.parametrize("opener", ["brand", "creator"])
@pytest.mark.parametrize("name", ["person", "profile"])
def test_either_side_opens_the_conversation_of_an_application(world, opener, name):
    application = world.application()
    brand, creator = application.job.brand, application.creator
    by, other = (brand, creator) if opener == "brand" else (creator, brand)
    profile = creator.creator_profile if opener == "brand" else brand.brand_profile

    talk = open_talk(application.job_id, (other if name == "person" else profile).id, by=by)

    assert (talk.job_id, talk.brand_id, talk.creator_id, talk.was_open_before) == (application.job_id, brand.id, creator.id, False)
    views = Participant.objects.filter(conversation=talk)
    assert {(view.user_id, view.unread_count, view.version) for view in views} == {(brand.id, 0, 1), (creator.id, 0, 1)}
    assert set(Inbox.objects.filter(user__in=[brand, creator]).values_list("version", flat=True)) == {1}
    assert AuditEntry.objects.get(action="CONVERSATION_OPENED", subject_id=str(talk.id)).actor_id == by.id


def test_there_is_one_conversation_whoever_asks(world):
    application = world.application()
    talk = open_talk(application.job_id, application.creator_id, by=application.job.brand)

    with nothing_happens():
        again = open_talk(application.job_id, application.job.brand_id, by=application.creator)

    assert (again.id, again.was_open_before) == (talk.id, True)


def test_acceptance_goes_on_in_the_same_conversation(world):
    application = world.application()
    talk = open_talk(application.job_id, application.creator_id, by=application.job.brand)

    job = world.accepted_job(job=world.live_job(brand=application.job.brand), creator=application.creator)

    assert Conversation.objects.get(job=application.job).id == talk.id
    assert list(job.conversations.get().messages.values_list("type", "kind")) == [("DEAL_STARTED", "SYSTEM")]


def test_once_open_it_stays_open_for_both(world):
    application = world.application()
    talk = open_talk(application.job_id, application.creator_id, by=application.job.brand)
    reject_application(application.job_id, application.id, by=application.job.brand)

    assert open_talk(application.job_id, application.creator_id, by=application.job.brand).id == talk.id
    assert open_talk(application.job_id, application.job.brand_id, by=application.creator).id == talk.id


@pytest.mark.parametrize("status", ["REJECTED", "WITHDRAWN"])
def test_an_application_that_is_over_opens_nothing(world, status):
    application = world.application()
    brand, creator = application.job.brand, application.creator
    if status == "REJECTED":
        reject_application(application.job_id, application.id, by=brand)
    else:
        withdraw_application(application.id, by=creator)

    for by, other in ((brand, creator), (creator, brand)):
        with nothing_happens(), pytest.raises(NotFound):
            open_talk(application.job_id, other.id, by=by)
    assert Application.objects.get(id=application.id).status == status


def test_nobody_opens_a_conversation_with_a_stranger(world):
    application = world.application()
    brand, creator = application.job.brand, application.creator
    stranger, other_brand = world.creator(), world.brand()
    draft = world.draft_job(brand=other_brand)
    attempts = [
        (application.job_id, stranger, brand),  # has not applied
        (application.job_id, brand, brand),  # oneself
        (application.job_id, creator, creator),  # oneself
        (application.job_id, other_brand, brand),  # not a creator
        (application.job_id, world.moderator, brand),
        (application.job_id, brand, stranger),
        (application.job_id, other_brand, creator),  # not the brand of this job
        (application.job_id, creator, other_brand),  # not one's own job
        (application.job_id, creator, world.moderator),
        (draft.id, other_brand, creator),  # a foreign draft
        (draft.id, creator, other_brand),
        (creator.id, creator, brand),  # no job at all
    ]

    for job_id, participant, by in attempts:
        with nothing_happens(), pytest.raises(NotFound):
            open_talk(job_id, participant.id, by=by)


def test_nobody_begins_to_talk_with_somebody_who_cannot_sign_in(world):
    application = world.application()
    User.objects.filter(id=application.creator_id).update(blocked_at=clock.now())

    with nothing_happens(), pytest.raises(CounterpartGone):
        open_talk(application.job_id, application.creator_id, by=application.job.brand)


def test_after_a_block_neither_begins_to_talk(world):
    application = world.application()
    brand, creator = application.job.brand, application.creator
    ContactBlock.objects.create(blocker=creator, blocked=brand)

    for by, other in ((brand, creator), (creator, brand)):
        with nothing_happens(), pytest.raises(ContactBlocked):
            open_talk(application.job_id, other.id, by=by)
