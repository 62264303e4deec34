"""How a brand asks a creator to do a job, and how the creator answers. There is no chat before the creator agrees.

Every verb locks the job first, so that an invitation, an application and the end of a job never miss one another.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import visible
from core.chat.steps import open_conversation, say
from core.hiring import errors, events, policies
from core.hiring.invitations import steps
from core.hiring.invitations.judgements import Accepting, Sending, judge_ending
from core.hiring.models import Application, Invitation
from core.hiring.offers import put_forward, read_offer
from core.jobs import policies as job_policies
from core.jobs.models import Job
from core.notifications.steps import Notice, notify, notify_all
from core.people.models import CreatorProfile
from core.people.selectors import applicant
from core.timers.policies import is_clock
from core.timers.steps import fire
from outbox.post import emit

Status = Invitation.Status


@transaction.atomic
def invite_creator(job_id: Any, creator_profile_id: Any, *, by: Any, message: str = "") -> Invitation:
    """The creator is asked to do the brand's live job, and is told. One who was asked before is asked again, with this message.

    Raises Forbidden, NotFound (job or creator), Invalid, BrandProfileIncomplete, JobAlreadyTaken, InviteOnlyForPublished,
    CreatorNotAvailable, CreatorApplied, InvitationAnswered, InvitedTooRecently.
    """
    require(job_policies.is_brand(by))
    job = job_policies.own_jobs(by).lock(id=job_id)
    profile = CreatorProfile.objects.select_related("user").find(id=creator_profile_id)
    said = visible(message)
    if len(said) > Invitation.MESSAGE_MAX:
        raise Invalid({"message": [_("Write at most {longest} characters.").format(longest=Invitation.MESSAGE_MAX)]})
    invitation = Invitation.objects.lock_any(job=job, creator=profile.user)
    _judge_sending(job, profile, invitation, by=by)
    return _send(invitation or Invitation(job=job, brand=by, creator=profile.user), job, said, by=by)


@transaction.atomic
def resend_invitation(invitation_id: Any, *, by: Any) -> Invitation:
    """The creator is asked again, in the same words. Raises what `invite_creator` does but Invalid."""
    require(job_policies.is_brand(by))
    job = job_policies.own_jobs(by).lock(id=policies.sent_invitations(by).find(id=invitation_id).job_id)
    invitation = policies.sent_invitations(by).lock(id=invitation_id)
    profile = CreatorProfile.objects.select_related("user").find(user_id=invitation.creator_id)
    _judge_sending(job, profile, invitation, by=by)
    return _send(invitation, job, invitation.message, by=by)


def _judge_sending(job: Job, profile: CreatorProfile, invitation: Invitation | None, *, by: Any) -> None:
    """Nothing happens when this brand may ask this creator now, for the first time or again."""
    applications = Application.objects.filter(job=job, creator_id=profile.user_id).values_list("status", flat=True)
    asking = Sending(
        brand=by.brand_profile,
        is_live=job.is_live,
        is_taken=job.active_creator_id is not None,
        is_available=policies.can_be_invited(profile, by=by),
        application=applications.first(),
        status=invitation.status if invitation else None,
        again_at=invitation.again_at if invitation else None,
    )
    asking.judge()


def _send(invitation: Invitation, job: Job, message: str, *, by: Any) -> Invitation:
    before = {} if invitation._state.adding else {"status": invitation.status}
    steps.send(invitation, message=message)

    after = {"status": invitation.status, "jobId": str(job.id), "creatorId": str(invitation.creator_id)}
    record("INVITATION_SENT", invitation, by=by, before=before, after=after | {"resentCount": invitation.resent_count})
    notify([invitation.creator_id], "INVITATION_SENT", job=job, facts={"name": by.brand_profile.company_name})
    emit(
        events.InvitationSent(
            by_id=by.id,
            recipient_ids=(invitation.creator_id,),
            job_id=job.id,
            brand_id=job.brand_id,
            creator_id=invitation.creator_id,
            invitation_id=invitation.id,
            resent_count=invitation.resent_count,
        )
    )
    return invitation


@transaction.atomic
def withdraw_invitation(invitation_id: Any, *, by: Any) -> Invitation:
    """The brand asks no more, and the creator knows. Raises Forbidden, NotFound, InvitationHandled."""
    require(job_policies.is_brand(by))
    job = Job.objects.lock(id=policies.sent_invitations(by).find(id=invitation_id).job_id)
    invitation = policies.sent_invitations(by).lock(id=invitation_id)
    judge_ending(invitation.status)

    steps.end(invitation, Status.CANCELED)
    record("INVITATION_CANCELED", invitation, by=by, before={"status": Status.SENT}, after={"status": invitation.status})
    notify([invitation.creator_id], "INVITATION_CANCELED", job=job, facts={"name": by.brand_profile.company_name})
    emit(
        events.InvitationCanceled(
            by_id=by.id,
            recipient_ids=(invitation.creator_id,),
            job_id=job.id,
            creator_id=invitation.creator_id,
            invitation_id=invitation.id,
        )
    )
    return invitation


@transaction.atomic
def accept_invitation(invitation_id: Any, *, by: Any, message: str = "", price_quote: int | None = None) -> Invitation:
    """The creator would do the job: an application waits for the brand, which is told, and the two can talk.

    An application that already waits stays word for word; a withdrawn one is made again, and keeps what is not said anew.
    The invitation carries `application_id` and `conversation_id`. `price_quote` is in whole units of the job's currency.
    Raises Forbidden, NotFound, Invalid, InvitationHandled, ProfileIncomplete, CreatorNotVerified, JobNotAvailable, AlreadyApplied.
    """
    require(policies.is_creator(by))
    job = Job.objects.lock(id=policies.received_invitations(by).find(id=invitation_id).job_id)
    said = read_offer(message, price_quote)
    profile, has_works, may_meet = applicant(by=by, brand_id=job.brand_id)
    application = Application.objects.lock_any(job=job, creator=by)
    invitation = policies.received_invitations(by).lock(id=invitation_id)
    accepting = Accepting(
        status=invitation.status,
        creator=profile,
        has_works=has_works,
        is_live=job.is_live,
        may_meet=may_meet,
        application=application.status if application else None,
    )
    accepting.judge()

    application = _offer(application or Application(job=job, creator=by), said, price_quote)
    steps.end(invitation, Status.ACCEPTED)
    conversation = open_conversation(job_id=job.id, brand_id=job.brand_id, creator_id=by.id)
    invitation.application_id, invitation.conversation_id = application.id, conversation.id

    after = {"status": invitation.status, "applicationId": str(application.id), "priceQuote": application.price_quote}
    record("INVITATION_ACCEPTED", invitation, by=by, before={"status": Status.SENT}, after=after)
    say(job, "INVITATION_ACCEPTED", by=by, creator_id=by.id)
    notify([job.brand_id], "INVITATION_ACCEPTED", job=job, facts={"name": profile.display_name})
    emit(
        events.InvitationAccepted(
            by_id=by.id,
            recipient_ids=(job.brand_id,),
            job_id=job.id,
            creator_id=by.id,
            invitation_id=invitation.id,
            application_id=application.id,
            conversation_id=conversation.id,
        )
    )
    return invitation


def _offer(application: Application, said: str, price_quote: int | None) -> Application:
    """The application waits for the brand. Raises AlreadyApplied when other words already wait."""
    if application._state.adding or application.status == Application.Status.WITHDRAWN:
        put_forward(
            application,
            source=Application.Source.INVITATION,
            message=said or application.message,
            price_quote=application.price_quote if price_quote is None else price_quote,
        )
        return application
    require(not said and price_quote is None, errors.AlreadyApplied())
    return application


@transaction.atomic
def decline_invitation(invitation_id: Any, *, by: Any) -> Invitation:
    """The creator said no, for good, and the brand knows. Raises Forbidden, NotFound, InvitationHandled."""
    require(policies.is_creator(by))
    job = Job.objects.lock(id=policies.received_invitations(by).find(id=invitation_id).job_id)
    invitation = policies.received_invitations(by).lock(id=invitation_id)
    judge_ending(invitation.status)

    steps.end(invitation, Status.DECLINED)
    record("INVITATION_DECLINED", invitation, by=by, before={"status": Status.SENT}, after={"status": invitation.status})
    notify([job.brand_id], "INVITATION_DECLINED", job=job, facts={"name": by.creator_profile.display_name})
    emit(
        events.InvitationDeclined(by_id=by.id, recipient_ids=(job.brand_id,), job_id=job.id, creator_id=by.id, invitation_id=invitation.id)
    )
    return invitation


@transaction.atomic
def expire_invitation_by_timer(invitation_id: Any, *, by: Any) -> Invitation | None:
    """The creator did not answer in time, and both know; None when somebody acted first. Raises Forbidden, NotFound."""
    require(is_clock(by))
    job = Job.objects.lock(id=Invitation.objects.find(id=invitation_id).job_id)
    invitation = Invitation.objects.select_related("creator__creator_profile").lock(id=invitation_id)
    if fire(invitation.id, steps.CLOCK) is None:
        return None

    steps.end(invitation, Status.EXPIRED)
    record("INVITATION_EXPIRED", invitation, by=by, before={"status": Status.SENT}, after={"status": invitation.status})
    name = invitation.creator.creator_profile.display_name
    notices = [
        Notice([invitation.creator_id], "INVITATION_EXPIRED_CREATOR"),
        Notice([invitation.brand_id], "INVITATION_EXPIRED_BRAND", {"name": name}),
    ]
    notify_all(notices, job=job)
    emit(
        events.InvitationExpired(
            by_id=by.id,
            recipient_ids=(invitation.creator_id, invitation.brand_id),
            job_id=job.id,
            creator_id=invitation.creator_id,
            invitation_id=invitation.id,
            by_timer=True,
        )
    )
    return invitation
