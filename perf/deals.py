"""The money of a measured world: wallets, top-ups, escrows, and the entries that move it, in the order of the facts."""

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection

from core.deals.models import Submission, SubmissionItem
from core.jobs import models as jobs
from core.money.models import Account, Escrow, LedgerEntry, TopUp
from perf.world import COMMISSION_BPS, CURRENCY, Job, Record, World, copy

SYSTEM_USER_ID = uuid.UUID("00000000-0000-7000-8000-000000000001")
RULE_ID = uuid.UUID("00000000-0000-7000-8000-000000000002")
ACCOUNT_ID_START = 1_000_000
UNFUNDED_PRICE = 5_000
CLOSED = {"COMPLETED": "RELEASED", "CANCELED": "REFUNDED"}


class Deals:
    """Writes what the deals of a world have moved. Escrows and submissions carry the ids of their jobs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.deals: list[Job] = []
        self.wallets: dict[uuid.UUID, int] = {}
        self.escrows: dict[uuid.UUID, int] = {}
        self.platform: dict[str, int] = {}

    def write_money(self) -> None:
        self.deals = [job for job in self.world.jobs if job.creator]
        self.open_accounts()
        copy(TopUp, self.top_ups())
        copy(Escrow, (self.escrow(job) for job in self.deals))
        copy(LedgerEntry, self.entries())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def open_accounts(self) -> None:
        brands = dict.fromkeys(job.brand for job in self.deals)
        creators = dict.fromkeys(job.creator for job in self.deals if job.creator)
        holders = [("BRAND", person) for person in brands] + [("CREATOR", person) for person in creators]
        self.wallets = {person: ACCOUNT_ID_START + number for number, (_, person) in enumerate(holders)}
        first = ACCOUNT_ID_START + len(holders)
        self.escrows = {job.id: first + number for number, job in enumerate(self.deals)}
        accounts = [self.account(self.wallets[person], kind, person) for kind, person in holders]
        copy(Account, accounts + [self.account(escrow, "ESCROW", None) for escrow in self.escrows.values()])
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, id FROM core_account WHERE id < %s AND currency = %s", [ACCOUNT_ID_START, CURRENCY])
            self.platform = dict(cursor.fetchall())
            cursor.execute("SELECT setval(pg_get_serial_sequence('core_account', 'id'), (SELECT max(id) FROM core_account))")

    def account(self, id: int, kind: str, owner: uuid.UUID | None) -> Record:
        empty = {"currency": CURRENCY, "balance_cents": 0, "version": 0, "created_at": self.world.now}
        return {"id": id, "kind": kind, "owner_id": owner} | empty

    def topped_up(self) -> dict[uuid.UUID, int]:
        """What each brand that hires has put in: a tenth more than its deals cost."""
        sums: dict[uuid.UUID, int] = {}
        for job in self.deals:
            sums[job.brand] = sums.get(job.brand, 0) + job.cents
        return {brand: cents * 11 // 10 for brand, cents in sums.items()}

    def top_ups(self) -> Iterator[Record]:
        """One confirmed top-up per brand, under the brand's own id."""
        now = self.world.now
        for number, (brand, cents) in enumerate(self.topped_up().items()):
            yield {
                "id": brand,
                "brand_id": brand,
                "amount_cents": cents,
                "currency": CURRENCY,
                "provider": "manual",
                "status": "CONFIRMED",
                "confirmed_by_id": SYSTEM_USER_ID,
                "bank_reference": f"world-{number}",
                "closed_at": now,
                "created_at": now,
                "updated_at": now,
            }

    def escrow(self, job: Job) -> Record:
        return {
            "id": job.id,
            "job_id": job.id,
            "brand_id": job.brand,
            "creator_id": job.creator,
            "account_id": self.escrows[job.id],
            "amount_cents": job.cents,
            "currency": CURRENCY,
            "commission_bps": COMMISSION_BPS,
            "commission_rule_id": RULE_ID,
            "status": CLOSED.get(job.status, "FUNDED"),
            "funded_at": job.moment,
            "closed_at": job.moment if job.status in CLOSED else None,
            "created_at": job.moment,
            "updated_at": job.moment,
        }

    def entries(self) -> Iterator[Record]:
        for brand, cents in self.topped_up().items():
            yield self.entry("BRAND_TOPUP", f"BRAND_TOPUP:{brand}", (self.platform["EXTERNAL"], self.wallets[brand]), cents)
        for job in self.deals:
            wallet, escrow = self.wallets[job.brand], self.escrows[job.id]
            yield self.entry("ESCROW_FUNDED", f"ESCROW_FUND:{job.id}", (wallet, escrow), job.cents, job.id)
            if job.status == "COMPLETED":
                yield from self.release(job)
            elif job.status == "CANCELED":
                yield self.entry("ESCROW_REFUNDED", f"ESCROW_REFUND:{job.id}", (escrow, wallet), job.cents, job.id)

    def release(self, job: Job) -> Iterator[Record]:
        fee = (job.cents * COMMISSION_BPS + 5_000) // 10_000
        escrow = self.escrows[job.id]
        yield self.entry("COMMISSION_TAKEN", f"ESCROW_COMMISSION:{job.id}", (escrow, self.platform["COMMISSION"]), fee, job.id)
        if job.creator:
            yield self.entry("ESCROW_RELEASED", f"ESCROW_RELEASE:{job.id}", (escrow, self.wallets[job.creator]), job.cents - fee, job.id)

    def entry(self, type: str, reference: str, ends: tuple[int, int], cents: int, job_id: Any = None) -> Record:
        return {
            "type": type,
            "reference": reference,
            "from_account_id": ends[0],
            "to_account_id": ends[1],
            "currency": CURRENCY,
            "amount_cents": cents,
            "job_id": job_id,
            "actor_id": SYSTEM_USER_ID,
            "created_at": self.world.now,
        }

    def write_submissions(self) -> None:
        delivered = [job for job in self.deals if job.status in ("IN_REVIEW", "COMPLETED")]
        copy(Submission, (self.submission(job) for job in delivered))
        copy(SubmissionItem, (self.item(job) for job in delivered))

    def submission(self, job: Job) -> Record:
        return {
            "id": job.id,
            "job_id": job.id,
            "creator_id": job.creator,
            "version": 1,
            "status": "APPROVED" if job.status == "COMPLETED" else "SUBMITTED",
            "created_at": job.moment,
            "updated_at": job.moment,
        }

    def item(self, job: Job) -> Record:
        times = {"created_at": job.moment, "updated_at": job.moment}
        return {"id": job.id, "submission_id": job.id, "type": "FINAL_VIDEO", "url": "https://example.com/video", "position": 0} | times


class UnfundedDeals(Deals):
    """Deals that wait for their money, of brands whose wallets can pay for them: what a benchmark of funding needs."""

    def write(self, count: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """Job and brand of each deal; all have one price."""
        world = self.world
        drawn = (world.draw_job(world.now, "IN_PROGRESS", "APPROVED") for _ in range(count))
        world.jobs = [dataclasses.replace(job, budget_max=UNFUNDED_PRICE) for job in drawn]
        copy(jobs.Job, (world.deal_terms(job) | world.content(1, job) for job in world.jobs))
        self.deals = world.jobs
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('core_account', 'id'))")
            first = cursor.fetchone()[0] + 1
        self.escrows = {job.id: first + number for number, job in enumerate(self.deals)}
        copy(Account, (self.account(escrow, "ESCROW", None) for escrow in self.escrows.values()))
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('core_account', 'id'), (SELECT max(id) FROM core_account))")
        waiting = {"status": "UNFUNDED", "funded_at": None, "closed_at": None}
        copy(Escrow, (self.escrow(job) | waiting for job in self.deals))
        return [(job.id, job.brand) for job in self.deals]
