"""Checking that an account belongs to its creator."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.notifications.models import Notification
from core.people import errors
from core.people.models import CreatorProfile, User, Verification
from core.people.services import (
    add_portfolio_item,
    issue_verification_code,
    reject_creator,
    revoke_verification,
    submit_verification,
    update_creator_profile,
    update_portfolio_item,
    verify_creator,
)
from outbox.models import Event
from tests.core.people.traces import nothing_happens, notices, traces

ACCOUNT = "https://www.tiktok.com/@anna"
REASON = "The code does not stand in the bio."
DECISIONS = {
    "verify": verify_creator,
    "reject": partial(reject_creator, reason=REASON),
    "revoke": partial(revoke_verification, reason=REASON),
}


def profile_of(creator: User) -> CreatorProfile:
    return CreatorProfile.objects.get(user=creator)


def last_event(type: str) -> dict[str, Any]:
    return Event.objects.filter(type=type).latest("id").payload


def let_the_code_run_out(attempt: Verification) -> None:
    Verification.objects.filter(id=attempt.id).update(code_expires_at=clock.now() - timedelta(seconds=1))


def test_a_code_can_be_read_aloud_and_lives_seven_days(world):
    creator = world.bare_creator()

    attempt = issue_verification_code(by=creator)

    assert re.fullmatch(r"UGC-[A-HJ-NP-Z2-9]{6}", attempt.code)
    assert abs(attempt.code_expires_at - clock.now() - timedelta(days=7)) < timedelta(minutes=1)
    assert profile_of(creator).verification_status == "UNVERIFIED"
    assert traces(creator, "VERIFICATION_CODE_ISSUED")[0] == 1


def test_a_living_code_is_shown_again(world):
    creator = world.creator()
    code = issue_verification_code(by=creator).code

    with nothing_happens():
        assert issue_verification_code(by=creator).code == code

    submit_verification(by=creator, account_url=ACCOUNT)
    with nothing_happens():
        assert issue_verification_code(by=creator).code == code


def test_a_code_that_ran_out_makes_way_for_a_new_one(world):
    creator = world.bare_creator()
    old = issue_verification_code(by=creator)
    let_the_code_run_out(old)

    new = issue_verification_code(by=creator)

    old.refresh_from_db()
    assert (old.status, new.status) == ("EXPIRED", "ISSUED")
    assert new.code != old.code


def test_the_moderators_are_told_whose_account_waits(world):
    moderator, creator = world.moderator, world.creator(display_name="Anna")
    issue_verification_code(by=creator)

    attempt = submit_verification(by=creator, account_url=f" {ACCOUNT} ")

    attempt.refresh_from_db()
    assert (attempt.status, attempt.account_url) == ("PENDING", ACCOUNT)
    assert attempt.submitted_at is not None
    assert profile_of(creator).verification_status == "PENDING"
    assert notices(moderator) == ["CREATOR_VERIFICATION_PENDING"]
    event = last_event("CREATOR_VERIFICATION_REQUESTED")
    assert (event["userId"], event["creatorProfileId"]) == (str(creator.id), str(profile_of(creator).id))
    assert str(moderator.id) in event["recipientUserIds"]


@pytest.mark.parametrize(
    ("decide", "end", "notice"),
    [
        ("verify", "VERIFIED", "CREATOR_VERIFIED"),
        ("reject", "REJECTED", "CREATOR_VERIFICATION_REJECTED"),
        ("revoke", "REVOKED", "CREATOR_VERIFICATION_REVOKED"),
    ],
)
def test_a_decision_is_told_and_remembered(world, decide, end, notice):
    creator = world.verified_creator() if decide == "revoke" else world.waiting_creator()
    profile = profile_of(creator)

    attempt = DECISIONS[decide](profile.id, by=world.moderator)

    profile.refresh_from_db()
    attempt.refresh_from_db()
    assert (profile.verification_status, attempt.status) == (end, end)
    assert (profile.verified_at is not None, profile.is_listed) == (end == "VERIFIED", end == "VERIFIED")
    assert (attempt.reviewed_by, attempt.reason) == (world.moderator, "" if end == "VERIFIED" else REASON)
    assert notices(creator)[-1] == notice
    entry = AuditEntry.objects.get(action=notice, subject_id=str(attempt.id))
    assert (entry.actor, entry.after, entry.reason) == (world.moderator, {"status": end}, attempt.reason)
    event = last_event(notice)
    assert (event["userId"], event["reviewedBy"], event["recipientUserIds"]) == (
        str(creator.id),
        str(world.moderator.id),
        [str(creator.id)],
    )
    assert REASON not in str(event)


def test_whoever_was_refused_may_try_again_and_every_attempt_is_kept(world):
    creator = world.waiting_creator()
    reject_creator(profile_of(creator).id, by=world.moderator, reason=REASON)

    issue_verification_code(by=creator)
    submit_verification(by=creator, account_url=ACCOUNT)
    verify_creator(profile_of(creator).id, by=world.moderator)

    history = Verification.objects.filter(profile=profile_of(creator)).order_by("created_at")
    assert [attempt.status for attempt in history] == ["REJECTED", "VERIFIED"]


def test_a_verified_creator_who_changes_the_profile_stays_verified_and_is_looked_at_again(world):
    creator, other = world.verified_creator(), world.creator()
    told = Notification.objects.filter(user=world.moderator, type="VERIFIED_PROFILE_CHANGED")

    update_creator_profile(by=creator, changes={"bio": "I film honest reviews of quiet things."})
    update_creator_profile(by=other, changes={"display_name": "Nobody known"})
    assert not told.exists()
    update_creator_profile(by=creator, changes={"display_name": "Somebody else", "portfolio_links": ["https://example.com/other"]})
    item = add_portfolio_item(by=creator, content={"url": "https://example.com/another"})
    update_portfolio_item(item.id, by=creator, changes={"title": "Tea"})
    update_portfolio_item(item.id, by=creator, changes={"url": "https://example.com/third"})

    assert profile_of(creator).verification_status == "VERIFIED"
    assert [notice.facts["name"] for notice in told] == ["Somebody else"] * 3


def test_nobody_asks_without_a_code(world):
    creator = world.creator()

    with nothing_happens(), pytest.raises(errors.NoVerificationCode):
        submit_verification(by=creator, account_url=ACCOUNT)


def test_nobody_asks_with_a_code_that_ran_out(world):
    creator = world.creator()
    let_the_code_run_out(issue_verification_code(by=creator))

    with nothing_happens(), pytest.raises(errors.NoVerificationCode):
        submit_verification(by=creator, account_url=ACCOUNT)


def test_nobody_asks_with_half_a_profile(world):
    creator = world.creator()
    issue_verification_code(by=creator)
    update_creator_profile(by=creator, changes={"bio": ""})

    with nothing_happens(), pytest.raises(errors.ProfileIncomplete):
        submit_verification(by=creator, account_url=ACCOUNT)


def test_nobody_asks_twice(world):
    creator = world.waiting_creator()

    with nothing_happens(), pytest.raises(errors.VerificationPending):
        submit_verification(by=creator, account_url=ACCOUNT)


def test_whoever_is_verified_needs_no_more(world):
    creator = world.verified_creator()

    with nothing_happens(), pytest.raises(errors.AlreadyVerified):
        issue_verification_code(by=creator)
    with nothing_happens(), pytest.raises(errors.AlreadyVerified):
        submit_verification(by=creator, account_url=ACCOUNT)


@pytest.mark.parametrize("account_url", ["", " ", "@anna", "javascript:alert(1)", "https://" + "a" * 2_000 + ".example"])
def test_an_account_that_is_no_link_is_refused(world, account_url):
    creator = world.creator()
    issue_verification_code(by=creator)

    with nothing_happens(), pytest.raises(Invalid) as refused:
        submit_verification(by=creator, account_url=account_url)

    assert list(refused.value.fields) == ["accountUrl"]


@pytest.mark.parametrize("verb", [issue_verification_code, partial(submit_verification, account_url=ACCOUNT)])
def test_a_brand_has_nothing_to_verify(world, verb):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Forbidden):
        verb(by=brand)


@pytest.mark.parametrize("decide", DECISIONS)
@pytest.mark.parametrize("who", ["finance", "support", "finance_approver", "engineer"])
def test_only_moderators_decide(world, decide, who):
    profile, person = profile_of(world.waiting_creator()), world.staff(who)

    with nothing_happens(), pytest.raises(Forbidden):
        DECISIONS[decide](profile.id, by=person)


@pytest.mark.parametrize("decide", DECISIONS)
def test_nobody_decides_about_nobody(world, decide):
    moderator, nobody = world.moderator, world.brand().id

    with nothing_happens(), pytest.raises(NotFound):
        DECISIONS[decide](nobody, by=moderator)


@pytest.mark.parametrize(
    ("decide", "refusal"),
    [("verify", errors.VerificationNotPending), ("reject", errors.VerificationNotPending), ("revoke", errors.VerificationNotInForce)],
)
def test_a_decision_needs_something_to_decide(world, decide, refusal):
    profile, moderator = profile_of(world.creator()), world.moderator

    with nothing_happens(), pytest.raises(refusal):
        DECISIONS[decide](profile.id, by=moderator)


@pytest.mark.parametrize("reason", ["", "too short", " " * 20, "a" * 1_001])
def test_a_refusal_needs_a_reason(world, reason):
    waiting, verified, moderator = profile_of(world.waiting_creator()), profile_of(world.verified_creator()), world.moderator

    with nothing_happens(), pytest.raises(Invalid):
        reject_creator(waiting.id, by=moderator, reason=reason)
    with nothing_happens(), pytest.raises(Invalid):
        revoke_verification(verified.id, by=moderator, reason=reason)
