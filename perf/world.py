"""A world of any size, written straight into the tables in the order that the ledger allows.

People, jobs, applications and deals are drawn with a fixed seed and skewed as real ones are: a few niches and platforms hold
most of the jobs, a few words are everywhere and one is rare. Money is real: every wallet follows from entries that the
database itself moved, and `manage.py ledger_verify` is clean afterwards.
"""

import dataclasses
import itertools
import json
import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models

from core.hiring.models import Application
from core.jobs import models as jobs
from core.people.models import BrandProfile, CreatorProfile, User
from perf.words import ADJECTIVES, NICHE_WEIGHTS, PLATFORM_WEIGHTS, PRODUCTS, RARE_WORD, SENTENCES

SEED = 20_260_401
COMMISSION_BPS = 1_500
CURRENCY = "RUB"
RARE_EVERY = 5_000

Record = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Size:
    """How much of everything there is. Deals are part of the jobs."""

    jobs: int = 100_000
    applications: int = 300_000
    deals: int = 20_000
    brands: int = 1_000
    creators: int = 5_000


@dataclasses.dataclass(frozen=True)
class Job:
    """What later tables need to know of a job. Brand and creator are ids; only a deal has a creator."""

    id: uuid.UUID
    brand: uuid.UUID
    creator: uuid.UUID | None
    moment: datetime
    status: str
    moderation: str
    budget_max: int

    @property
    def cents(self) -> int:
        return self.budget_max * 100


def copy(model: type[models.Model], records: Iterable[Record]) -> None:
    """All records go into the model's table by COPY; triggers and checks see each of them. What they leave out has its default."""
    fields = [field for field in model._meta.concrete_fields if not field.generated and not isinstance(field, models.AutoField)]
    absent: Record = {field.column or field.name: field.get_default() for field in fields}
    rows = (absent | record for record in records)
    first = next(rows)
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {model._meta.db_table} ({', '.join(first)}) FROM STDIN") as stream:
        for row in itertools.chain([first], rows):
            stream.write_row(tuple(row.values()))


class World:
    """Draws and writes people, jobs and applications. Money follows in `perf.deals`."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.random = random.Random(SEED)
        self.now = datetime.now(UTC)
        self.brands = [self.new_id(self.some_moment(720)) for _ in range(size.brands)]
        self.creators = [self.new_id(self.some_moment(720)) for _ in range(size.creators)]
        self.jobs: list[Job] = []

    def new_id(self, moment: datetime) -> uuid.UUID:
        """A version 7 id as if made at that moment."""
        value = int(moment.timestamp() * 1000) << 80 | self.random.getrandbits(80)
        value = value & ~(0xF << 76) | 0x7 << 76
        return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)

    def some_moment(self, days: int) -> datetime:
        """A moment in the last so many days, recent ones likelier."""
        return self.now - timedelta(seconds=self.random.random() ** 2 * days * 86_400 + 1)

    def pick(self, weights: dict[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def write_people(self) -> None:
        people = [(person, "BRAND") for person in self.brands] + [(person, "CREATOR") for person in self.creators]
        copy(User, (self.user(number, person, role) for number, (person, role) in enumerate(people)))
        copy(BrandProfile, (self.brand(number, person) for number, person in enumerate(self.brands)))
        copy(CreatorProfile, (self.creator(number, person) for number, person in enumerate(self.creators)))

    def user(self, number: int, person: uuid.UUID, role: str) -> Record:
        return {
            "id": person,
            "email": f"{role.lower()}-{number}@world.invalid",
            "role": role,
            "password": "!",
            "email_verified_at": self.now,
            "created_at": self.now,
            "updated_at": self.now,
        }

    def profile(self, person: uuid.UUID) -> Record:
        """The columns that both kinds of profile share."""
        return {
            "id": self.new_id(self.now),
            "user_id": person,
            "country": "RU",
            "created_at": self.now,
            "updated_at": self.now,
        }

    def brand(self, number: int, person: uuid.UUID) -> Record:
        name = f"{self.random.choice(PRODUCTS).title()} {number}"
        own = {"company_name": name, "website": "https://example.com", "description": "Продаём с любовью."}
        return self.profile(person) | own

    def creator(self, number: int, person: uuid.UUID) -> Record:
        return self.profile(person) | {
            "display_name": f"Автор {number}",
            "bio": "Снимаю честные обзоры.",
            "languages": ["ru"],
            "niches": [self.pick(NICHE_WEIGHTS)],
            "platforms": [self.pick(PLATFORM_WEIGHTS)],
            "price_per_video": self.random.randint(1, 50) * 500,
            "currency": CURRENCY,
            "is_public": True,
            "verification_status": "VERIFIED" if number % 5 < 3 else "UNVERIFIED",
        }

    # ── jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def write_jobs(self) -> None:
        moments = sorted(self.some_moment(365) for _ in range(self.size.jobs))
        self.jobs = [self.draw_job(moment, *state) for moment, state in zip(moments, self.states(), strict=True)]
        copy(jobs.Job, (self.deal_terms(job) | self.content(number, job) for number, job in enumerate(self.jobs)))

    def states(self) -> list[tuple[str, str]]:
        """Statuses and moderation in a drawn order, deals exactly as many as asked for."""
        deals, rest = self.size.deals, self.size.jobs - self.size.deals
        drawn = [("IN_PROGRESS", "APPROVED")] * (deals * 3 // 10) + [("IN_REVIEW", "APPROVED")] * (deals // 5)
        drawn += [("CANCELED", "APPROVED")] * (deals // 10)
        drawn += [("COMPLETED", "APPROVED")] * (deals - len(drawn))
        drawn += [("PUBLISHED", "PENDING"), ("DRAFT", "NONE"), ("PAUSED", "APPROVED")] * (rest // 20)
        drawn += [("PUBLISHED", "APPROVED")] * (self.size.jobs - len(drawn))
        self.random.shuffle(drawn)
        return drawn

    def draw_job(self, moment: datetime, status: str, moderation: str) -> Job:
        is_deal = status in ("IN_PROGRESS", "IN_REVIEW", "COMPLETED", "CANCELED")
        return Job(
            id=self.new_id(moment),
            brand=self.brands[int(self.random.random() ** 2 * self.size.brands)],
            creator=self.random.choice(self.creators) if is_deal else None,
            moment=moment,
            status=status,
            moderation=moderation,
            budget_max=self.random.randint(2, 200) * 500,
        )

    def deal_terms(self, job: Job) -> Record:
        """The columns that follow from the state."""
        terms = {"priceCents": job.cents, "commissionBps": COMMISSION_BPS}
        canceled = job.status == "CANCELED"
        return {
            "id": job.id,
            "brand_id": job.brand,
            "active_creator_id": job.creator,
            "status": job.status,
            "moderation_status": job.moderation,
            "agreed_terms": json.dumps(terms) if job.creator else None,
            "submitted_at": job.moment if job.moderation != "NONE" else None,
            "live_at": job.moment if job.moderation == "APPROVED" else None,
            "started_at": job.moment if job.creator else None,
            "completed_at": job.moment if job.status == "COMPLETED" else None,
            "canceled_at": job.moment if canceled else None,
            "canceled_by_id": job.brand if canceled else None,
            "created_at": job.moment,
            "updated_at": job.moment,
        }

    def content(self, number: int, job: Job) -> Record:
        """What the brand wrote."""
        draw = self.random
        product = draw.choice(PRODUCTS)
        rare = f" {RARE_WORD}" if number % RARE_EVERY == 0 else ""
        return {
            "title": f"{draw.choice(ADJECTIVES)} {product} №{number}{rare}",
            "description": " ".join(draw.choices(SENTENCES, k=3)).format(product=product),
            "platform": self.pick(PLATFORM_WEIGHTS),
            "niche": self.pick(NICHE_WEIGHTS),
            "deliverables_count": draw.randint(1, 10),
            "video_duration_sec": draw.choice((15, 30, 45, 60)),
            "content_formats": draw.sample(("REVIEW", "UNBOXING", "HOW_TO", "TALKING_HEAD", "NO_FACE"), 2),
            "needs_posting": draw.random() < 0.3,
            "needs_whitelisting": draw.random() < 0.1,
            "shipping_required": draw.random() < 0.2,
            "rights_package": draw.choice(("BASIC", "BASIC", "ADS", "BUYOUT")),
            "usage_term_days": 90,
            "revision_rounds": 2,
            "revision_rounds_included": 1,
            "languages": ["ru"] if draw.random() < 0.9 else ["kk", "ru"],
            "budget_min": max(1, job.budget_max // 2),
            "budget_max": job.budget_max,
            "currency": CURRENCY,
            "deadline_type": "WEEK_PLUS",
        }

    # ── applications ─────────────────────────────────────────────────────────────────────────────────────────────────

    def write_applications(self) -> None:
        copy(Application, self.applications())

    def applications(self) -> Iterator[Record]:
        approved = [job for job in self.jobs if job.moderation == "APPROVED"]
        left = self.size.applications
        for place, job in enumerate(approved):
            share = min(left // (len(approved) - place), left, self.size.creators)
            left -= share
            people = set(self.random.sample(self.creators, share))
            if job.creator and people:
                people = {*list(people - {job.creator})[: share - 1], job.creator}
            for person in people:
                yield self.application(job, person)

    def application(self, job: Job, person: uuid.UUID) -> Record:
        moment = job.moment + timedelta(minutes=self.random.randint(1, 600))
        return {
            "id": self.new_id(moment),
            "job_id": job.id,
            "creator_id": person,
            "status": "PENDING" if not job.creator else "ACCEPTED" if person == job.creator else "REJECTED",
            "message": "Сниму за три дня.",
            "price_quote": job.budget_max,
            "created_at": moment,
            "updated_at": moment,
        }
