"""A creator says yes or no to an invitation, or nothing at all until it runs out."""

from datetime import timedelta

import pytest
import time_machine

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.chat.models import Conversation, Message, Participant
from core.hiring.errors import AlreadyApplied, InvitationHandled, JobNotAvailable
from core.hiring.invitations.services import (
    accept_invitation,
    decline_invitation,
    expire_invitation_by_timer,
)
from core.hiring.models import Application
from core.hiring.reminders import answer_invitation
from core.hiring.services import accept_application, apply_to_job, reject_application, withdraw_application
from core.jobs.policies import visible_jobs
from core.jobs.services import edit_job, pause_job, take_down_job, unpause_job
from core.money.models import Escrow
from core.money.steps import system
from core.people.errors import CreatorNotVerified, ProfileIncomplete
from core.people.models import ContactBlock, CreatorProfile
from core.people.services import revoke_verification, update_creator_profile
from core.timers.models import Timer
from tests.core.jobs.traces import audited, events, nothing_happens, told

CLOSED = ["accepted_invitation", "declined_invitation", "withdrawn_invitation", "expired_invitation"]


def running(invitation):
    return Timer.objects.filter(subject_id=invitation.id, ended_at=None).exists()


def test_a_yes_is_an_application_and_a_conversation(world):
    invitation = world.invitation()
    job, creator = invitation.job, invitation.creator

    accepted = accept_invitation(invitation.id, by=creator)

    invitation.refresh_from_db()
    assert (invitation.status, invitation.responded_at is not None, running(invitation)) == ("ACCEPTED", True, False)
    application = Application.objects.get(job=job, creator=creator)
    assert (application.id, application.status, application.source) == (accepted.application_id, "PENDING", "INVITATION")
    assert (application.message, application.price_quote) == ("", None)
    conversation = Conversation.objects.get(job=job)
    assert (conversation.id, conversation.brand_id, conversation.creator_id) == (accepted.conversation_id, job.brand_id, creator.id)
    assert set(Participant.objects.filter(conversation=conversation).values_list("user_id", flat=True)) == {job.brand_id, creator.id}
    assert list(Message.objects.filter(conversation=conversation).values_list("kind", "type")) == [("SYSTEM", "INVITATION_ACCEPTED")]


def test_the_brand_is_told_and_the_yes_leaves_its_traces(world):
    invitation = world.invitation()
    job = invitation.job

    accepted = accept_invitation(invitation.id, by=invitation.creator, price_quote=4_500)

    assert told(job, "INVITATION_ACCEPTED") == {job.brand_id}
    assert told(job, "APPLICATION_CREATED") == set()
    (fact,) = events(job, "INVITATION_ACCEPTED")
    assert fact == fact | {
        "invitationId": str(invitation.id),
        "jobId": str(job.id),
        "creatorId": str(invitation.creator_id),
        "applicationId": str(accepted.application_id),
        "conversationId": str(accepted.conversation_id),
        "recipientUserIds": [str(job.brand_id)],
    }
    assert audited(invitation) == ["INVITATION_SENT", "INVITATION_ACCEPTED"]
    entry = AuditEntry.objects.get(subject_id=str(invitation.id), action="INVITATION_ACCEPTED")
    assert (entry.actor_id, entry.after["applicationId"]) == (invitation.creator_id, str(accepted.application_id))


def test_the_creator_may_name_a_price_and_say_a_word(world):
    invitation = world.invitation()

    accept_invitation(invitation.id, by=invitation.creator, message=" Gladly. ", price_quote=4_200)

    application = Application.objects.get(job=invitation.job)
    assert (application.message, application.price_quote) == ("Gladly.", 4_200)


@pytest.mark.parametrize(("offer", "field"), [({"message": "x" * 2_001}, "message"), ({"price_quote": 0}, "priceQuote")])
def test_an_impossible_offer_is_refused(world, offer, field):
    invitation = world.invitation()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        accept_invitation(invitation.id, by=invitation.creator, **offer)

    assert list(refused.value.fields) == [field]


def test_the_brand_chooses_among_the_invited_as_among_others(world):
    accepted = world.accepted_invitation()

    chosen = accept_application(accepted.job_id, accepted.application_id, by=accepted.brand)

    assert chosen.conversation_id == accepted.conversation_id
    assert Conversation.objects.filter(job=accepted.job).count() == 1
    assert Escrow.objects.get(job=accepted.job).amount_cents == accepted.job.budget_max * 100


def test_an_application_that_waits_stays_word_for_word(world):
    invitation = world.invitation()
    application = apply_to_job(invitation.job_id, by=invitation.creator, message="Me!", price_quote=4_000)

    for offer in ({"message": "Gladly."}, {"price_quote": 1}):
        with nothing_happens(), pytest.raises(AlreadyApplied):
            accept_invitation(invitation.id, by=invitation.creator, **offer)
    accepted = accept_invitation(invitation.id, by=invitation.creator)

    assert accepted.application_id == application.id
    application.refresh_from_db()
    assert (application.status, application.source) == ("PENDING", "DIRECT")
    assert (application.message, application.price_quote) == ("Me!", 4_000)


def test_a_withdrawn_application_is_made_again_and_keeps_what_is_not_said_anew(world):
    invitation = world.invitation()
    application = apply_to_job(invitation.job_id, by=invitation.creator, message="Me!", price_quote=4_000)
    withdraw_application(application.id, by=invitation.creator)

    accepted = accept_invitation(invitation.id, by=invitation.creator, price_quote=5_000)

    assert accepted.application_id == application.id
    application.refresh_from_db()
    assert (application.status, application.source, application.decided_at) == ("PENDING", "INVITATION", None)
    assert (application.message, application.price_quote) == ("Me!", 5_000)


def test_after_a_no_of_the_brand_nothing_is_open_any_more(world):
    invitation = world.invitation()
    application = apply_to_job(invitation.job_id, by=invitation.creator, message="Me!")
    reject_application(invitation.job_id, application.id, by=invitation.brand, reason="Too far away.")

    invitation.refresh_from_db()
    assert (invitation.status, running(invitation)) == ("EXPIRED", False)
    assert told(invitation.job, "INVITATION_EXPIRED_CREATOR") == set()
    with nothing_happens(), pytest.raises(InvitationHandled):
        accept_invitation(invitation.id, by=invitation.creator)


def test_what_an_invited_creator_must_have(world):
    unfinished, unverified = world.invitation(), world.invitation()
    update_creator_profile(by=unfinished.creator, changes={"bio": ""})
    profile = CreatorProfile.objects.get(user=unverified.creator)
    revoke_verification(profile.id, by=world.moderator, reason="The account was sold.")

    with nothing_happens(), pytest.raises(ProfileIncomplete):
        accept_invitation(unfinished.id, by=unfinished.creator)
    with nothing_happens(), pytest.raises(CreatorNotVerified):
        accept_invitation(unverified.id, by=unverified.creator)
    assert decline_invitation(unfinished.id, by=unfinished.creator).status == "DECLINED"


def test_a_job_on_hold_waits_and_one_taken_down_is_gone(world):
    invitation = world.invitation()
    job = pause_job(invitation.job_id, by=invitation.brand)
    with nothing_happens(), pytest.raises(JobNotAvailable):
        accept_invitation(invitation.id, by=invitation.creator)

    unpause_job(job.id, by=invitation.brand)
    job.refresh_from_db()
    take_down_job(job.id, by=world.moderator, reason="It promises what tea cannot do.")
    with nothing_happens(), pytest.raises(JobNotAvailable):
        accept_invitation(invitation.id, by=invitation.creator)


def test_who_blocked_the_other_meanwhile_is_not_said(world):
    invitation = world.invitation()
    ContactBlock.objects.create(blocker=invitation.brand, blocked=invitation.creator)

    with nothing_happens(), pytest.raises(JobNotAvailable):
        accept_invitation(invitation.id, by=invitation.creator)


def test_a_no_is_told_to_the_brand(world):
    invitation = world.invitation()

    decline_invitation(invitation.id, by=invitation.creator)

    invitation.refresh_from_db()
    assert (invitation.status, invitation.responded_at is not None, running(invitation)) == ("DECLINED", True, False)
    assert told(invitation.job, "INVITATION_DECLINED") == {invitation.brand_id}
    (fact,) = events(invitation.job, "INVITATION_DECLINED")
    assert (fact["invitationId"], fact["creatorId"]) == (str(invitation.id), str(invitation.creator_id))
    assert fact["recipientUserIds"] == [str(invitation.brand_id)]
    assert audited(invitation) == ["INVITATION_SENT", "INVITATION_DECLINED"]
    assert not Application.objects.filter(job=invitation.job).exists()
    assert not Conversation.objects.filter(job=invitation.job).exists()


@pytest.mark.parametrize("verb", [accept_invitation, decline_invitation])
@pytest.mark.parametrize("state", CLOSED)
def test_an_answer_is_given_once_and_while_the_invitation_is_open(world, state, verb):
    invitation = getattr(world, state)()

    with nothing_happens(), pytest.raises(InvitationHandled) as refused:
        verb(invitation.id, by=invitation.creator)

    assert refused.value.details == {"status": invitation.status}


@pytest.mark.parametrize("verb", [accept_invitation, decline_invitation])
def test_nobody_answers_for_somebody_else(world, verb):
    invitation, stranger = world.invitation(), world.verified_creator()

    with nothing_happens(), pytest.raises(NotFound):
        verb(invitation.id, by=stranger)
    for person in (invitation.brand, world.moderator):
        with nothing_happens(), pytest.raises(Forbidden):
            verb(invitation.id, by=person)


def test_silence_ends_the_invitation_and_both_know(world):
    invitation = world.invitation()
    job = invitation.job

    with time_machine.travel(invitation.expires_at):
        expire_invitation_by_timer(invitation.id, by=system())

    invitation.refresh_from_db()
    assert (invitation.status, invitation.responded_at) == ("EXPIRED", None)
    assert Timer.objects.get(subject_id=invitation.id).outcome == "FIRED"
    assert told(job, "INVITATION_EXPIRED_CREATOR") == {invitation.creator_id}
    assert told(job, "INVITATION_EXPIRED_BRAND") == {invitation.brand_id}
    (fact,) = events(job, "INVITATION_EXPIRED")
    assert (fact["invitationId"], fact["byTimer"]) == (str(invitation.id), True)
    assert set(fact["recipientUserIds"]) == {str(invitation.creator_id), str(invitation.brand_id)}
    assert AuditEntry.objects.get(subject_id=str(invitation.id), action="INVITATION_EXPIRED").actor.role == "SYSTEM"


def test_the_clock_comes_too_early_or_too_late(world):
    waiting, answered = world.invitation(), world.accepted_invitation()

    with nothing_happens():
        assert expire_invitation_by_timer(waiting.id, by=system()) is None
    with time_machine.travel(answered.expires_at), nothing_happens():
        assert expire_invitation_by_timer(answered.id, by=system()) is None


def test_nobody_but_the_clock_lets_an_invitation_run_out(world):
    invitation = world.invitation()

    with time_machine.travel(invitation.expires_at):
        for person in (invitation.brand, invitation.creator, world.moderator):
            with nothing_happens(), pytest.raises(Forbidden):
                expire_invitation_by_timer(invitation.id, by=person)


def test_the_creator_is_reminded_while_the_invitation_is_open(world):
    waiting, answered = world.invitation(), world.declined_invitation()
    timers = {timer.subject_id: timer for timer in Timer.objects.filter(kind="ANSWER_INVITATION")}

    reminder = answer_invitation(timers[waiting.id])

    assert reminder is not None
    assert (reminder.people, reminder.name) == ((waiting.creator_id,), waiting.job.title)
    assert timers[waiting.id].remind_at == waiting.expires_at - timedelta(days=1)
    assert answer_invitation(timers[answered.id]) is None


def test_when_somebody_is_chosen_nobody_is_asked_any_more(world):
    job = world.live_job()
    open_one, applicant, winner = (world.invitation(job=job) for _ in range(3))
    declined = world.declined_invitation(job=job)
    apply_to_job(job.id, by=applicant.creator, message="Me!")
    application = apply_to_job(job.id, by=winner.creator, message="Me!")

    accept_application(job.id, application.id, by=job.brand)

    for invitation in (open_one, applicant, winner):
        invitation.refresh_from_db()
        assert (invitation.status, running(invitation)) == ("EXPIRED", False)
    declined.refresh_from_db()
    assert declined.status == "DECLINED"
    assert told(job, "INVITATION_EXPIRED_CREATOR") == {open_one.creator_id}, "the others have been told yes or no"
    facts = events(job, "INVITATION_EXPIRED")
    assert {(fact["invitationId"], fact["byTimer"]) for fact in facts} == {(str(one.id), False) for one in (open_one, applicant, winner)}
    entry = AuditEntry.objects.get(subject_id=str(application.id), action="APPLICATION_ACCEPTED")
    assert set(entry.after["voided"]) == {str(one.id) for one in (open_one, applicant, winner)}


def test_asking_many_costs_no_more_statements_than_asking_one(world, django_assert_max_num_queries):
    def statements(asked: int) -> int:
        job = world.live_job()
        winner = world.application(job=job)
        for _ in range(asked):
            world.invitation(job=job)
        with django_assert_max_num_queries(40) as seen:
            accept_application(job.id, winner.id, by=job.brand)
        return len(seen)

    assert statements(1) == statements(4)


def test_the_invited_see_an_approved_job_on_hold_and_no_more(world):
    job = world.live_job()
    invitation, declined = world.invitation(job=job), world.declined_invitation(job=job)
    pause_job(job.id, by=job.brand)

    assert visible_jobs(invitation.creator).filter(id=job.id).exists()
    assert not visible_jobs(declined.creator).filter(id=job.id).exists()
    assert not visible_jobs(world.verified_creator()).filter(id=job.id).exists()

    edit_job(job.id, by=job.brand, content=world.job_content(title="Something quite different"))
    unpause_job(job.id, by=job.brand)
    take_down_job(job.id, by=world.moderator, reason="It promises what tea cannot do.")
    assert not visible_jobs(invitation.creator).filter(id=job.id).exists()


def test_the_answer_of_the_moment_counts_until_the_clock_has_turned(world):
    invitation = world.invitation()

    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert accept_invitation(invitation.id, by=invitation.creator).status == "ACCEPTED"
        with nothing_happens():
            assert expire_invitation_by_timer(invitation.id, by=system()) is None
