"""A brand asks a creator to do a job, asks again, or takes it back."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction

from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.chat.models import Conversation
from core.hiring.errors import (
    CreatorApplied,
    CreatorNotAvailable,
    InvitationAnswered,
    InvitationHandled,
    InvitedTooRecently,
    InviteOnlyForPublished,
    JobAlreadyTaken,
)
from core.hiring.invitations.services import invite_creator, resend_invitation, withdraw_invitation
from core.hiring.models import Invitation
from core.hiring.services import reject_application, withdraw_application
from core.people.errors import BrandProfileIncomplete
from core.people.models import ContactBlock
from core.people.services import update_brand_profile, update_creator_profile
from core.reports.services import block_person
from core.rules.services import set_limit
from core.timers.models import Timer
from tests.core.jobs.traces import audited, events, nothing_happens, told


def test_an_invitation_reaches_the_creator_and_nobody_else(world):
    job, creator = world.live_job(), world.verified_creator()

    invitation = invite_creator(job.id, world.profile_id(creator), by=job.brand, message="  Come and film. ")

    invitation.refresh_from_db()
    assert (invitation.status, invitation.message, invitation.resent_count) == ("SENT", "Come and film.", 0)
    assert (invitation.job_id, invitation.brand_id, invitation.creator_id) == (job.id, job.brand_id, creator.id)
    assert audited(invitation) == ["INVITATION_SENT"]
    assert told(job, "INVITATION_SENT") == {creator.id}
    (fact,) = events(job, "INVITATION_SENT")
    assert (fact["jobId"], fact["brandId"], fact["creatorId"]) == (str(job.id), str(job.brand_id), str(creator.id))
    assert (fact["invitationId"], fact["resentCount"]) == (str(invitation.id), 0)
    assert fact["recipientUserIds"] == [str(creator.id)]
    assert "film" not in str(fact)


def test_there_is_no_chat_before_the_creator_agrees(world):
    invitation = world.invitation()

    assert not Conversation.objects.filter(job=invitation.job).exists()


def test_an_invitation_waits_a_week_unless_staff_say_otherwise(world):
    moment = clock.now()
    with time_machine.travel(moment, tick=False):
        usual = world.invitation()
        set_limit(by=world.approver, key="TIMER_ANSWER_INVITATION", value=24, note="Quicker.")
        short = world.invitation()

    assert usual.expires_at == moment + timedelta(days=7)
    assert short.expires_at == moment + timedelta(days=1)
    timer = Timer.objects.get(subject_id=short.id)
    assert (timer.kind, timer.job_id, timer.due_at, timer.ended_at) == ("ANSWER_INVITATION", short.job_id, short.expires_at, None)


@pytest.mark.parametrize("state", ["draft_job", "job", "rejected_job", "paused_job", "canceled_deal"])
def test_creators_are_invited_to_live_jobs_alone(world, state):
    creator = world.verified_creator()
    job = getattr(world, state)()
    refusal = JobAlreadyTaken if job.active_creator_id else InviteOnlyForPublished

    with nothing_happens(), pytest.raises(refusal):
        invite_creator(job.id, world.profile_id(creator), by=job.brand)


def test_nobody_is_invited_to_a_job_that_is_taken(world):
    job, creator = world.accepted_job(), world.verified_creator()

    with nothing_happens(), pytest.raises(JobAlreadyTaken):
        invite_creator(job.id, world.profile_id(creator), by=job.brand)


def test_a_job_of_somebody_else_is_not_there(world):
    job, creator, stranger = world.live_job(), world.verified_creator(), world.brand()

    with nothing_happens(), pytest.raises(NotFound):
        invite_creator(job.id, world.profile_id(creator), by=stranger)


@pytest.mark.parametrize("who", ["creator", "moderator"])
def test_only_brands_invite(world, who):
    job, creator = world.live_job(), world.verified_creator()
    by = creator if who == "creator" else world.moderator

    with nothing_happens(), pytest.raises(Forbidden):
        invite_creator(job.id, world.profile_id(creator), by=by)


def test_a_creator_has_one_kind_of_id_here(world):
    job, creator = world.live_job(), world.verified_creator()

    for unknown in (creator.id, uuid4(), "nobody"):
        with nothing_happens(), pytest.raises(NotFound):
            invite_creator(job.id, unknown, by=job.brand)


def test_a_brand_says_who_it_is_before_it_invites(world):
    job, creator = world.live_job(), world.verified_creator()
    update_brand_profile(by=job.brand, changes={"description": ""})
    job.brand.brand_profile.refresh_from_db()

    with nothing_happens(), pytest.raises(BrandProfileIncomplete):
        invite_creator(job.id, world.profile_id(creator), by=job.brand)


def test_too_many_words_are_refused(world):
    job, creator = world.live_job(), world.verified_creator()
    invitation = world.invitation(message="x" * 1_000)
    assert len(invitation.message) == 1_000

    with nothing_happens(), pytest.raises(Invalid) as refused:
        invite_creator(job.id, world.profile_id(creator), by=job.brand, message="x" * 1_001)

    assert list(refused.value.fields) == ["message"]


def test_whoever_is_not_in_the_catalogue_is_not_available(world):
    unverified, hidden, blocked = world.creator(), world.verified_creator(), world.verified_creator()
    update_creator_profile(by=hidden, changes={"is_public": False})
    block_person(blocked.id, by=world.moderator, reason="Spam, again and again.")
    job = world.live_job()

    for creator in (unverified, hidden, blocked):
        with nothing_happens(), pytest.raises(CreatorNotAvailable):
            invite_creator(job.id, world.profile_id(creator), by=job.brand)


@pytest.mark.parametrize("creator_blocks", [True, False])
def test_whoever_wants_to_hear_nothing_looks_as_if_not_available(world, creator_blocks):
    job, creator = world.live_job(), world.verified_creator()
    sides = (creator, job.brand) if creator_blocks else (job.brand, creator)
    ContactBlock.objects.create(blocker=sides[0], blocked=sides[1])

    with nothing_happens(), pytest.raises(CreatorNotAvailable) as refused:
        invite_creator(job.id, world.profile_id(creator), by=job.brand)

    assert refused.value.details == {}


def test_whoever_applied_needs_no_invitation(world):
    job = world.live_job()
    waiting, rejected, gone = (world.application(job=job, creator=world.verified_creator()) for _ in range(3))
    reject_application(job.id, rejected.id, by=job.brand)
    withdraw_application(gone.id, by=gone.creator)

    for application in (waiting, rejected):
        with nothing_happens(), pytest.raises(CreatorApplied):
            invite_creator(job.id, world.profile_id(application.creator), by=job.brand)
    assert world.invitation(job=job, creator=gone.creator).status == "SENT"


def test_the_same_creator_is_not_asked_twice_in_a_row(world):
    moment = clock.now()
    with time_machine.travel(moment, tick=False):
        invitation = world.invitation()
    profile = world.profile_id(invitation.creator)

    with time_machine.travel(moment + timedelta(hours=47, minutes=59, seconds=30), tick=False):
        for again in (
            lambda: invite_creator(invitation.job_id, profile, by=invitation.brand),
            lambda: resend_invitation(invitation.id, by=invitation.brand),
        ):
            with nothing_happens(), pytest.raises(InvitedTooRecently) as refused:
                again()

    assert refused.value.details == {"retry_at": moment + timedelta(hours=48), "retry_after_sec": 30}


def test_taking_an_invitation_back_does_not_shorten_the_wait(world):
    invitation = world.withdrawn_invitation()

    with nothing_happens(), pytest.raises(InvitedTooRecently):
        invite_creator(invitation.job_id, world.profile_id(invitation.creator), by=invitation.brand)


def test_after_a_while_the_creator_is_reminded_in_the_same_row(world):
    invitation = world.invitation(message="Come!")
    later = world.time_to_remind(invitation)

    with time_machine.travel(later, tick=False):
        again = resend_invitation(invitation.id, by=invitation.brand)

    assert again.id == invitation.id
    again.refresh_from_db()
    assert (again.status, again.message, again.resent_count) == ("SENT", "Come!", 1)
    assert (again.sent_at, again.expires_at, again.created_at) == (later, later + timedelta(days=7), invitation.created_at)
    assert list(Timer.objects.filter(subject_id=again.id, ended_at=None).values_list("due_at", flat=True)) == [again.expires_at]
    assert audited(again) == ["INVITATION_SENT", "INVITATION_SENT"]
    assert [fact["resentCount"] for fact in events(again.job, "INVITATION_SENT")] == [0, 1]


def test_inviting_again_brings_the_new_words(world):
    invitation = world.invitation(message="Come!")

    with time_machine.travel(world.time_to_remind(invitation)):
        again = world.invitation(job=invitation.job, creator=invitation.creator, message="Please!")

    assert (again.id, again.message, again.resent_count) == (invitation.id, "Please!", 1)


def test_what_was_taken_back_or_ran_out_may_be_sent_again(world):
    withdrawn, expired = world.withdrawn_invitation(), world.expired_invitation()

    with time_machine.travel(world.time_to_remind(expired)):
        for invitation in (withdrawn, expired):
            again = resend_invitation(invitation.id, by=invitation.brand)
            assert (again.status, again.responded_at, again.resent_count) == ("SENT", None, 1)


def test_an_answer_is_an_answer(world):
    declined, accepted = world.declined_invitation(), world.accepted_invitation()
    application = accepted.creator.applications.get(job=accepted.job)
    withdraw_application(application.id, by=accepted.creator)

    with time_machine.travel(world.time_to_remind(accepted)):
        for invitation in (declined, accepted):
            with nothing_happens(), pytest.raises(InvitationAnswered) as refused:
                resend_invitation(invitation.id, by=invitation.brand)
            assert refused.value.details == {"status": invitation.status}


def test_the_rules_of_asking_hold_for_asking_again(world):
    invitation = world.invitation()
    world.accepted_job(job=invitation.job)

    with time_machine.travel(world.time_to_remind(invitation)), nothing_happens(), pytest.raises(JobAlreadyTaken):
        resend_invitation(invitation.id, by=invitation.brand)


def test_a_brand_takes_its_invitation_back(world):
    invitation = world.invitation()

    withdraw_invitation(invitation.id, by=invitation.brand)

    invitation.refresh_from_db()
    assert (invitation.status, invitation.responded_at) == ("CANCELED", None)
    assert not Timer.objects.filter(subject_id=invitation.id, ended_at=None).exists()
    assert audited(invitation) == ["INVITATION_SENT", "INVITATION_CANCELED"]
    assert told(invitation.job, "INVITATION_CANCELED") == {invitation.creator_id}
    (fact,) = events(invitation.job, "INVITATION_CANCELED")
    assert (fact["invitationId"], fact["creatorId"]) == (str(invitation.id), str(invitation.creator_id))


@pytest.mark.parametrize("state", ["accepted_invitation", "declined_invitation", "withdrawn_invitation", "expired_invitation"])
def test_only_an_open_invitation_is_taken_back(world, state):
    invitation = getattr(world, state)()

    with nothing_happens(), pytest.raises(InvitationHandled) as refused:
        withdraw_invitation(invitation.id, by=invitation.brand)

    assert refused.value.details == {"status": invitation.status}


@pytest.mark.parametrize("verb", [withdraw_invitation, resend_invitation])
def test_strangers_do_not_find_the_invitation(world, verb):
    invitation, stranger = world.invitation(), world.brand()

    with nothing_happens(), pytest.raises(NotFound):
        verb(invitation.id, by=stranger)
    with nothing_happens(), pytest.raises(Forbidden):
        verb(invitation.id, by=invitation.creator)


def test_the_database_keeps_the_states_apart(world):
    declined, sent = world.declined_invitation(), world.invitation()

    for invitation, change in (
        (declined, {"status": "SENT", "responded_at": None}),
        (sent, {"status": "ACCEPTED"}),
        (sent, {"responded_at": clock.now()}),
        (sent, {"creator": world.creator()}),
        (sent, {"expires_at": sent.sent_at}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Invitation.objects.filter(id=invitation.id).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        sent.delete()
