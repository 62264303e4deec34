"""One run: set the stage, let people work, kill, wait until it is quiet, and judge."""

import os
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.core.management import call_command
from django.db import DatabaseError, connection

from bot.loopback import LoopbackServer
from core.embedded import Embedded
from perf.chaos import verdict
from perf.chaos.stage import CONSUMER_SECRET, Crashes, Killer, Stage, telegram_of
from perf.chaos.work import Puller, Worker, cast

NAMES = ("web", "worker-1", "worker-2", "bot")
READY_SECONDS_MAX = 90
QUIET_SECONDS_MAX = 400  # a parcel in doubt is repeated after a minute, and a lease lasts half of one


@dataclass(frozen=True)
class Plan:
    """How much is done and broken. `pause` is the time between two kills, in seconds."""

    kills: int = 200
    pairs: int = 8
    pause: float = 2.0
    rest: float = 8.0  # of a pair between two deals: a chat takes one message a second, and a deal sends a dozen
    crashes: int = 3
    cuts: int = 5
    seed: int = 1


@dataclass
class Report:
    """What happened, and what was wrong with it."""

    plan: Plan
    faults: list[str] = field(default_factory=list)
    numbers: verdict.Numbers = field(default_factory=verdict.Numbers)
    kills: dict[str, int] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    repeats: int = 0
    work_seconds: float = 0.0
    quiet_seconds: float = 0.0
    deal_seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def run(home: Path, plan: Plan) -> Report:
    """Everything was broken as planned, and looked at afterwards. Runs in the stage's own environment."""
    report = Report(plan)
    database = Embedded(home / "postgres")
    call_command("prepare", verbosity=0)
    base_url = os.environ["APP_BASE_URL"]
    with LoopbackServer() as telegram:
        os.environ.update(telegram_of(telegram))
        pairs = cast(base_url, plan.pairs)
        with Stage(home, NAMES) as stage:
            wait_until_ready(base_url)
            for pair in pairs:
                pair.sign_in()
            began = time.monotonic()
            pattern = pairs[0].deal()  # what a deal leaves that nobody disturbs
            report.deal_seconds = time.monotonic() - began
            pairs[0].deals.append(pattern)
            puller = Puller(base_url, CONSUMER_SECRET)
            puller.start()
            work(stage, database, pairs, report)
            wait_until_quiet(report)
            wait_for_puller(puller)
            report.kills = stage.kills
            report.repeats = sum(client.repeats for pair in pairs for client in (pair.brand, pair.creator, pair.moderator))
            faults, report.numbers = verdict.judge(pairs, pattern, telegram, puller.pages)
            report.faults += faults
    return report


def work(stage: Stage, database: Embedded, pairs: list[Any], report: Report) -> None:
    """People work while everything is killed; then they finish what they had begun."""
    plan, is_over = report.plan, threading.Event()
    began = time.monotonic()
    workers = [Worker(pair, is_over, rest=plan.rest) for pair in pairs]
    killer = Killer(stage, kills=plan.kills, seed=plan.seed, pause=plan.pause)
    crashes = Crashes(database, crashes=plan.crashes, cuts=plan.cuts, seconds=plan.kills * plan.pause)
    for thread in (*workers, killer, crashes):
        thread.start()
    killer.join()
    crashes.join()
    is_over.set()
    for worker in workers:
        worker.join()
        if worker.fault:
            report.faults.append(worker.fault)
    report.work_seconds = time.monotonic() - began
    report.acts = {name: crashes.done.count(name) for name in set(crashes.done)}


def wait_until_ready(base_url: str) -> None:
    """The server answers. Raises RuntimeError when it does not in time."""
    end = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{base_url}/api/health/live", timeout=5).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("The server of the stage does not answer.")


def wait_until_quiet(report: Report) -> None:
    """Every event has its place and every parcel its end, or the time is over, which the verdict then says."""
    began = time.monotonic()
    while time.monotonic() - began < QUIET_SECONDS_MAX:
        try:
            if verdict.is_quiet():
                break
        except DatabaseError:
            connection.close()
        time.sleep(0.2)
    report.quiet_seconds = time.monotonic() - began


def wait_for_puller(puller: Puller) -> None:
    """The consumer has had time to see the end."""
    seen = -1
    while seen != len(puller.pages):
        seen = len(puller.pages)
        time.sleep(2)
    puller.is_over.set()
    puller.join(30)
