"""The limits that staff may change, each with its unit, range and default. A row in `Limit` overrides the default."""

import dataclasses
from collections.abc import Mapping

from core.base import clock
from core.base.vocabulary import Currency
from core.rules.models import Limit


@dataclasses.dataclass(frozen=True)
class LimitKind:
    """One limit: what it is, in which unit, what it is by default in each currency, and what it may be."""

    key: str
    unit: str
    defaults: Mapping[str, int]
    lowest: int
    highest: int
    meaning: str

    @property
    def is_money(self) -> bool:
        """Whether it is an amount, which may differ from currency to currency; anything else is the same for all."""
        return self.unit == MINOR_UNITS

    def default(self, currency: str) -> int:
        """The value while nobody has set another; of the rouble where no currency is named."""
        return self.defaults[currency or Currency.RUB]


MINOR_UNITS = "minor units"
HIGHEST = 10_000_000_000
PAYOUT_MIN = LimitKind(
    "PAYOUT_MIN",
    MINOR_UNITS,
    {"RUB": 1_000, "KZT": 5_000, "UAH": 500, "BYN": 50, "USD": 10, "EUR": 10},
    1,
    HIGHEST,
    "the smallest payout that can be requested",
)
PAYOUT_SECOND_PERSON = LimitKind(
    "PAYOUT_SECOND_PERSON",
    MINOR_UNITS,
    {"RUB": 5_000_000, "KZT": 25_000_000, "UAH": 2_500_000, "BYN": 200_000, "USD": 50_000, "EUR": 50_000},
    0,
    HIGHEST,
    "a payout above this needs a second approver",
)
TOPUP_SECOND_PERSON = LimitKind(
    "TOPUP_SECOND_PERSON",
    MINOR_UNITS,
    {"RUB": 50_000_000, "KZT": 250_000_000, "UAH": 25_000_000, "BYN": 2_000_000, "USD": 500_000, "EUR": 500_000},
    0,
    HIGHEST,
    "a top-up above this is confirmed by two people",
)
DISPUTE_SECOND_PERSON = LimitKind(
    "DISPUTE_SECOND_PERSON",
    MINOR_UNITS,
    {"RUB": 10_000_000, "KZT": 50_000_000, "UAH": 5_000_000, "BYN": 400_000, "USD": 100_000, "EUR": 100_000},
    0,
    HIGHEST,
    "a dispute about more than this is decided by two people",
)
ADJUSTMENT_PER_DAY = LimitKind(
    "ADJUSTMENT_PER_DAY",
    MINOR_UNITS,
    {"RUB": 20_000_000, "KZT": 100_000_000, "UAH": 10_000_000, "BYN": 800_000, "USD": 200_000, "EUR": 200_000},
    0,
    HIGHEST,
    "what one member of staff may adjust in a day, in and out together",
)


def hours(key: str, default: int, meaning: str, *, highest: int = 24 * 365) -> LimitKind:
    """The length of a timer, the same for every currency."""
    return LimitKind(f"TIMER_{key}", "hours", dict.fromkeys(Currency.values, default), 1, highest, meaning)


# How long each clock of `core.timers` runs.
TIMERS = {
    "PUBLISH_DRAFT": hours("PUBLISH_DRAFT", 24 * 180, "a draft that nobody publishes is closed", highest=24 * 730),
    "HIRE_CREATOR": hours("HIRE_CREATOR", 24 * 60, "a published job that finds nobody is closed"),
    "ANSWER_INVITATION": hours("ANSWER_INVITATION", 24 * 7, "an invitation expires"),
    "FUND_ESCROW": hours("FUND_ESCROW", 24 * 3, "a deal that is not funded is canceled"),
    "DELIVER_WORK": hours("DELIVER_WORK", 24 * 3, "a deal without work this long after its due date is canceled"),
    "REVIEW_WORK": hours("REVIEW_WORK", 24 * 5, "work that the brand does not review counts as accepted"),
    "ANSWER_CANCELLATION": hours("ANSWER_CANCELLATION", 24 * 3, "a proposal to cancel expires"),
    "WRITE_REVIEWS": hours("WRITE_REVIEWS", 24 * 7, "reviews are shown though only one side wrote"),
    "ANSWER_DISPUTE": hours("ANSWER_DISPUTE", 24 * 3, "a dispute that the other side does not answer is decided as its opener asks"),
    "DECIDE_DISPUTE": hours("DECIDE_DISPUTE", 24 * 14, "a dispute that staff do not decide is closed"),
    "ANSWER_REQUEST": hours("ANSWER_REQUEST", 24 * 2, "a question of staff in a dispute has to be answered"),
    "ANSWER_SETTLEMENT": hours("ANSWER_SETTLEMENT", 24 * 3, "a settlement proposal expires"),
    "DECIDE_APPEAL": hours("DECIDE_APPEAL", 24 * 14, "a decision stands unless the appeal is decided"),
    "DECIDE_PAYOUT": hours("DECIDE_PAYOUT", 24 * 30, "a payout that finance does not decide is canceled"),
    "SEND_PAYOUT": hours("SEND_PAYOUT", 24 * 30, "an approved payout that is not sent is called off"),
    "RECEIVE_TOP_UP": hours("RECEIVE_TOP_UP", 24 * 30, "an unpaid invoice is canceled"),
    "DECIDE_ADJUSTMENT": hours("DECIDE_ADJUSTMENT", 24 * 14, "an adjustment without a second signature is dropped"),
}
APPEAL_WITHIN = hours("APPEAL_WITHIN", 24 * 7, "how long after a decision a party may appeal")
INVITE_AGAIN_AFTER = hours("INVITE_AGAIN_AFTER", 24 * 2, "how long a brand waits before it reminds a creator of an invitation")
MODERATE_JOB = hours("MODERATE_JOB", 24, "how soon a brand is promised an answer about a job", highest=24 * 30)
VERIFY_CREATOR = hours("VERIFY_CREATOR", 48, "how soon a creator is promised an answer about verification", highest=24 * 30)
ALERTS_PER_DAY = LimitKind(
    "ALERTS_PER_DAY", "notices", dict.fromkeys(Currency.values, 30), 1, 1_000, "how many new jobs a creator is told of in a day, by alerts"
)
KINDS = {
    kind.key: kind
    for kind in (
        PAYOUT_MIN,
        PAYOUT_SECOND_PERSON,
        TOPUP_SECOND_PERSON,
        DISPUTE_SECOND_PERSON,
        ADJUSTMENT_PER_DAY,
        *TIMERS.values(),
        APPEAL_WITHIN,
        INVITE_AGAIN_AFTER,
        MODERATE_JOB,
        VERIFY_CREATOR,
        ALERTS_PER_DAY,
    )
}


def limit(kind: LimitKind, currency: str) -> int:
    """The value in force now: the newest row for this currency, else the newest for all, else the default."""
    return limits(currency, kind)[0]


def limits(currency: str, *kinds: LimitKind) -> list[int]:
    """The values of several limits in force now, in the order asked for, by one statement."""
    keys = [kind.key for kind in kinds]
    rows = Limit.objects.filter(key__in=keys, currency__in=("", currency), valid_from__lte=clock.now())
    newest = dict(rows.order_by("key", "-currency", "-valid_from", "-id").distinct("key").values_list("key", "value"))
    return [newest.get(kind.key, kind.default(currency)) for kind in kinds]
