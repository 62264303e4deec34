"""What has to be true when all is quiet again. Each check returns what is wrong, in words; nothing means that it holds."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from bot.loopback import LoopbackServer
from core.money.selectors import ledger_faults
from core.telegram.models import TelegramAccount
from outbox.fates import COPIES_MAX
from outbox.models import Attempt, Delivery, Event
from perf.chaos.work import Pair

# Alerts are found when a worker comes to it: of a job that is taken by then, nobody is told any more.
BY_THE_WORKER = ("JOB_ALERT_MATCHED",)
OPEN = ("PENDING", "LEASED", "SENDING", "HELD")


def is_quiet() -> bool:
    """Whether every event has its place and every parcel its end."""
    return not Event.objects.filter(position=None).exists() and not Delivery.objects.filter(state__in=OPEN).exists()


def events_of(job_id: str) -> list[str]:
    """The facts about one deal that its people made, in the order of their places."""
    told = Event.objects.filter(payload__jobId=job_id).exclude(type__in=BY_THE_WORKER)
    return list(told.order_by("position").values_list("type", flat=True))


def parcels_of(job_id: str) -> Counter[str]:
    """How many parcels of each type these facts sent to somebody's Telegram."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.type, count(*) FROM outbox_delivery d JOIN core_notification n ON n.id = d.letter_id
            WHERE d.channel = 'TELEGRAM' AND n.job_id = %s AND d.type <> ALL(%s) GROUP BY d.type
            """,
            [job_id, list(BY_THE_WORKER)],
        )
        return Counter(dict(cursor.fetchall()))


@dataclass
class Numbers:
    """What was counted."""

    deals: int = 0
    events: int = 0
    parcels: int = 0
    states: dict[str, int] = field(default_factory=dict)
    messages: int = 0
    in_doubt_and_arrived: int = 0
    second_copies: int = 0
    explained: dict[str, int] = field(default_factory=dict)


def judge(pairs: list[Pair], pattern: str, telegram: LoopbackServer, pulled: list[list[str]]) -> tuple[list[str], Numbers]:
    """Everything that is wrong, and the numbers. `pattern` is a deal that was done while nothing was killed."""
    faults = [
        *facts_left(pairs, pattern),
        *facts_pulled(pulled),
        *(f"parcel {row.id} is {row.state} ({row.reason})" for row in Delivery.objects.filter(state__in=(*OPEN, "DEAD"))[:20]),
        *(f"ledger: {fault}" for fault in ledger_faults()),
    ]
    numbers = Numbers(
        deals=sum(len(pair.deals) for pair in pairs),
        events=Event.objects.count(),
        parcels=Delivery.objects.filter(channel="TELEGRAM").exclude(state="SKIPPED").count(),
        states=dict(Counter(Delivery.objects.filter(channel="TELEGRAM").values_list("state", flat=True))),
        messages=len(telegram.messages),
    )
    for account in TelegramAccount.objects.all():
        faults += messages_of(account, telegram, numbers)
    numbers.explained = dict(Counter(Attempt.objects.filter(outcome="UNKNOWN").values_list("code", flat=True)))
    return faults, numbers


def facts_left(pairs: list[Pair], pattern: str) -> Iterator[str]:
    """Each acknowledged deal left exactly what a deal leaves that nobody disturbed."""
    facts, parcels = events_of(pattern), parcels_of(pattern)
    for job_id in (job_id for pair in pairs for job_id in pair.deals):
        if (found := events_of(job_id)) != facts:
            yield f"deal {job_id} left {found}, not {facts}"
        if (sent := parcels_of(job_id)) != parcels:
            yield f"deal {job_id} wrote to {sent}, not {parcels}"


def facts_pulled(pages: list[list[str]]) -> Iterator[str]:
    """The consumer saw every fact; each aggregate's first came to its sight in the order of their places, and so did those of each page.

    Again is allowed, for whoever lost an answer. Facts of different aggregates may change places from page to page, and no others.
    """
    told = {str(uid): (aggregate, position or 0) for uid, aggregate, position in Event.objects.values_list("uid", "aggregate", "position")}
    seen = list(dict.fromkeys(uid for page in pages for uid in page))
    if lost := told.keys() - set(seen):
        yield f"the consumer never saw {len(lost)} of {len(told)} events"
    if strange := set(seen) - told.keys():
        yield f"the consumer saw {len(strange)} events that there are not"
    if late := overtaken([told[uid] for uid in seen if uid in told]):
        yield f"the consumer saw {len(late)} events behind later ones of the same aggregate, the first of them of {late[0]}"
    places = [[told[uid][1] for uid in page if uid in told] for page in pages]
    if any(page != sorted(page) for page in places):
        yield "the consumer saw a page in another order than its places"


def overtaken(sights: Iterable[tuple[str, int]]) -> list[str]:
    """For each (aggregate, place) that came behind a later one of its aggregate: the aggregate."""
    last: dict[str, int] = {}
    late = []
    for aggregate, place in sights:
        if place < last.get(aggregate, 0):
            late.append(aggregate)
        last[aggregate] = max(place, last.get(aggregate, 0))
    return late


def messages_of(account: TelegramAccount, telegram: LoopbackServer, numbers: Numbers) -> Iterator[str]:
    """Every parcel that says it arrived did; what arrived more than once, or in doubt, has a row that says so."""
    rows = list(Delivery.objects.filter(channel="TELEGRAM", recipient_id=account.user_id, copies__gte=1).order_by("id"))
    arrived = [message.id for message in telegram.sent_to(account.chat_id)]
    sent = [int(row.external_id) for row in rows if row.state == "SENT"]
    if missing := set(sent) - set(arrived):
        yield f"{len(missing)} messages say they were sent to a chat that never got them"
    once = [int(row.external_id) for row in rows if row.state == "SENT" and row.copies == 1 and not row.failures]
    if once != sorted(once):
        yield f"a chat got its messages in another order: {once}"
    extra = len(set(arrived) - set(sent))
    doubted = sum(row.state == "UNCERTAIN" for row in rows)
    repeated = sum(max(0, row.copies - 1) for row in rows)
    if extra > doubted + repeated:
        yield f"a chat got {extra} messages that no row explains ({doubted} in doubt, {repeated} repeated)"
    if any(row.copies > COPIES_MAX for row in rows):
        yield "a parcel went out three times"
    # A message has no name of its row: where both are possible it counts as a second copy.
    numbers.second_copies += min(extra, repeated)
    numbers.in_doubt_and_arrived += max(0, extra - repeated)
