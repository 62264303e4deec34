"""Accounts and their verification."""

from datetime import timedelta

import time_machine

from core.base import clock
from core.desk.rulings.steps import HOLD_SECONDS
from core.people import services as people
from core.people.models import CreatorProfile, Verification
from core.people.verification.carrying import carry_out_creator_ruling
from core.people.verification.cases import rule_on_creator
from tests.core.notifications.scenarios import Scene, scenario
from tests.world import PASSWORD

REASON = "There is no code in the bio of the account."


def profile_id(creator):
    return CreatorProfile.objects.values_list("id", flat=True).get(user=creator)


@scenario("CREATOR_VERIFICATION_PENDING")
def a_creator_asks_to_be_verified(world):
    assert world.moderator, "somebody is on duty"
    creator = world.creator()
    people.issue_verification_code(by=creator)
    return Scene(lambda: people.submit_verification(by=creator, account_url="https://www.tiktok.com/@anna"))


@scenario("CREATOR_VERIFIED")
def a_moderator_verifies(world):
    creator = world.waiting_creator()
    return Scene(lambda: people.verify_creator(profile_id(creator), by=world.moderator), people={"CREATOR": [creator.id]})


@scenario("CREATOR_VERIFICATION_REJECTED")
def a_moderator_rejects_a_verification(world):
    creator = world.waiting_creator()
    return Scene(lambda: people.reject_creator(profile_id(creator), by=world.moderator, reason=REASON), people={"CREATOR": [creator.id]})


@scenario("CREATOR_EVIDENCE_REQUESTED")
def a_moderator_asks_for_evidence(world):
    creator = world.waiting_creator()
    attempt = Verification.objects.get(profile__user=creator)
    rule_on_creator(attempt.id, by=world.moderator, kind="REQUEST_CHANGES", reason=REASON)

    def a_minute_later() -> None:
        with time_machine.travel(clock.now() + timedelta(seconds=HOLD_SECONDS)):
            carry_out_creator_ruling(attempt.id)

    return Scene(a_minute_later, people={"CREATOR": [creator.id]})


@scenario("CREATOR_VERIFICATION_REVOKED")
def a_moderator_revokes_a_verification(world):
    creator = world.verified_creator()
    return Scene(
        lambda: people.revoke_verification(profile_id(creator), by=world.moderator, reason=REASON), people={"CREATOR": [creator.id]}
    )


@scenario("VERIFIED_PROFILE_CHANGED")
def a_verified_creator_takes_another_name(world):
    creator = world.verified_creator()
    return Scene(lambda: people.update_creator_profile(by=creator, changes={"display_name": "Somebody Else"}))


@scenario("PASSWORD_CHANGED")
def somebody_changes_the_password(world):
    person = world.creator()
    session, _token = people.log_in(email=person.email, password=PASSWORD, kind="TOKEN")

    def act():
        people.change_password(by=person, session_id=session.id, current_password=PASSWORD, new_password="another-long-word-17")

    return Scene(act, people={"OWNER": [person.id]})
