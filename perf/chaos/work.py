"""What people do meanwhile: whole deals over HTTP, by clients who ask again with the same key until they have an answer."""

import itertools
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.db import transaction

from core.demo import final_video
from core.people.accounts.operator import create_account
from core.people.models import User
from core.people.services import add_portfolio_item, update_brand_profile, update_creator_profile
from core.telegram.services import confirm_binding, request_code
from perf.chaos.stage import PASSWORD

PATIENCE_SECONDS = 180
PRICE = 5_000
FIRST_CHAT = 700_000_001


class GaveUp(Exception):
    """No answer within the patience, or one that no retry will change."""


@dataclass
class Client:
    """One person. Every write has a key, and is repeated with it until it is answered."""

    base_url: str
    email: str
    token: str = ""
    repeats: int = 0
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The data of the answer. Raises GaveUp."""
        key, end = str(uuid.uuid4()), time.monotonic() + PATIENCE_SECONDS
        last = "no answer"
        while time.monotonic() < end:
            try:
                answer = self._ask(method, path, body, key)
            except httpx.HTTPError as failure:
                last = type(failure).__name__
            else:
                if answer.status_code < 300:
                    return answer.json()["data"]
                last = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code < 500 and "REQUEST_IN_FLIGHT" not in answer.text:
                    raise GaveUp(f"{method} {path}: {last}")
            self.repeats += 1
            time.sleep(0.2)
        raise GaveUp(f"{method} {path}: {last}")

    def _ask(self, method: str, path: str, body: Any, key: str) -> httpx.Response:
        headers = {"Idempotency-Key": key} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        return self.http.request(method, f"{self.base_url}/api/{path}", json=body, headers=headers)

    def sign_in(self) -> None:
        """Later calls are this person's."""
        self.token = self.call("POST", "auth/login", {"email": self.email, "password": PASSWORD})["token"]


@dataclass
class Pair:
    """A brand and a creator who do one deal after the other, and a moderator who lets them."""

    brand: Client
    creator: Client
    moderator: Client
    deals: list[str] = field(default_factory=list)

    def sign_in(self) -> None:
        for person in (self.brand, self.creator, self.moderator):
            person.sign_in()

    def deal(self) -> str:
        """One whole deal: its job's id, when every step of it was answered."""
        job = self.brand.call("POST", "jobs", content())["job"]
        job_id = job["id"]
        self.moderator.call("POST", f"admin/jobs/{job_id}/approve", {"contentVersion": job["contentVersion"]})
        offer = {"message": "I can film it this week.", "priceQuote": PRICE}
        application = self.creator.call("POST", f"jobs/{job_id}/apply", offer)["application"]
        accepted = self.brand.call("POST", f"jobs/{job_id}/applications/{application['id']}/accept")
        talk = f"conversations/{accepted['conversationId']}/messages"
        self.brand.call("POST", f"escrow/{job_id}/fund")
        self.creator.call("POST", talk, {"body": "The parcel has come."})
        self.creator.call("POST", f"jobs/{job_id}/submissions", {"items": [final_video()]})
        self.brand.call("POST", f"jobs/{job_id}/review/request-changes", {"comment": "Shorter, please."})
        self.brand.call("POST", talk, {"body": "The first seconds."})
        self.creator.call("POST", f"jobs/{job_id}/submissions", {"items": [final_video()]})
        self.brand.call("POST", f"jobs/{job_id}/review/approve")
        return job_id


def content() -> dict[str, Any]:
    """A whole brief."""
    return {
        "title": f"Green tea {uuid.uuid4().hex[:8]}",
        "description": "Brew it, taste it, tell what you think of it.",
        "platform": "TIKTOK",
        "niche": "FOOD",
        "contentFormats": ["REVIEW"],
        "languages": ["ru"],
        "budgetMin": 3_000,
        "budgetMax": 9_000,
        "currency": "RUB",
        "usageTermDays": 90,
        "revisionRounds": 2,
        "revisionRoundsIncluded": 1,
        "deadlineType": "WEEK_PLUS",
    }


def cast(base_url: str, pairs: int) -> list[Pair]:
    """Brands and creators whose Telegram is linked, and a moderator for each pair, who has none."""
    chats = itertools.count(FIRST_CHAT)
    return [_pair(base_url, number, chats) for number in range(pairs)]


def _pair(base_url: str, number: int, chats: "itertools.count[int]") -> Pair:
    emails = {role: f"{role.lower()}-{number}@example.com" for role in ("BRAND", "CREATOR", "STAFF")}
    with transaction.atomic():
        brand = create_account(email=emails["BRAND"], password=PASSWORD, role="BRAND", name=f"Tea House {number}")
        update_brand_profile(by=brand, changes={"description": "Tea.", "website": "https://example.com"})
        creator = create_account(email=emails["CREATOR"], password=PASSWORD, role="CREATOR", name=f"Creator {number}")
        known = {"bio": "I film honest reviews of tea.", "platforms": ["TIKTOK"], "niches": ["FOOD"], "price_per_video": PRICE}
        update_creator_profile(by=creator, changes=known)
        add_portfolio_item(by=creator, content={"url": "https://example.com/tea"})
        create_account(email=emails["STAFF"], password=PASSWORD, role="STAFF", name="Moderator", capabilities=("moderator",))
    for person in (brand, creator):
        bind(person, next(chats))
    clients = {role: Client(base_url, email) for role, email in emails.items()}
    return Pair(clients["BRAND"], clients["CREATOR"], clients["STAFF"])


def bind(person: User, chat: int) -> None:
    """The person's notices go to this chat."""
    _row, code = request_code(by=person)
    confirm_binding(code=code, telegram_user_id=chat, chat_id=chat)


class Worker(threading.Thread):
    """A pair at work until it is told to stop; what it could not finish is a fault."""

    def __init__(self, pair: Pair, is_over: threading.Event, *, rest: float) -> None:
        super().__init__(daemon=True)
        self.pair, self.is_over, self.rest = pair, is_over, rest
        self.fault = ""

    def run(self) -> None:
        try:
            while not self.is_over.is_set():
                self.pair.deals.append(self.pair.deal())
                self.is_over.wait(self.rest)
        except GaveUp as reason:
            self.fault = str(reason)


class Puller(threading.Thread):
    """A consumer of the pull API with a cursor, as those of the original: pull, handle, acknowledge, remember the cursor."""

    def __init__(self, base_url: str, secret: str) -> None:
        super().__init__(daemon=True)
        self.client = Client(base_url, "", token=secret)
        self.pages: list[list[str]] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        cursor = None
        while not self.is_over.is_set():
            try:
                pulled = self.client.call("GET", "outbox/pull?limit=100" + (f"&cursor={cursor}" if cursor else ""))
            except GaveUp:
                continue
            ids = [event["id"] for event in pulled["events"]]
            if ids:
                self.pages.append(ids)
                self.client.call("POST", "outbox/ack", {"ids": ids})
            cursor = pulled["nextCursor"] or cursor
            if not ids:
                time.sleep(0.3)
