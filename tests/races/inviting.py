"""Who meets over an invitation. The pairs are run by test_pairs.py."""

from collections.abc import Callable
from typing import Any

from core.chat.models import Conversation
from core.deals import services as deals
from core.hiring import services as hiring
from core.hiring.invitations import services as invitations
from core.hiring.models import Application, Invitation
from core.jobs.models import Job
from core.money.steps import system
from core.timers.models import Timer
from tests.races.cast import cast, deal_state
from tests.races.harness import Race

# A verb emits when it has written all else, and has not committed.
LAST = "outbox_event"


def job_state(job: Job) -> tuple[Any, ...]:
    """The deal, its invitations with their clocks, and how many conversations there are."""
    asked = list(Invitation.objects.filter(job=job).values_list("status", "resent_count"))
    clocks = sorted(Timer.objects.filter(job=job, kind="ANSWER_INVITATION").values_list("outcome", flat=True))
    return *deal_state(job), *asked, *clocks, Conversation.objects.filter(job=job).count()


def state(invitation: Invitation) -> tuple[Any, ...]:
    return job_state(invitation.job)


def invite(job: Job) -> Invitation:
    return invitations.invite_creator(job.id, cast().world.profile_id(cast().guest), by=cast().brand)


def invite_to_its_job(offer: Application) -> Invitation:
    return invite(offer.job)


def accept(invitation: Invitation) -> Invitation:
    return invitations.accept_invitation(invitation.id, by=cast().guest)


def decline(invitation: Invitation) -> Invitation:
    return invitations.decline_invitation(invitation.id, by=cast().guest)


def withdraw(invitation: Invitation) -> Invitation:
    return invitations.withdraw_invitation(invitation.id, by=cast().brand)


def resend(invitation: Invitation) -> Invitation:
    return invitations.resend_invitation(invitation.id, by=cast().brand)


def run_out(invitation: Invitation) -> Invitation | None:
    return invitations.expire_invitation_by_timer(invitation.id, by=system())


def apply(invitation: Invitation) -> Application:
    return hiring.apply_to_job(invitation.job_id, by=cast().guest, price_quote=4_000)


def cancel(invitation: Invitation) -> Any:
    return deals.cancel_job(invitation.job_id, by=cast().brand)


def choose(offer: Application) -> Application:
    return hiring.accept_application(offer.job_id, offer.id, by=cast().brand)


def choose_the_applicant(invitation: Invitation) -> Application:
    return choose(Application.objects.get(job=invitation.job))


def choose_the_rival(invitation: Invitation) -> Application:
    return choose(Application.objects.get(job=invitation.job, creator=cast().creator))


def reject_the_applicant(invitation: Invitation) -> Application:
    application = Application.objects.get(job=invitation.job)
    return hiring.reject_application(application.job_id, application.id, by=cast().brand)


def answers(first: Callable[[Invitation], Any], second: Callable[[Invitation], Any], **said: Any) -> Race:
    """Two who meet over an open invitation."""
    prepare = said.pop("prepare", None) or (lambda: cast().invitation())
    return Race(prepare, first, second, state, **said)


INVITING = {
    "invite and invite": Race(lambda: cast().live_job(), invite, invite, job_state),
    "invite and choose another": Race(
        lambda: cast().offer(), invite_to_its_job, choose, lambda offer: job_state(offer.job), both_win=True, hold=LAST
    ),
    "accept and accept": answers(accept, accept),
    "accept and decline": answers(accept, decline),
    "accept and withdraw": answers(accept, withdraw),
    "decline and withdraw": answers(decline, withdraw),
    "accept and apply": answers(accept, apply, both_win=True),
    "accept and cancel the job": answers(accept, cancel, both_win=True, hold=LAST),
    "decline and cancel the job": answers(decline, cancel, both_win=True, hold=LAST),
    "accept and choose another": answers(accept, choose_the_rival, prepare=lambda: cast().rivalry(), both_win=True),
    "accept and be chosen": answers(accept, choose_the_applicant, prepare=lambda: cast().invited_applicant(), both_win=True, hold=LAST),
    "accept and be rejected": answers(accept, reject_the_applicant, prepare=lambda: cast().invited_applicant(), both_win=True),
    "accept and run out": answers(accept, run_out, prepare=lambda: cast().late_invitation(), both_win=True),
    "decline and run out": answers(decline, run_out, prepare=lambda: cast().late_invitation(), both_win=True),
    "send again and run out": answers(resend, run_out, prepare=lambda: cast().late_invitation(), both_win=True),
    "run out and run out": answers(run_out, run_out, prepare=lambda: cast().late_invitation(), both_win=True),
}
