"""What is measured: the requests of each scenario, for ours and for the floor, and the rows they need."""

import dataclasses
import itertools
import random
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import orjson
from django.db import transaction
from django.test import Client

from core.base import clock
from core.base.crypto import digest
from core.hiring.models import Application
from core.jobs.models import Job
from core.money.models import Account, Escrow
from core.money.services import request_top_up
from core.people.models import CreatorProfile, PortfolioItem, Session, User
from perf.bench.load import request_bytes
from perf.bench.recording import Recording, record
from perf.deals import UnfundedDeals
from perf.words import RARE_WORD
from perf.world import SEED, Size, World

PEOPLE = 100
DEEP_ROW = 100_000  # page 5,000 of 20
PAGE_MAX = 100
WALLET_CENTS = 1_000_000_000_000
APPLY = orjson.dumps({"message": "Сниму за три дня.", "priceQuote": 4_500})


@dataclasses.dataclass(frozen=True)
class Request:
    """One request, before it is bytes."""

    path: str
    token: str = ""
    method: str = "GET"
    body: bytes = b""


@dataclasses.dataclass
class Scenario:
    """A kind of request, with as many of them as are asked for."""

    name: str
    title: str
    requests: Iterator[Request]
    status: int = 200
    own: Callable[[Request], dict[str, str]] = lambda _: {}

    def record(self) -> Recording:
        """What the next request says to the database. Raises RuntimeError when it does not get its answer."""
        request = next(self.requests)
        own = self.own(request)
        recording = record(request.method, request.path, token=request.token, body=request.body, own=own)
        if recording.status != self.status:
            raise RuntimeError(f"{self.name}: answered {recording.status} while recording")
        return recording

    def ours(self) -> Iterator[bytes]:
        return (request_bytes(each.method, each.path, token=each.token, body=each.body) for each in self.requests)

    def floors(self) -> Iterator[bytes]:
        return (request_bytes(each.method, f"/{self.name}{each.path}", token=each.token, body=each.body) for each in self.requests)


class People:
    """Signed-in brands and creators of the measured world."""

    def __init__(self) -> None:
        self.tokens: dict[Any, str] = {}
        self.brands = self.sign_in("BRAND")
        self.creators = self.sign_in("CREATOR")
        self.complete_portfolios()

    def sign_in(self, role: str) -> list[Any]:
        ids = list(User.objects.filter(role=role).order_by("id").values_list("id", flat=True)[:PEOPLE])
        tomorrow = clock.now() + timedelta(days=1)
        self.tokens |= {person: f"ugc_{secrets.token_urlsafe(32)}" for person in ids}
        Session.objects.bulk_create(
            Session(user_id=person, digest=digest(self.tokens[person]), kind="TOKEN", expires_at=tomorrow) for person in ids
        )
        return ids

    def own(self, request: Request) -> dict[str, str]:
        """What in the recorded statements belongs to the caller."""
        person = next(person for person, token in self.tokens.items() if token == request.token)
        return {"digest": digest(request.token), "user": str(person)}

    def complete_portfolios(self) -> None:
        """These creators may apply."""
        profiles = CreatorProfile.objects.filter(user__in=self.creators, portfolio=None)
        PortfolioItem.objects.bulk_create(PortfolioItem(creator=profile, url="https://example.com/video") for profile in profiles)


def reads(people: People) -> list[Scenario]:
    """Requests that change nothing."""
    job = Job.objects.filter(is_live=True).order_by("live_at")[0]
    creator = people.creators[0]
    feed = "/api/jobs"
    paths = [
        ("feed", "Feed, first page", feed),
        ("feed_filtered", "Feed, by niche and platform", f"{feed}?niche=FOOD&platform=VK_CLIPS"),
        ("feed_common", "Feed, a common word", f"{feed}?q={quote('крем')}"),
        ("feed_rare", "Feed, a rare word", f"{feed}?q={quote(RARE_WORD)}"),
        ("feed_budget", "Feed, by budget", f"{feed}?sort=budget&currency=RUB"),
        ("job", "Job detail", f"{feed}/{job.pk}"),
    ]
    scenarios = [Scenario(name, title, itertools.repeat(Request(path))) for name, title, path in paths]
    signed = Request("/api/me", token=people.tokens[creator])
    deep = Scenario("feed_deep", "Feed, page 5,000", deep_pages())
    return [*scenarios, deep, Scenario("me", "Me", itertools.repeat(signed), own=people.own)]


def deep_pages() -> Iterator[Request]:
    """Page 5,000 again and again; the walk to it happens when the first one is asked for."""
    yield from itertools.repeat(Request(f"/api/jobs?cursor={deep_cursor()}"))


def deep_cursor() -> str:
    """The cursor of page 5,000, found by walking there. Raises RuntimeError when the feed is too short."""
    cursor = ""
    client = Client()
    for _ in range(DEEP_ROW // PAGE_MAX):
        answer = client.get("/api/jobs", {"limit": PAGE_MAX} | ({"cursor": cursor} if cursor else {})).json()
        cursor = answer["data"]["nextCursor"]
        if not cursor:
            raise RuntimeError(f"the feed has fewer than {DEEP_ROW:,} live jobs: make a larger world")
    return cursor


def writes(people: People, funded: int) -> list[Scenario]:
    """Requests that move something; each can be made once."""
    return [apply(people), fund(people, funded)]


def apply(people: People) -> Scenario:
    jobs = list(Job.objects.filter(is_live=True).order_by("-live_at").values_list("id", flat=True)[:2_000])
    taken = set(Application.objects.filter(creator__in=people.creators, job__in=jobs).values_list("job_id", "creator_id"))
    pairs = [pair for pair in itertools.product(jobs, people.creators) if pair not in taken]
    random.Random(SEED).shuffle(pairs)

    def own(request: Request) -> dict[str, str]:
        return people.own(request) | {"job": request.path.split("/")[3]}

    requests = (Request(f"/api/jobs/{job}/apply", people.tokens[creator], "POST", APPLY) for job, creator in pairs)
    return Scenario("apply", "Apply to a job", requests, status=201, own=own)


def fund(people: People, count: int) -> Scenario:
    with transaction.atomic():
        world = World(Size(jobs=0, applications=0, deals=0, brands=0, creators=0))
        world.brands, world.creators = people.brands, people.creators
        world.random.seed(secrets.randbits(64))  # ids beside those of earlier runs
        deals = UnfundedDeals(world).write(count)
        fill_wallets(people)

    def own(request: Request) -> dict[str, str]:
        job = request.path.split("/")[3]
        escrow = Escrow.objects.get(job_id=job)
        wallet = Account.objects.get(owner_id=escrow.brand_id, currency=escrow.currency)
        return people.own(request) | {"job": job, "escrow": str(escrow.account_id), "wallet": str(wallet.pk)}

    requests = (Request(f"/api/escrow/{job}/fund", people.tokens[brand], "POST") for job, brand in deals)
    return Scenario("fund", "Fund an escrow", requests, own=own)


def fill_wallets(people: People) -> None:
    """Every brand here can pay for all of its deals."""
    for brand in User.objects.filter(id__in=people.brands):
        request_top_up(by=brand, amount_cents=WALLET_CENTS, currency="RUB")
