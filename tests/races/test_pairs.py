"""Every pair of commands that can meet: exactly one wins, the other learns why, and everything is told once."""

from collections.abc import Callable
from typing import Any

import pytest

from core.deals import services as deals
from core.hiring import services as hiring
from core.hiring.models import Application
from core.jobs import services as jobs
from core.money import services as money
from core.money.models import Payout, TopUp
from core.money.selectors import ledger_faults
from tests.races.adjusting import ADJUSTING, MONEY_CLOCKS
from tests.races.cast import LARGE, TOP_UP_LARGE, cast, deal_state
from tests.races.disputing import DISPUTING
from tests.races.ending import ENDING
from tests.races.harness import CONTROL_ROUNDS, LUCK, ROUNDS, SAVED, Race
from tests.races.inviting import INVITING

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("committed")]


def offer_state(offer: Application | tuple[Application, Application]) -> tuple[Any, ...]:
    first = offer[0] if isinstance(offer, tuple) else offer
    return deal_state(first.job)


def payout_state(payout: Payout) -> tuple[Any, ...]:
    """The payout and what waits on its account."""
    row = Payout.objects.select_related("hold_account").get(id=payout.id)
    return row.status, row.approved_by_id is not None, row.second_approved_by_id is not None, row.hold_account.balance_cents


def top_up_state(top_up: TopUp) -> tuple[Any, ...]:
    row = TopUp.objects.get(id=top_up.id)
    return row.status, row.confirmed_by_id is not None, row.second_confirmed_by_id is not None


def earner_state(_method: Any) -> tuple[Any, ...]:
    return (Payout.objects.filter(creator=cast().earner, status="PENDING").count(),)


def payout_race(first: Callable[[Payout], Any], second: Callable[[Payout], Any], *, both_win: bool = False, **stage: Any) -> Race:
    prepare = stage.pop("prepare", None) or (lambda: cast().payout(**stage))
    return Race(prepare, first, second, payout_state, both_win=both_win)


def approve(by: str) -> Callable[[Payout], Payout]:
    return lambda payout: money.approve_payout(payout.id, by=getattr(cast(), by))


def reject(payout: Payout) -> Payout:
    return money.reject_payout(payout.id, by=cast().colleague, reason="The name differs.")


def call_off(payout: Payout) -> Payout:
    return money.cancel_payout(payout.id, by=cast().earner)


def send(payout: Payout) -> Payout:
    return money.send_payout(payout.id, by=cast().finance)


def pay(payout: Payout) -> Payout:
    return money.mark_payout_paid(payout.id, by=cast().finance, bank_reference=cast().number())


def fail(payout: Payout) -> Payout:
    return money.fail_payout(payout.id, by=cast().colleague, reason="The account is closed.")


def give_back(payout: Payout) -> Payout:
    return money.return_payout(payout.id, by=cast().finance, reason="The account is closed.")


def confirm(by: str) -> Callable[[TopUp], TopUp]:
    return lambda top_up: money.confirm_top_up(top_up.id, by=getattr(cast(), by), bank_reference=f"transfer-{top_up.number}")


def refuse_top_up(top_up: TopUp) -> TopUp:
    return money.reject_top_up(top_up.id, by=cast().colleague, reason="No money came.")


def drop_top_up(top_up: TopUp) -> TopUp:
    return money.cancel_top_up(top_up.id, by=cast().brand)


def accept(offer: Application) -> Application:
    return hiring.accept_application(offer.job_id, offer.id, by=cast().brand)


PAYOUTS = {
    "cancel and approve": payout_race(call_off, approve("finance")),
    "cancel and cancel": payout_race(call_off, call_off),
    "cancel and reject": payout_race(call_off, reject),
    "approve and reject": payout_race(approve("finance"), reject),
    "approve and approve by another": payout_race(approve("finance"), approve("colleague")),
    "first signatures of two people": payout_race(approve("finance"), approve("colleague"), cents=LARGE, both_win=True),
    "first signatures of one person": payout_race(approve("finance"), approve("finance"), cents=LARGE),
    "second signatures of two people": payout_race(approve("colleague"), approve("approver"), prepare=lambda: cast().signed_payout()),
    "second signature and cancel": payout_race(approve("approver"), call_off, prepare=lambda: cast().signed_payout()),
    "send and fail": payout_race(send, fail, status="APPROVED", both_win=True),
    "send and send": payout_race(send, send, status="APPROVED"),
    "paid and failed": payout_race(pay, fail, status="SENT"),
    "paid and paid": payout_race(pay, pay, status="SENT"),
    "returned and returned": payout_race(give_back, give_back, status="PAID"),
    # The partial unique index and the lock of the wallet are the ledger's own; they hold without ours.
    "request and request": Race(
        lambda: cast().destination(), lambda method: cast().ask(method), lambda method: cast().ask(method), earner_state, frozenset({SAVED})
    ),
}
TOP_UPS = {
    "confirm and reject": Race(lambda: cast().top_up(), confirm("finance"), refuse_top_up, top_up_state),
    "confirm and cancel": Race(lambda: cast().top_up(), confirm("finance"), drop_top_up, top_up_state),
    "confirm and confirm": Race(lambda: cast().top_up(), confirm("finance"), confirm("colleague"), top_up_state),
    "confirmations of two people": Race(
        lambda: cast().top_up(TOP_UP_LARGE), confirm("finance"), confirm("colleague"), top_up_state, both_win=True
    ),
    "confirmations of one person": Race(lambda: cast().top_up(TOP_UP_LARGE), confirm("finance"), confirm("finance"), top_up_state),
    "reject and cancel": Race(lambda: cast().top_up(), refuse_top_up, drop_top_up, top_up_state),
}
HIRING = {
    "accept one and accept the other": Race(
        lambda: cast().two_offers(), lambda offers: accept(offers[0]), lambda offers: accept(offers[1]), offer_state
    ),
    "accept and withdraw": Race(
        lambda: cast().offer(), accept, lambda offer: hiring.withdraw_application(offer.id, by=cast().creator), offer_state
    ),
    "accept and reject": Race(
        lambda: cast().offer(), accept, lambda offer: hiring.reject_application(offer.job_id, offer.id, by=cast().brand), offer_state
    ),
    "accept and another applies": Race(
        lambda: cast().offer(),
        accept,
        lambda offer: hiring.apply_to_job(offer.job_id, by=cast().rival, price_quote=4_000),
        offer_state,
        both_win=True,
    ),
    "accept and pause": Race(lambda: cast().offer(), accept, lambda offer: jobs.pause_job(offer.job_id, by=cast().brand), offer_state),
    # Nobody is chosen for a job on hold, and nobody resumes another: there is no wrong end to come to, locked or not.
    "accept and resume": Race(
        lambda: cast().offer_on_hold(),
        accept,
        lambda offer: jobs.unpause_job(offer.job_id, by=cast().brand),
        offer_state,
        frozenset({LUCK}),
        both_win=True,
    ),
    "accept and edit": Race(
        lambda: cast().offer(),
        accept,
        lambda offer: jobs.edit_job(offer.job_id, by=cast().brand, content={"title": "Other terms"}),
        offer_state,
        both_win=True,
    ),
    "accept and cancel": Race(
        lambda: cast().offer(), accept, lambda offer: deals.cancel_job(offer.job_id, by=cast().brand), offer_state, both_win=True
    ),
    "apply and apply": Race(
        lambda: cast().live_job(),
        lambda job: hiring.apply_to_job(job.id, by=cast().creator, price_quote=4_000),
        lambda job: hiring.apply_to_job(job.id, by=cast().creator, price_quote=4_000),
        deal_state,
    ),
    "moderators approve and reject": Race(
        lambda: cast().job(),
        lambda job: cast().approve_job(job),
        lambda job: jobs.reject_job(job.id, by=cast().moderator, content_version=job.content_version, reason="Too vague a brief."),
        deal_state,
    ),
    "a moderator approves what the brand edits": Race(
        lambda: cast().job(),
        lambda job: cast().approve_job(job),
        lambda job: jobs.edit_job(job.id, by=cast().brand, content={"title": "Another text"}),
        deal_state,
        both_win=True,
    ),
}
FUNDING = {
    "fund and fund": Race(
        lambda: cast().deal(funded=False),
        lambda job: money.fund_escrow(job.id, by=cast().brand),
        lambda job: money.fund_escrow(job.id, by=cast().brand),
        deal_state,
        both_win=True,
    ),
}
ROOMS = {
    "payout": PAYOUTS,
    "top-up": TOP_UPS,
    "hiring": HIRING,
    "inviting": INVITING,
    "funding": FUNDING,
    "ending": ENDING,
    "disputing": DISPUTING,
    "adjusting": ADJUSTING,
    "clocks of money": MONEY_CLOCKS,
}
RACES = {f"{room}: {name}": race for room, races in ROOMS.items() for name, race in races.items()}


@pytest.mark.parametrize("name", RACES)
def test_two_who_meet_end_as_if_one_had_come_first(name: str) -> None:
    race = RACES[name]
    orders = race.orders()

    ends = [race.run()[0] for _ in range(ROUNDS)]

    assert set(ends) <= set(orders)
    for end in orders:
        winners = [answer for answer in end.answers if answer in ("done", "again")]
        assert len(winners) == 1 or race.both_win, end.answers
        assert not any(answer.startswith("500") for answer in end.answers)
    assert ledger_faults() == []


@pytest.mark.parametrize("name", RACES)
def test_without_our_locks_the_race_is_lost_or_saved_by_the_database_alone(name: str) -> None:
    race = RACES[name]
    orders = race.orders()

    lost = next(filter(None, (race.lose(orders) for _ in range(CONTROL_ROUNDS))), LUCK)

    assert lost in race.control
    assert ledger_faults() == []
