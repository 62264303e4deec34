"""Applications and invitations."""

from core.clockwork import EXPIRY
from core.deals import services as deals
from core.hiring import services as hiring
from core.hiring.invitations import services as invitations
from core.money.steps import system
from tests.core.notifications.scenarios import Reminded, Scene, reminder, scenario


@scenario("APPLICATION_CREATED")
def a_creator_applies(world):
    job, creator = world.live_job(), world.creator()
    return Scene(lambda: hiring.apply_to_job(job.id, by=creator, message="I love tea."), job=job)


@scenario("APPLICATION_ACCEPTED")
def a_brand_chooses(world):
    application = world.application()
    job = application.job
    return Scene(lambda: hiring.accept_application(job.id, application.id, by=job.brand), people={"CREATOR": [application.creator_id]})


@scenario("APPLICATION_REJECTED")
def a_brand_says_no(world):
    application = world.application()
    job = application.job
    return Scene(lambda: hiring.reject_application(job.id, application.id, by=job.brand), people={"CREATOR": [application.creator_id]})


@scenario("APPLICATION_REJECTED")
def a_brand_chooses_somebody_else(world):
    job = world.live_job()
    chosen, *others = (world.application(job=job) for _ in range(3))
    return Scene(
        lambda: hiring.accept_application(job.id, chosen.id, by=job.brand), people={"CREATOR": [other.creator_id for other in others]}
    )


@scenario("APPLICATION_WITHDRAWN")
def a_creator_withdraws(world):
    application = world.application()
    return Scene(lambda: hiring.withdraw_application(application.id, by=application.creator), job=application.job)


@scenario("INVITATION_SENT")
def a_brand_invites(world):
    job, creator = world.live_job(), world.verified_creator()
    profile = world.profile_id(creator)
    return Scene(lambda: invitations.invite_creator(job.id, profile, by=job.brand, message="Come."), people={"CREATOR": [creator.id]})


@scenario("INVITATION_ACCEPTED")
def a_creator_accepts_an_invitation(world):
    invitation = world.invitation()
    return Scene(lambda: invitations.accept_invitation(invitation.id, by=invitation.creator), job=invitation.job)


@scenario("INVITATION_DECLINED")
def a_creator_declines_an_invitation(world):
    invitation = world.invitation()
    return Scene(lambda: invitations.decline_invitation(invitation.id, by=invitation.creator), job=invitation.job)


@scenario("INVITATION_CANCELED")
def a_brand_withdraws_an_invitation(world):
    invitation = world.invitation()
    return Scene(lambda: invitations.withdraw_invitation(invitation.id, by=invitation.brand), people={"CREATOR": [invitation.creator_id]})


@scenario("INVITATION_EXPIRED_CREATOR", "INVITATION_EXPIRED_BRAND")
def nobody_answers_an_invitation(world):
    invitation = world.invitation()
    world.run_out(invitation.id, "ANSWER_INVITATION")
    return Scene(
        lambda: EXPIRY["ANSWER_INVITATION"](invitation.id, by=system()),
        job=invitation.job,
        people={"CREATOR": [invitation.creator_id]},
    )


@scenario("INVITATION_EXPIRED_CREATOR")
def an_invited_creator_comes_too_late(world):
    invitation = world.invitation()
    application = world.application(job=invitation.job)
    return Scene(
        lambda: hiring.accept_application(application.job_id, application.id, by=application.job.brand),
        people={"CREATOR": [invitation.creator_id]},
    )


@scenario("INVITATION_EXPIRED_CREATOR")
def a_job_is_canceled_that_somebody_was_invited_to(world):
    invitation = world.invitation()
    return Scene(lambda: deals.cancel_job(invitation.job_id, by=invitation.brand), people={"CREATOR": [invitation.creator_id]})


@reminder("ANSWER_INVITATION")
def an_invitation_waits(world):
    invitation = world.invitation()
    return Reminded(invitation.id, [invitation.creator_id])
