"""Leaving for good: what it calls off, what it leaves, and what has to end first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Invalid
from core.deals.reviews.models import Review
from core.hiring.errors import CreatorNotAvailable
from core.hiring.models import Application, Invitation
from core.hiring.services import accept_application
from core.jobs.models import Job
from core.money.models import Account, LedgerEntry
from core.money.selectors import ledger_faults
from core.money.services import request_payout, request_top_up
from core.notifications.models import Notification
from core.people import services as people
from core.people.errors import BadCredentials
from core.people.models import CreatorProfile, Session, User, Verification
from core.people.policies import listed_creators, visible_brands
from core.privacy.errors import AccountHasObligations, StaffAccount
from core.privacy.services import erase_account
from outbox.models import Event
from tests.core.people import traces as about_people
from tests.world import PASSWORD, World


@contextmanager
def nothing_happens() -> Iterator[None]:
    """After the block every job, offer, account and trail is as it was before."""

    def picture() -> dict[str, Any]:
        tables = (Job, Application, Invitation, Account, LedgerEntry, Review)
        return about_people.picture() | {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}

    before = picture()
    yield
    assert picture() == before


def erased(user: User) -> User:
    """The same person, after leaving."""
    return erase_account(by=user, password=PASSWORD)


def in_the_way(user: User) -> list[str]:
    """The codes of what holds the account."""
    with nothing_happens(), pytest.raises(AccountHasObligations) as refused:
        erased(user)
    for blocker in refused.value.details["blockers"]:
        assert blocker["message"]
        assert blocker["href"].startswith("/dashboard/")
    return [blocker["code"] for blocker in refused.value.details["blockers"]]


def test_nobody_signs_in_with_the_old_address_and_it_is_free_again(world: World) -> None:
    creator = world.verified_creator()
    email = creator.email
    people.log_in(email=email, password=PASSWORD, kind="TOKEN", user_agent="Firefox", ip="203.0.113.7")

    erased(creator)

    with pytest.raises(BadCredentials):
        people.log_in(email=email, password=PASSWORD, kind="TOKEN")
    with pytest.raises(BadCredentials):
        people.log_in(email=User.objects.get(id=creator.id).email, password=PASSWORD, kind="TOKEN")
    assert list(Session.objects.filter(user=creator).values_list("user_agent", "ip").distinct()) == [("", None)]
    assert not Session.objects.filter(user=creator, revoked_at=None).exists()
    assert people.register(email=email, password=PASSWORD, role="BRAND").id != creator.id


def test_a_creator_is_out_of_sight_and_nobody_is_verified(world: World) -> None:
    creator, waiting = world.verified_creator(), world.waiting_creator()

    erased(creator)
    erased(waiting)

    assert not listed_creators().filter(user__in=[creator, waiting]).exists()
    profile = CreatorProfile.objects.get(user=creator)
    assert (profile.display_name, profile.bio, profile.is_public, profile.platforms) == ("Удалённый аккаунт", "", False, [])
    assert set(Verification.objects.filter(profile__user__in=[creator, waiting]).values_list("status", flat=True)) == {
        "REVOKED",
        "REJECTED",
    }


def test_the_open_jobs_of_a_brand_are_called_off_and_who_waits_is_told(world: World) -> None:
    brand = world.brand()
    draft, waiting, paused = world.draft_job(brand=brand), world.job(brand=brand), world.paused_job(brand=brand)
    application = world.application(job=world.live_job(brand=brand))
    invitation = world.invitation(job=application.job)

    erased(brand)

    statuses = Job.objects.filter(id__in=[draft.id, waiting.id, paused.id, application.job_id]).values_list("status", flat=True)
    assert set(statuses) == {"CANCELED"}
    application.refresh_from_db()
    invitation.refresh_from_db()
    assert (application.status, invitation.status) == ("REJECTED", "EXPIRED")
    assert Notification.objects.filter(user=application.creator, type="JOB_CANCELED_APPLICANT").count() == 1
    assert not visible_brands(None).filter(user=brand).exists()


def test_what_a_creator_offered_is_withdrawn_and_what_was_asked_has_ended(world: World) -> None:
    creator = world.verified_creator()
    application = world.application(creator=creator)
    invitation = world.invitation(creator=creator)

    erased(creator)

    application.refresh_from_db()
    invitation.refresh_from_db()
    assert (application.status, invitation.status) == ("WITHDRAWN", "EXPIRED")
    assert Notification.objects.filter(user=application.job.brand, type="APPLICATION_WITHDRAWN").count() == 1


def test_the_past_stays_for_the_other_side_under_the_name_of_a_deleted_account(world: World) -> None:
    job = world.completed_deal()
    world.published_review(job=job, by=job.brand)
    entries = list(LedgerEntry.objects.order_by("id").values())

    erased(job.brand)

    job.refresh_from_db()
    assert job.status == "COMPLETED"
    assert job.brand.brand_profile.company_name == "Удалённый аккаунт"
    assert Review.objects.get(job=job, author=job.brand).text == "Good work."
    assert list(LedgerEntry.objects.order_by("id").values()) == entries
    assert ledger_faults() == []


def test_one_audit_row_and_one_event_tell_it_and_old_entries_keep_who_and_when(world: World) -> None:
    creator = world.verified_creator()
    before = list(AuditEntry.objects.order_by("id").values_list("id", "actor_id", "action", "created_at", "subject_id"))

    erased(creator)

    entries = AuditEntry.objects.order_by("id")
    assert list(entries.values_list("id", "actor_id", "action", "created_at", "subject_id"))[:-1] == before
    last = entries.last()
    assert last is not None
    assert (last.action, last.actor_id, last.after) == ("ACCOUNT_ERASED", creator.id, {"role": "CREATOR"})
    assert Event.objects.filter(type="USER_ERASED", aggregate=f"user:{creator.id}").count() == 1
    assert not Notification.objects.filter(user=creator).exists()


def test_a_deal_in_work_holds_both_parties(world: World) -> None:
    job = world.reviewed_deal()

    assert in_the_way(job.brand) == ["DEAL_IN_WORK"]
    assert in_the_way(job.active_creator) == ["DEAL_IN_WORK"]


def test_an_open_dispute_holds_both_parties_and_so_does_an_appeal(world: World) -> None:
    dispute = world.answered_dispute()
    assert in_the_way(dispute.opened_by) == in_the_way(dispute.respondent) == ["OPEN_DISPUTE"]

    appeal = world.appeal()
    assert "OPEN_DISPUTE" in in_the_way(appeal.appealed_by)


def test_money_in_a_wallet_holds_its_owner(world: World) -> None:
    brand, creator = world.brand(), world.paid_creator()
    world.wallet_money(brand, 500)

    assert in_the_way(brand) == ["MONEY_IN_BRAND_WALLET"]
    assert in_the_way(creator) == ["MONEY_IN_CREATOR_WALLET"]


def test_money_under_way_holds_its_owner(world: World, settings: Any) -> None:
    brand, creator = world.brand(), world.paid_creator()
    settings.PAYMENT_PROVIDER = "manual"
    request_top_up(by=brand, amount_cents=100, currency="RUB")
    request_payout(by=creator, amount_cents=85_000, currency="RUB", method_id=world.payout_method(creator).id)

    assert in_the_way(brand) == ["TOP_UP_UNDER_WAY"]
    assert in_the_way(creator) == ["PAYOUT_UNDER_WAY"]


def test_a_wrong_password_deletes_nothing(world: World) -> None:
    creator = world.creator()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        erase_account(by=creator, password="another-horse-battery-9")

    assert list(refused.value.fields) == ["password"]


def test_staff_do_not_leave_this_way(world: World) -> None:
    for person in (world.moderator, world.finance):
        with nothing_happens(), pytest.raises(StaffAccount):
            erased(person)


def test_whoever_comes_second_with_the_same_wish_learns_that_the_password_is_wrong(world: World) -> None:
    creator = world.creator()
    erased(creator)

    with nothing_happens(), pytest.raises(Invalid):
        erased(creator)


def test_nobody_is_hired_who_has_left(world: World) -> None:
    application = world.application()
    erased(application.creator)
    Application.objects.filter(id=application.id).update(status="PENDING", decided_at=None, decided_by=None)

    with pytest.raises(CreatorNotAvailable):
        accept_application(application.job_id, application.id, by=application.job.brand)
