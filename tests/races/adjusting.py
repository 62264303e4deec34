"""Who meets over a correction of a wallet, and over the clocks of money. The pairs are run by test_pairs.py."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import time_machine

from core.base import clock
from core.money import services as money
from core.money.adjustments.models import Adjustment
from core.money.models import Account, Payout, TopUp
from core.money.steps import system
from core.people.models import User
from core.rules.limits import ADJUSTMENT_PER_DAY, limit
from core.timers.models import Timer
from tests.races.cast import SMALL, cast
from tests.races.harness import SAVED, WRONG_END, Race

# A verb emits when it has written all else, and has not committed.
LAST = "outbox_event"
REASON = "The deal was another one."


def rich() -> User:
    """A brand with exactly SMALL in its wallet."""
    brand = cast().world.brand()
    cast().world.wallet_money(brand, SMALL)
    return brand


def draft(cents: int = SMALL, *, person: User | None = None, by: User | None = None) -> Adjustment:
    """A correction that waits for a second person."""
    return cast().world.adjustment(person or rich(), cents, by=by)


def late_draft() -> Adjustment:
    """The same, and its time is over, but the clock has not turned yet."""
    person = rich()
    with time_machine.travel(clock.now() - timedelta(days=15)):
        return draft(person=person)


def two_clawbacks() -> tuple[Adjustment, Adjustment]:
    """Two corrections that each take all there is."""
    person = rich()
    return draft(-SMALL, person=person), draft(-SMALL, person=person)


def large() -> int:
    """More than half of what one person may sign for in a day."""
    return limit(ADJUSTMENT_PER_DAY, "RUB") * 3 // 5


def with_room() -> User:
    """A member of finance who has signed for nothing: what they drafted for the last race is taken back."""
    for waiting in Adjustment.objects.filter(drafted_by=drafter(), status="PENDING"):
        money.cancel_adjustment(waiting.id, by=drafter())
    return drafter()


@cache
def drafter() -> User:
    """The same in all races: whoever comes anew would be told of the drafts too."""
    return cast().world.staff("finance")


def two_large() -> tuple[User, Adjustment, Adjustment]:
    """Somebody who may sign for one of these and not for both, drafted by two others."""
    first, second = (draft(large(), by=cast().world.staff("finance")) for _ in range(2))
    return cast().world.staff("finance_approver"), first, second


def adjustment_state(adjustment: Adjustment) -> tuple[Any, ...]:
    """The correction, its clock and the wallet."""
    row = Adjustment.objects.get(id=adjustment.id)
    clocks = tuple(Timer.objects.filter(subject_id=row.id).values_list("outcome", flat=True))
    return row.status, row.decided_by_id is not None, *clocks, balance(row.person_id)


def balance(person_id: Any) -> int:
    return Account.objects.get(owner_id=person_id, currency="RUB").balance_cents


def pair_state(pair: tuple[Any, ...]) -> tuple[Any, ...]:
    """How many of both corrections were posted, and what they did to their wallets."""
    rows = list(Adjustment.objects.filter(id__in=[one.id for one in pair if isinstance(one, Adjustment)]))
    return tuple(sorted(row.status for row in rows)), tuple(sorted(balance(row.person_id) for row in rows))


def drafts_state(member: User) -> tuple[Any, ...]:
    return (Adjustment.objects.filter(drafted_by=member, status="PENDING").count(),)


def approve(by: str) -> Callable[[Adjustment], Adjustment]:
    return lambda adjustment: money.approve_adjustment(adjustment.id, by=getattr(cast(), by))


def reject(adjustment: Adjustment) -> Adjustment:
    return money.reject_adjustment(adjustment.id, by=cast().colleague, reason=REASON)


def take_back(adjustment: Adjustment) -> Adjustment:
    return money.cancel_adjustment(adjustment.id, by=cast().finance)


def run_out(adjustment: Adjustment) -> Adjustment | None:
    return money.reject_adjustment_by_timer(adjustment.id, by=system())


def draft_large(member: User) -> Adjustment:
    return draft(large(), person=cast().brand, by=member)


def either(first: Callable[..., Any], second: Callable[..., Any], *, prepare: Callable[[], Any] = draft, **how: Any) -> Race:
    return Race(prepare, first, second, adjustment_state, hold="core_adjustment", **how)


ADJUSTING = {
    "approve and approve by another": either(approve("approver"), approve("colleague")),
    "approve and approve by the same": either(approve("approver"), approve("approver")),
    "approve and reject": either(approve("approver"), reject),
    "approve and take back": either(approve("approver"), take_back),
    "reject and take back": either(reject, take_back),
    "approve and the clock": either(approve("approver"), run_out, prepare=late_draft),
    "take back and the clock": either(take_back, run_out, prepare=late_draft),
    # The check of the balance is the ledger's own; it holds without ours.
    "two that take all there is": Race(
        two_clawbacks,
        lambda pair: money.approve_adjustment(pair[0].id, by=cast().approver),
        lambda pair: money.approve_adjustment(pair[1].id, by=cast().colleague),
        pair_state,
        frozenset({SAVED, WRONG_END}),
    ),
    "two drafts beyond the limit of a day": Race(with_room, draft_large, draft_large, drafts_state, hold="core_adjustment"),
    "two signatures beyond the limit of a day": Race(
        two_large,
        lambda three: money.approve_adjustment(three[1].id, by=three[0]),
        lambda three: money.approve_adjustment(three[2].id, by=three[0]),
        pair_state,
        hold="core_adjustment",
    ),
}


# The clocks of payouts and top-ups


def late(make: Callable[[], Any]) -> Callable[[], Any]:
    """What is made was made long ago."""

    def made() -> Any:
        cast().destination()
        with time_machine.travel(clock.now() - timedelta(days=31)):
            return make()

    return made


def payout_state(payout: Payout) -> tuple[Any, ...]:
    """The payout, its clocks, and what waits on its account."""
    row = Payout.objects.select_related("hold_account").get(id=payout.id)
    clocks = sorted(Timer.objects.filter(subject_id=row.id).values_list("kind", "outcome"))
    return row.status, *clocks, row.hold_account.balance_cents


def top_up_state(top_up: TopUp) -> tuple[Any, ...]:
    clocks = sorted(Timer.objects.filter(subject_id=top_up.id).values_list("outcome", flat=True))
    return TopUp.objects.get(id=top_up.id).status, *clocks


def undecided(payout: Payout) -> Payout | None:
    return money.cancel_payout_by_timer(payout.id, by=system())


def unsent(payout: Payout) -> Payout | None:
    return money.fail_payout_by_timer(payout.id, by=system())


def unpaid(top_up: TopUp) -> TopUp | None:
    return money.cancel_top_up_by_timer(top_up.id, by=system())


MONEY_CLOCKS = {
    "approve a payout and the clock": Race(
        late(lambda: cast().payout()), lambda payout: money.approve_payout(payout.id, by=cast().finance), undecided, payout_state
    ),
    "cancel a payout and the clock": Race(
        late(lambda: cast().payout()), lambda payout: money.cancel_payout(payout.id, by=cast().earner), undecided, payout_state
    ),
    "send a payout and the clock": Race(
        late(lambda: cast().payout(status="APPROVED")), lambda payout: money.send_payout(payout.id, by=cast().finance), unsent, payout_state
    ),
    "two turns of the clock over a payout": Race(late(lambda: cast().payout()), undecided, undecided, payout_state),
    "confirm a top-up and the clock": Race(
        late(lambda: cast().top_up()),
        lambda top_up: money.confirm_top_up(top_up.id, by=cast().finance, bank_reference=f"transfer-{top_up.number}"),
        unpaid,
        top_up_state,
    ),
}
