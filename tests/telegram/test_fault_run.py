"""Many messages through every fault at once, by several workers that share one pace. Every second copy has its reason in its row.

`./test` sends a few, quickly. TELEGRAM_PROOF_MESSAGES=10000 sends so many at the pace of life; TELEGRAM_PROOF_SEED repeats a run.
"""

import dataclasses
import os
import random
import re
import threading
import time
from collections import Counter, defaultdict

import pytest
from django.db import connections, transaction

from bot.delivery import TelegramSender
from bot.faults import Fault, Trouble
from bot.loopback import Limits, LoopbackServer
from core.notifications.steps import Notice, notify_all
from core.telegram.models import TelegramAccount
from outbox.carrier import Carriage
from outbox.channels import CHANNELS, TELEGRAM
from outbox.models import Attempt, Delivery
from tests.telegram.chats import CRITICAL, MONEY, PLAIN, bound, empty_mailbox, pace
from tests.world import World

MESSAGES = int(os.environ.get("TELEGRAM_PROOF_MESSAGES", "150"))
SEED = int(os.environ.get("TELEGRAM_PROOF_SEED", random.randrange(10**6)))
IS_LONG = MESSAGES > 1_000
PER_CHAT = 20 if IS_LONG else 10
WORKERS = 4 if IS_LONG else 2  # while one waits for late answers at the end of its drain, the others use the pace
PROGRESS_SECONDS = 15
NUMBER = re.compile(r"no\. (\d+)")
REPEAT = "(повтор)"
FINAL = ("SENT", "UNCERTAIN", "SKIPPED", "DEAD")


@dataclasses.dataclass(frozen=True)
class Profile:
    """The pace of a run, the limits that the server holds it to, and how long an answer is waited for."""

    per_second: float
    rest: float
    limits: Limits
    read_seconds: float


LIFE = Profile(per_second=25, rest=1.05, limits=Limits(chat_rest=1.0, per_second=30), read_seconds=8.0)
QUICK = Profile(per_second=100, rest=0.25, limits=Limits(chat_rest=0.1, per_second=120), read_seconds=0.5)
PROFILE = LIFE if IS_LONG else QUICK


def chances() -> list[tuple[float, Fault]]:
    """What goes wrong, and how often."""
    late = PROFILE.read_seconds * 1.5
    return [
        (0.05, Fault(Trouble.LATE, seconds=late)),
        (0.05, Fault(Trouble.LATE, seconds=PROFILE.read_seconds / 4)),  # slow, and in time
        (0.01, Fault(Trouble.FLOOD, seconds=1)),
        (0.03, Fault(Trouble.BROKEN)),
        (0.02, Fault(Trouble.BROKEN_AFTER)),
        (0.03, Fault(Trouble.RESET_BEFORE)),
        (0.03, Fault(Trouble.RESET_AFTER)),
    ]


def tell_everybody(world: World) -> list[TelegramAccount]:
    """Each chat has its share of numbered notices under way, every other one about money."""
    chats = [bound(world.bare_creator()) for _ in range(max(4, MESSAGES // PER_CHAT))]
    empty_mailbox()
    for account in chats:
        notices = [
            Notice([account.user], CRITICAL, MONEY | {"reason": f"no. {number}"})
            if number % 2
            else Notice([account.user], PLAIN, {"job_id": "1", "title": f"no. {number}", "name": "A search"})
            for number in range(PER_CHAT)
        ]
        with transaction.atomic():
            notify_all(notices)
    return chats


class Workers:
    """Several workers with a connection and a client of their own each, until nothing waits any more."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.failures: list[BaseException] = []

    def run(self) -> None:
        threads = [threading.Thread(target=self.work) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        for thread in threads:
            while thread.is_alive():
                thread.join(PROGRESS_SECONDS)
                print(f"{time.monotonic() - began:.0f} s: {len(self.server.requests)} calls")
        assert self.failures == []

    def work(self) -> None:
        sender = TelegramSender(token=self.server.token, api_url=self.server.url, read_seconds=PROFILE.read_seconds)
        try:
            while Delivery.objects.filter(channel=TELEGRAM).exclude(state__in=FINAL).exists():
                left = Carriage(CHANNELS[TELEGRAM], sender).drain()
                if not IS_LONG:  # a minute is too long for `./test`: what waits for its second copy waits no more
                    Delivery.objects.filter(channel=TELEGRAM, state="PENDING", failures__gt=0).update(next_at="2000-01-01T00:00:00Z")
                time.sleep(min(left or 0.05, 0.5))
        except BaseException as failure:  # noqa: BLE001 - the test fails of it
            self.failures.append(failure)
        finally:
            sender.close()
            connections.close_all()


@pytest.fixture
def run(committed, bot_api):
    """Everything is sent, through everything that goes wrong."""
    print(f"TELEGRAM_PROOF_SEED={SEED}")
    bot_api.limits = PROFILE.limits
    chats = tell_everybody(committed)
    dice = random.Random(SEED)
    blocked, moved = chats[:: max(2, len(chats) // 5)], chats[1 :: max(2, len(chats) // 3)]
    bitten = next(account for account in chats if account not in [*blocked, *moved])
    bot_api.script.next_for(bitten.chat_id, [None, Fault(Trouble.RESET_AFTER), None])  # so that chance alone does not decide
    for account in blocked:
        bot_api.script.next_for(account.chat_id, [None] * dice.randrange(PER_CHAT // 2))
        bot_api.script.always_for(account.chat_id, Fault(Trouble.BLOCKED))
    for account in moved:
        bot_api.script.next_for(account.chat_id, [None] * dice.randrange(PER_CHAT // 2))
        bot_api.script.always_for(account.chat_id, Fault(Trouble.MIGRATED, moved_to=-account.chat_id))
    bot_api.script.by_chance(chances(), seed=SEED)
    with pace(per_second=PROFILE.per_second, recipient_rest=PROFILE.rest):
        Workers(bot_api).run()
    yield Run(bot_api, chats, blocked, moved)
    empty_mailbox()


class Run:
    """What the rows and the server know afterwards."""

    def __init__(self, server: LoopbackServer, *groups: list[TelegramAccount]) -> None:
        self.server = server
        self.chats, self.blocked, self.moved = groups
        self.rows = {
            (row.recipient_id, row.letter_id): row
            for row in Delivery.objects.filter(channel=TELEGRAM).exclude(type__startswith="TELEGRAM_")
        }
        self.tries: dict[int, list[str]] = defaultdict(list)
        for delivery_id, outcome in Attempt.objects.filter(delivery__channel=TELEGRAM).order_by("id").values_list("delivery_id", "outcome"):
            self.tries[delivery_id].append(outcome)

    def arrived(self, account: TelegramAccount) -> list[tuple[int, bool]]:
        """The numbers of the notices that a person got, in order, each with whether it said to be a repeat."""
        got = sorted(self.server.sent_to(account.chat_id) + self.server.sent_to(-account.chat_id), key=lambda message: message.at)
        return [(int(NUMBER.search(message.text)[1]), REPEAT in message.text) for message in got]

    def rows_of(self, account: TelegramAccount) -> list[Delivery]:
        """A person's parcels, in the order of the telling."""
        return sorted((row for (person, _letter), row in self.rows.items() if person == account.user_id), key=lambda row: row.id)


@pytest.mark.slow
def test_many_messages_through_every_fault(run):
    server = run.server
    states = Counter(row.state for row in run.rows.values())
    copies = Counter()
    for account in run.chats:
        arrived, rows = run.arrived(account), run.rows_of(account)
        numbers = [number for number, _is_repeat in arrived]
        assert numbers == sorted(numbers), "out of order"
        for number, row in enumerate(rows):
            came = [is_repeat for each, is_repeat in arrived if each == number]
            copies[len(came)] += 1
            judge(row, came, run.tries[row.id])
    print(f"messages {len(run.rows)}, states {dict(states)}, copies {dict(copies)}")

    assert set(states) <= {"SENT", "UNCERTAIN", "SKIPPED"}
    assert copies[2] > 0
    assert nobody_wrote_after_the_first_403(server)
    assert all(account.chat_id not in {each.chat_id for each in TelegramAccount.objects.filter(user=account.user)} for account in run.moved)
    print(f"too fast {dict(server.too_fast)}, shortest rest {server.shortest_rest():.3f} s, busiest second {server.busiest_second()}")
    assert server.too_fast == Counter()
    assert server.shortest_rest() >= PROFILE.limits.chat_rest
    assert server.busiest_second() <= PROFILE.limits.per_second


def judge(row: Delivery, came: list[bool], tries: list[str]) -> None:
    """What came to the chat is what the row says, and a second copy has its reason there."""
    assert len(came) <= 2
    assert len(came) <= row.copies <= 2
    if row.state == "SENT":
        assert len(came) >= 1
    if row.state == "SKIPPED":
        assert (row.reason, row.copies - tries.count("UNKNOWN")) == ("UNREACHABLE", 0)
    assert row.copies == tries.count("UNKNOWN") + tries.count("SENT")
    if len(came) == 2:
        assert row.is_critical
        assert tries.count("UNKNOWN") >= 1
        assert came == [False, True]


def nobody_wrote_after_the_first_403(server: LoopbackServer) -> bool:
    """Whether a chat that had said no was left alone from then on."""
    first: dict[int, float] = {}
    for at, chat_id, status in server.refused:
        if status == 403:
            first.setdefault(chat_id, at)
    assert first
    return all(at <= first.get(chat_id, at) for at, chat_id in server.requests)
