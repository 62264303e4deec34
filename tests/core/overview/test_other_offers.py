"""The same of applications, invitations, payouts and disputes: what is offered is what the verb says."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from core.disputes.selectors import dispute_page
from core.hiring.invitations.selectors import invitation_page
from core.hiring.models import Application
from core.hiring.selectors import application_page
from core.hiring.services import accept_application, reject_application, withdraw_application
from core.jobs.services import pause_job
from core.money.models import Payout
from core.money.selectors import payout_page
from core.money.services import approve_payout, cancel_payout, fail_payout, reject_payout, return_payout
from core.people.models import CreatorProfile
from core.reports.services import block_person
from tests.core.overview.acts import OF_APPLICATION, OF_DISPUTE, OF_INVITATION, OF_PAYOUT, compare
from tests.world import World

Build = Callable[[World], Any]


def rejected(world: World) -> Application:
    application = world.application()
    return reject_application(application.job_id, application.id, by=application.job.brand)


def withdrawn(world: World) -> Application:
    application = world.application()
    return withdraw_application(application.id, by=application.creator)


def withdrawn_from_a_held_job(world: World) -> Application:
    application = withdrawn(world)
    pause_job(application.job_id, by=application.job.brand)
    return application


def withdrawn_and_emptied(world: World) -> Application:
    """Who withdrew has since emptied the profile."""
    application = withdrawn(world)
    CreatorProfile.objects.filter(user=application.creator).update(bio="")
    return application


def beaten(world: World) -> Application:
    """Somebody else was chosen."""
    job = world.live_job()
    loser, winner = world.application(job=job), world.application(job=job)
    accept_application(job.id, winner.id, by=job.brand)
    return loser


def blocked(world: World) -> Application:
    application = world.application()
    block_person(application.creator_id, by=world.moderator, reason="Takes brands away.")
    return application


APPLICATIONS: dict[str, Build] = {
    "waiting": World.application,
    "accepted": World.accepted_application,
    "rejected": rejected,
    "withdrawn": withdrawn,
    "withdrawn from a held job": withdrawn_from_a_held_job,
    "withdrawn and emptied": withdrawn_and_emptied,
    "beaten": beaten,
    "of somebody who was blocked": blocked,
}


@pytest.mark.parametrize("state", APPLICATIONS)
def test_on_applications(world: World, state: str) -> None:
    application = Application.objects.select_related("job__brand", "creator").get(id=APPLICATIONS[state](world).id)
    people = [application.job.brand, *([application.creator] if application.creator.blocked_at is None else [])]

    for by in people:
        compare(world, application_page(application.id, by=by)["actions"], OF_APPLICATION, application, by)
    assert application_page(application.id, by=world.moderator)["actions"] == []


INVITATIONS: dict[str, Build] = {
    "waiting": World.invitation,
    "accepted": World.accepted_invitation,
    "declined": World.declined_invitation,
    "withdrawn": World.withdrawn_invitation,
    "expired": World.expired_invitation,
}


@pytest.mark.parametrize("state", INVITATIONS)
def test_on_invitations(world: World, state: str) -> None:
    invitation = INVITATIONS[state](world)

    for by in (invitation.brand, invitation.creator):
        compare(world, invitation_page(invitation.id, by=by)["actions"], OF_INVITATION, invitation, by)


def half_signed(world: World) -> Payout:
    payout = world.payout(creator=world.paid_creator(price_quote=100_000), amount_cents=8_000_000)
    return approve_payout(payout.id, by=world.finance)


def returned(world: World) -> Payout:
    return return_payout(world.paid_payout().id, by=world.finance, reason="The account is closed.")


PAYOUTS: dict[str, Build] = {
    "waiting": World.payout,
    "half signed": half_signed,
    "approved": World.approved_payout,
    "sent": World.sent_payout,
    "paid": World.paid_payout,
    "returned": returned,
    "failed": lambda world: fail_payout(world.sent_payout().id, by=world.finance, reason="The account is closed."),
    "rejected": lambda world: reject_payout(world.payout().id, by=world.finance, reason="The account is closed."),
    "canceled": lambda world: cancel_payout((payout := world.payout()).id, by=payout.creator),
}


@pytest.mark.parametrize("state", PAYOUTS)
def test_on_payouts(world: World, state: str) -> None:
    payout = PAYOUTS[state](world)
    waits = {}

    for by in (payout.creator, world.finance, world.staff("finance"), world.approver):
        page = payout_page(payout.id, by=by)
        compare(world, page.actions, OF_PAYOUT, payout, by)
        waits[page.waiting_on] = page.status
    assert len(waits) == 1
    assert (next(iter(waits)) == "STAFF") is (payout.status in Payout.HOLDING)


def questioned(world: World) -> Any:
    """Both sides have a question to answer."""
    dispute = world.reviewed_dispute()
    for party in ("BRAND", "CREATOR"):
        world.information_request(dispute=dispute, party=party)
    return dispute


def settling(world: World) -> Any:
    dispute = world.answered_dispute()
    world.settlement(dispute=dispute)
    return dispute


DISPUTES: dict[str, Build] = {
    "open": World.dispute,
    "opened by the creator": partial(World.dispute, by_creator=True),
    "answered": World.answered_dispute,
    "under review": World.reviewed_dispute,
    "questioned": questioned,
    "settling": settling,
    "waiting for the second person": World.proposed_decision,
    "refunded": World.resolved_dispute,
    "split": lambda world: world.resolved_dispute("SPLIT", creator_share_cents=100_000),
    "appealed": lambda world: world.appeal().dispute,
}


@pytest.mark.parametrize("state", DISPUTES)
def test_on_disputes(world: World, state: str) -> None:
    dispute = DISPUTES[state](world)

    for by in (dispute.opened_by, dispute.respondent, world.moderator, world.staff("moderator"), world.approver):
        compare(world, dispute_page(dispute.id, by=by).actions, OF_DISPUTE, dispute, by)
