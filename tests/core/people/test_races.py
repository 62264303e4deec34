"""People who do the same thing at the same moment. Where a lock decides, the control without it has to lose."""

import threading
from functools import partial

import pytest
from django.db import connection

from core.notifications.models import Notification
from core.people import errors
from core.people.models import CreatorProfile, EmailToken, PortfolioItem, Session, User, Verification
from core.people.services import (
    add_portfolio_item,
    change_password,
    issue_verification_code,
    log_in,
    register,
    reject_creator,
    request_password_reset,
    submit_verification,
    verify_creator,
)
from core.reports.services import block_person
from tests.core.people.mailbox import carry_letters
from tests.meeting import HOLD_SECONDS, Hold, meet, without_locks
from tests.world import PASSWORD, unique

pytestmark = pytest.mark.race

ROUNDS = 3
CONTROL_ROUNDS = 6
REASON = "The code does not stand in the bio."


def kinds(answers: list) -> list[str]:
    """What the answers are, in the order of the alphabet."""
    return sorted(type(answer).__name__ for answer in answers)


def test_of_two_who_register_one_address_at_once_one_gets_it(committed):
    for _ in range(ROUNDS):
        email = f"{unique('anna')}@example.com"

        answers = meet(*[partial(register, email=email, password=PASSWORD, role="CREATOR")] * 4)

        assert kinds(answers) == ["EmailTaken"] * 3 + ["User"]
        user = User.objects.get(email=email)
        assert CreatorProfile.objects.filter(user=user).count() == 1
        assert EmailToken.objects.filter(user=user).count() == 1


def creator_with_nine_works(world) -> User:
    creator = world.bare_creator()
    for _ in range(9):
        add_portfolio_item(by=creator, content={"url": f"https://example.com/{unique('work')}"})
    return creator


def works_at_once(creator: User, *, before: str | None = None) -> list:
    links = [f"https://example.com/{unique('work')}" for _ in range(4)]
    return meet(*[partial(add_portfolio_item, by=creator, content={"url": link}) for link in links], before=before)


def test_the_tenth_work_is_the_last_however_many_come_at_once(committed):
    for _ in range(ROUNDS):
        creator = creator_with_nine_works(committed)

        answers = works_at_once(creator)

        assert kinds(answers) == ["PortfolioFull"] * 3 + ["PortfolioItem"]
        assert PortfolioItem.objects.filter(creator__user=creator).count() == 10


def test_without_the_lock_a_portfolio_overflows(committed):
    def overflows() -> bool:
        creator = creator_with_nine_works(committed)
        with without_locks():
            works_at_once(creator, before="core_portfolioitem")
        return PortfolioItem.objects.filter(creator__user=creator).count() > 10

    assert any(overflows() for _ in range(CONTROL_ROUNDS))


def test_one_link_added_at_once_stands_once(committed):
    creator = committed.bare_creator()
    add = partial(add_portfolio_item, by=creator, content={"url": "https://example.com/same"})

    answers = meet(*[add] * 4)

    assert kinds(answers) == ["PortfolioItem"] + ["PortfolioLinkExists"] * 3


def test_codes_asked_for_at_once_are_one_code(committed):
    for _ in range(ROUNDS):
        creator = committed.bare_creator()

        answers = meet(*[partial(issue_verification_code, by=creator)] * 4)

        assert len({attempt.code for attempt in answers}) == 1
        assert Verification.objects.filter(profile__user=creator).count() == 1


def test_requests_made_at_once_are_one_request(committed):
    creator, moderator = committed.creator(), committed.moderator
    issue_verification_code(by=creator)
    told = Notification.objects.filter(user=moderator).count()

    answers = meet(*[partial(submit_verification, by=creator, account_url="https://example.com/@anna")] * 4)

    assert kinds(answers) == ["Verification"] + ["VerificationPending"] * 3
    assert Notification.objects.filter(user=moderator).count() == told + 1


def decide_at_once(world, *, before: str | None = None) -> tuple[list[str], str, list[str]]:
    """The answers of two moderators, the end, and what the creator was told."""
    creator = world.waiting_creator()
    profile = CreatorProfile.objects.get(user=creator)
    answers = meet(
        partial(verify_creator, profile.id, by=world.moderator),
        partial(reject_creator, profile.id, by=world.moderator, reason=REASON),
        before=before,
    )
    profile.refresh_from_db()
    notices = Notification.objects.filter(user=creator).values_list("type", flat=True)
    return [type(answer).__name__ for answer in answers], profile.verification_status, list(notices)


HONEST_ENDS = [
    (["Verification", "VerificationNotPending"], "VERIFIED", ["CREATOR_VERIFIED"]),
    (["VerificationNotPending", "Verification"], "REJECTED", ["CREATOR_VERIFICATION_REJECTED"]),
]


def test_of_two_moderators_who_decide_at_once_one_decides(committed):
    for _ in range(ROUNDS):
        assert decide_at_once(committed) in HONEST_ENDS


def test_without_the_lock_both_moderators_decide(committed):
    def both_decide() -> bool:
        with without_locks():
            return decide_at_once(committed, before="") not in HONEST_ENDS

    assert any(both_decide() for _ in range(CONTROL_ROUNDS))


def test_a_sign_in_that_meets_a_block_leaves_no_open_session(committed):
    support = committed.staff("support")
    for _ in range(ROUNDS):
        person = committed.bare_creator()

        meet(
            partial(log_in, email=person.email, password=PASSWORD, kind=Session.Kind.TOKEN),
            partial(block_person, person.id, by=support, reason=REASON),
        )

        assert not Session.objects.filter(user=person, revoked_at=None).exists()


def test_without_the_lock_a_session_outlives_the_block(committed):
    person, support = committed.bare_creator(), committed.staff("support")
    is_blocked = threading.Barrier(2, timeout=HOLD_SECONDS)

    def sign_in_late() -> None:
        with connection.execute_wrapper(Hold(is_blocked, "")):
            log_in(email=person.email, password=PASSWORD, kind=Session.Kind.TOKEN)

    def block() -> None:
        block_person(person.id, by=support, reason=REASON)
        is_blocked.wait()

    with without_locks():
        assert meet(sign_in_late, block) == [None, None]

    assert Session.objects.filter(user=person, revoked_at=None).exists()


def test_a_sign_in_with_the_old_password_does_not_outlive_its_change(committed):
    for _ in range(ROUNDS):
        person = committed.bare_creator()
        here, _token = log_in(email=person.email, password=PASSWORD, kind=Session.Kind.TOKEN)

        meet(
            partial(log_in, email=person.email, password=PASSWORD, kind=Session.Kind.TOKEN),
            partial(change_password, by=person, session_id=here.id, current_password=PASSWORD, new_password="new-horse-battery-10"),
        )

        assert list(Session.objects.filter(user=person, revoked_at=None)) == [here]
        person.refresh_from_db()
        assert person.check_password("new-horse-battery-10")


@pytest.mark.parametrize("known", [True, False])
def test_letters_asked_for_at_once_are_three_an_hour(committed, known):
    email = committed.bare_creator().email if known else f"{unique('nobody')}@example.com"
    before = EmailToken.objects.filter(purpose="RESET_PASSWORD").count()

    answers = meet(*[partial(request_password_reset, email=email)] * 8)

    assert answers == [None] * 8
    assert EmailToken.objects.filter(purpose="RESET_PASSWORD").count() == before + 3


def test_workers_who_meet_send_each_letter_once(committed, mailoutbox):
    carry_letters()  # what other tests have committed
    people = [committed.bare_creator() for _ in range(6)]

    meet(*[carry_letters] * 4)

    addresses = [address for letter in mailoutbox for address in letter.to]
    assert [addresses.count(person.email) for person in people] == [1] * 6


def test_two_verifications_refuse_the_second(committed):
    profile = CreatorProfile.objects.get(user=committed.waiting_creator())

    answers = meet(*[partial(verify_creator, profile.id, by=committed.moderator)] * 4)

    assert kinds(answers) == ["Verification"] + ["VerificationNotPending"] * 3
    assert all(answer.reason == errors.VerificationNotPending.reason for answer in answers if isinstance(answer, Exception))
