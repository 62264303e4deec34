"""The real marketplace beside the books: every step that can be taken, and the comparison after it."""

import copy
import itertools
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.base.errors import Refusal
from core.deals import services as deals
from core.hiring import services as hiring
from core.hiring.models import Application
from core.jobs import services as jobs
from core.jobs.models import Job
from core.money import services as money
from core.money.models import Payout, TopUp
from core.money.selectors import ledger_faults
from core.people.models import User
from core.rules import services as rules
from tests.core import papers
from tests.core.books import Deal
from tests.core.crew import ANYBODY, CURRENCIES, MONEY, PICK, QUOTES, STATES, TIMES, People, ask, without_zeros
from tests.core.papers import ACTORS, BRANDS, CREATORS, SIGNERS, Paper
from tests.world import FILES

# What an answer is called that changed nothing, because it was done before.
BEFORE = ("was_funded_before", "released_before", "canceled_before", "was_open_before", "resolved_before")


class Marketplace(RuleBasedStateMachine):
    """The real marketplace beside the books."""

    people: People
    learned: Counter[str]

    @initialize()
    def begin(self) -> None:
        self.run = transaction.atomic()
        self.run.__enter__()
        self.books = self.people.books()
        self.deals: list[tuple[Job, Deal]] = [(job, copy.deepcopy(deal)) for job, deal in self.people.past]
        self.payouts: list[tuple[Payout, Paper]] = []
        self.top_ups: list[tuple[TopUp, Paper]] = []
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        if hasattr(self, "run"):
            faults = ledger_faults()
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)
            assert faults == []

    # How a step is taken

    def user(self, name: str) -> User:
        return self.people.by_name[name]

    def step(
        self, expect: Callable[[], str], command: Callable[[], Any], *, times: int = 1, keep: Callable[[Any], None] | None = None
    ) -> None:
        """The command answers as the books say, each time, and afterwards everything is as the books say. A new row is kept."""
        for _ in range(times):
            expected = expect()
            try:
                with transaction.atomic():
                    result = command()
                    connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", prepare=False)
                if keep:
                    keep(result)
                before = any(getattr(result, flag, False) for flag in BEFORE)
                found = "again" if before else "done"
            except Refusal as refusal:
                found = refusal.reason or refusal.code
            assert found == expected
            self.learned[f"{expect.func.__name__} {found}" if isinstance(expect, partial) else found] += 1
        self.agree()

    def agree(self) -> None:
        """Wallets, escrows, payouts and the platform's accounts hold what the books say, and the ledger adds up to the same."""
        held: Counter[tuple[str, str]] = Counter()
        for kind, owner, currency, cents, is_kept in ask(MONEY):
            assert is_kept, "a balance is not the sum of its entries"
            held[self.people.names.get(owner, kind), currency] += cents
        assert without_zeros(held) == without_zeros(self.expected())
        assert sum(held.values()) == 0
        self.agree_on_states()

    def expected(self) -> Counter[tuple[str, str]]:
        held = Counter(self.books.wallets)
        for currency in CURRENCIES:
            held["EXTERNAL", currency] -= self.books.bank[currency]
            held["COMMISSION", currency] += self.books.income[currency]
            held["ADJUSTMENT", currency] -= self.books.adjusted[currency]
        for _job, deal in self.deals:
            held["ESCROW", deal.currency] += deal.cents if deal.escrow == "FUNDED" else 0
        for _payout, paper in self.payouts:
            held["PAYOUT_HOLD", paper.currency] += paper.cents if paper.status in Payout.HOLDING else 0
        return held

    def agree_on_states(self) -> None:
        found = dict(ask(STATES))
        for job, deal in self.deals:
            assert found.pop(job.id) == [deal.status, deal.moderation, deal.escrow, str(deal.cents) if deal.escrow else None]
        for row, paper in (*self.payouts, *self.top_ups):
            assert found.pop(row.id) == [paper.status]
        by_provider = [["CONFIRMED"]] * self.books.brought
        assert sorted(found.values()) == sorted(by_provider + self.other_states())

    def other_states(self) -> list[list[str]]:
        """The states of what hangs on deals, in any order."""
        states = []
        for _job, deal in self.deals:
            states += [[state] for state in deal.offers.values()]
            states += [[each.status] for each in (*deal.invited.values(), *deal.partings)]
            for trouble in deal.troubles:
                states.append([trouble.status, trouble.outcome[0] if trouble.outcome else ""])
                states += [[offer.status] for offer in trouble.offers]
                states += [[trouble.appeal]] if trouble.appeal else []
        return states + [[draft.status] for draft in self.books.drafts]

    def pick(self, rows: list[Any], number: int) -> Any:
        """One of the newest, mostly: old ones are over."""
        return rows[-1 - number % min(len(rows), 4)]

    # Jobs and hiring

    def has_room(self) -> bool:
        """Few deals at a time, so that most steps go on with one."""
        return sum(deal.status not in ("COMPLETED", "CANCELED") for _job, deal in self.deals) < 3

    @precondition(has_room)
    @rule(brand=st.sampled_from(BRANDS), currency=st.sampled_from(CURRENCIES))
    def publish(self, brand: str, currency: str) -> None:
        content = self.people.world.job_content(currency=currency, budget_max=200_000)
        command = partial(jobs.create_job, by=self.user(brand), content=content, publish=True)
        self.step(lambda: "done", command, keep=lambda job: self.keep_job(job, Deal(brand, currency)))

    def keep_job(self, job: Job, deal: Deal) -> None:
        self.deals.append((job, deal))
        self.books.look_for_creator(deal)

    @precondition(has_room)
    @rule(
        brand=st.sampled_from(BRANDS),
        creator=st.sampled_from(CREATORS),
        currency=st.sampled_from(CURRENCIES),
        quote=QUOTES,
        far=st.sampled_from(("approved", "changed", "delivered", "funded", "accepted", "offered")),
    )
    def deal(self, brand: str, creator: str, currency: str, quote: int, far: str) -> None:
        """The straight way as far as this, so that most runs get somewhere."""
        self.publish(brand, currency)
        self.approve_job(0, None, 1)
        self.apply(0, creator, quote, 1)
        if far != "offered":
            self.accept(0, 0, None, 1)
        if far not in ("offered", "accepted"):
            self.fund(0, None, True, 1)
        if far in ("delivered", "changed", "approved"):
            self.submit(0, None, 1)
        if far == "changed":
            self.request_changes(0, None, 1)
            self.submit(0, None, 1)
        if far in ("changed", "approved"):
            self.approve_work(0, None, 1)

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=ANYBODY, times=TIMES)
    def approve_job(self, number: int, by: str | None, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or "moderator"
        command = partial(jobs.approve_job, job.id, by=self.user(who), content_version=1)
        self.step(partial(self.books.approve_job, deal, who), command, times=times)

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=ANYBODY, verb=st.sampled_from(("pause", "unpause")), times=TIMES)
    def hold(self, number: int, by: str | None, verb: str, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or deal.brand
        self.step(
            partial(getattr(self.books, verb), deal, who), partial(getattr(jobs, f"{verb}_job"), job.id, by=self.user(who)), times=times
        )

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=st.sampled_from((*CREATORS, *CREATORS, *ACTORS)), quote=QUOTES, times=TIMES)
    def apply(self, number: int, by: str, quote: int, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        command = partial(hiring.apply_to_job, job.id, by=self.user(by), price_quote=quote)
        self.step(partial(self.books.apply, deal, by, quote), command, times=times)

    def offer(self, number: int, of: int) -> tuple[Job, Deal, str, Any] | None:
        job, deal = self.pick(self.deals, number)
        if not deal.offers:
            return None
        name = sorted(deal.offers)[of % len(deal.offers)]
        return job, deal, name, Application.objects.get(job=job, creator=self.user(name)).id

    @precondition(lambda self: self.deals)
    @rule(number=PICK, of=PICK, by=ANYBODY, times=TIMES)
    def withdraw(self, number: int, of: int, by: str | None, times: int) -> None:
        if found := self.offer(number, of):
            _job, deal, name, offer_id = found
            who = by or name
            command = partial(hiring.withdraw_application, offer_id, by=self.user(who))
            self.step(partial(self.books.withdraw, deal, name, who), command, times=times)

    @precondition(lambda self: self.deals)
    @rule(number=PICK, of=PICK, by=ANYBODY, times=TIMES)
    def accept(self, number: int, of: int, by: str | None, times: int) -> None:
        if found := self.offer(number, of):
            job, deal, name, offer_id = found
            who = by or deal.brand
            command = partial(hiring.accept_application, job.id, offer_id, by=self.user(who))
            self.step(partial(self.books.accept, deal, name, who), command, times=times)

    # The deal

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=ANYBODY, at_once=st.booleans(), times=TIMES)
    def fund(self, number: int, by: str | None, at_once: bool, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or deal.brand
        with override_settings(PAYMENT_PROVIDER="mock" if at_once else "manual"):
            command = partial(money.fund_escrow, job.id, by=self.user(who))
            self.step(partial(self.books.fund, deal, who, at_once=at_once), command, times=times)

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=ANYBODY, times=TIMES)
    def submit(self, number: int, by: str | None, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or deal.creator or CREATORS[0]
        self.step(partial(self.books.submit, deal, who), partial(deals.submit_work, job.id, by=self.user(who), items=FILES), times=times)

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=ANYBODY, times=TIMES)
    def request_changes(self, number: int, by: str | None, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or deal.brand
        command = partial(deals.request_changes, job.id, by=self.user(who), comment="Brighter.")
        self.step(partial(self.books.request_changes, deal, who), command, times=times)

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=ANYBODY, times=TIMES)
    def approve_work(self, number: int, by: str | None, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or deal.brand
        self.step(partial(self.books.approve_work, deal, who), partial(deals.approve_work, job.id, by=self.user(who)), times=times)

    @precondition(lambda self: self.deals)
    @rule(number=PICK, by=ANYBODY, times=TIMES)
    def cancel(self, number: int, by: str | None, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or deal.brand
        self.step(partial(self.books.cancel, deal, who), partial(deals.cancel_job, job.id, by=self.user(who)), times=times)

    @rule(bps=st.sampled_from((0, 1_500, 1_667, 10_000)))
    def change_commission(self, bps: int) -> None:
        """Deals that began keep theirs."""
        if bps != self.books.bps:
            command = partial(rules.add_commission_rule, by=self.user("approver"), scope="DEFAULT", bps=bps, note="A new year.")
            self.step(lambda: "done", command)
            self.books.bps = bps

    # Payouts and top-ups

    @rule(
        by=st.sampled_from((*CREATORS, *CREATORS, *CREATORS, *ACTORS)),
        method_of=st.sampled_from((None, None, None, *CREATORS)),
        currency=st.sampled_from(CURRENCIES),
        percent=st.integers(1, 110),
    )
    def request_payout(self, by: str, method_of: str | None, currency: str, percent: int) -> None:
        cents = max(1, self.books.wallets[by, currency] * percent // 100)
        owner = method_of or (by if by in CREATORS else CREATORS[0])
        self.ask_for(by, owner, currency, cents)

    def ask_for(self, by: str, owner: str, currency: str, cents: int) -> None:
        waiting = [paper for _row, paper in self.payouts]
        self.step(
            partial(self.books.request_payout, waiting, by, owner, currency, cents),
            partial(money.request_payout, by=self.user(by), amount_cents=cents, currency=currency, method_id=self.people.methods[owner]),
            keep=lambda row: self.keep_payout(row, Paper(by, currency, cents, cents > papers.SECOND_PAYOUT[currency])),
        )

    def keep_payout(self, row: Payout, paper: Paper) -> None:
        self.payouts.append((row, paper))
        self.books.keep_payout(paper)

    def payable(self) -> list[tuple[str, str]]:
        """The wallets of creators that hold enough for a payout."""
        return [
            (name, currency)
            for name, currency in itertools.product(CREATORS, CURRENCIES)
            if self.books.wallets[name, currency] >= papers.SMALLEST_PAYOUT[currency]
        ]

    @precondition(payable)
    @rule(percent=st.sampled_from((100, 50, 10)), far=st.sampled_from(("PAID", "SENT", "APPROVED", "SIGNED")))
    def pay_out(self, percent: int, far: str) -> None:
        """The straight way of the largest wallet's money out, as far as this."""
        creator, currency = max(self.payable(), key=lambda wallet: self.books.wallets[wallet])
        waiting = len(self.payouts)
        self.ask_for(creator, creator, currency, max(1, self.books.wallets[creator, currency] * percent // 100))
        if len(self.payouts) == waiting:
            return
        self.approve_payout(0, "finance", 1)
        if far != "SIGNED" and self.payouts[-1][1].needs_second:
            self.approve_payout(0, "approver", 1)
        if far in ("SENT", "PAID"):
            self.decide_payout(0, None, "SENT", 1)
        if far == "PAID":
            self.decide_payout(0, None, "PAID", 1)

    @precondition(lambda self: self.payouts)
    @rule(number=PICK, by=st.one_of(st.none(), st.sampled_from((*SIGNERS, *SIGNERS, *ACTORS))), times=TIMES)
    def approve_payout(self, number: int, by: str | None, times: int) -> None:
        payout, paper = self.pick(self.payouts, number)
        who = by or ("finance" if paper.first is None else "approver")
        self.step(partial(self.books.approve_payout, paper, who), partial(money.approve_payout, payout.id, by=self.user(who)), times=times)

    @precondition(lambda self: self.payouts)
    @rule(number=PICK, by=ANYBODY, times=TIMES)
    def cancel_payout(self, number: int, by: str | None, times: int) -> None:
        payout, paper = self.pick(self.payouts, number)
        who = by or paper.owner
        self.step(partial(self.books.cancel_payout, paper, who), partial(money.cancel_payout, payout.id, by=self.user(who)), times=times)

    @precondition(lambda self: self.payouts)
    @rule(number=PICK, by=ANYBODY, end=st.sampled_from(("REJECTED", "SENT", "SENT", "PAID", "PAID", "FAILED", "RETURNED")), times=TIMES)
    def decide_payout(self, number: int, by: str | None, end: str, times: int) -> None:
        payout, paper = self.pick(self.payouts, number)
        who = by or "finance"
        verbs: dict[str, Callable[..., Any]] = {
            "REJECTED": partial(money.reject_payout, reason="The name differs."),
            "SENT": money.send_payout,
            "PAID": partial(money.mark_payout_paid, bank_reference="document 1"),
            "FAILED": partial(money.fail_payout, reason="The account is closed."),
            "RETURNED": partial(money.return_payout, reason="The account is closed."),
        }
        self.step(partial(self.books.decide_payout, paper, who, end), partial(verbs[end], payout.id, by=self.user(who)), times=times)

    @rule(
        brand=st.sampled_from(BRANDS),
        currency=st.sampled_from(CURRENCIES),
        cents=st.sampled_from((450_000, 60_000_000, 1_000, 1)),
        has_arrived=st.booleans(),
    )
    def request_top_up(self, brand: str, currency: str, cents: int, has_arrived: bool) -> None:
        with override_settings(PAYMENT_PROVIDER="manual"):
            command = partial(money.request_top_up, by=self.user(brand), amount_cents=cents, currency=currency)
            paper = Paper(brand, currency, cents, cents > papers.SECOND_TOP_UP[currency])
            self.step(lambda: "done", command, keep=lambda row: self.keep_top_up(row, paper))
        if has_arrived:
            self.confirm_top_up(0, "finance", 1)

    def keep_top_up(self, row: TopUp, paper: Paper) -> None:
        self.top_ups.append((row, paper))
        self.books.keep_top_up(paper)

    @precondition(lambda self: self.top_ups)
    @rule(number=PICK, by=st.one_of(st.none(), st.sampled_from((*SIGNERS, *SIGNERS, *ACTORS))), times=TIMES)
    def confirm_top_up(self, number: int, by: str | None, times: int) -> None:
        top_up, paper = self.pick(self.top_ups, number)
        who = by or ("finance" if paper.first is None else "approver")
        command = partial(money.confirm_top_up, top_up.id, by=self.user(who), bank_reference=f"transfer {top_up.number}")
        self.step(partial(self.books.confirm_top_up, paper, who), command, times=times)

    @precondition(lambda self: self.top_ups)
    @rule(number=PICK, by=ANYBODY, verb=st.sampled_from(("reject_top_up", "cancel_top_up")), times=TIMES)
    def drop_top_up(self, number: int, by: str | None, verb: str, times: int) -> None:
        top_up, paper = self.pick(self.top_ups, number)
        who = by or ("finance" if verb == "reject_top_up" else paper.owner)
        command = partial(getattr(money, verb), top_up.id, by=self.user(who))
        if verb == "reject_top_up":
            command = partial(command, reason="No money came.")
        self.step(partial(getattr(self.books, verb), paper, who), command, times=times)
