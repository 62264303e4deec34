"""Canaries: private things walk through a whole deal, and are heard by nobody but those whose they are."""

import json
import logging
from typing import Any

import orjson
import pytest

from api.models import IdempotencyKey
from core.audit.models import AuditEntry
from core.logging import logging_configuration
from core.notifications.models import Notification
from core.people.models import BrandProfile, CreatorProfile, Session, User
from core.telegram import services as telegram
from outbox import carrier, sequencer
from outbox.channels import EMAIL, TELEGRAM
from outbox.models import Attempt, Delivery, Event
from tests.api.callers import Answer, Caller
from tests.telegram.chats import pace
from tests.world import PASSWORD

BRAND_EMAIL = "canary.brand@private.example"
CREATOR_EMAIL = "canary.creator@private.example"
CARD, PHONE, IBAN, PURSE = "5555555555554444", "+79035550199", "DE89370400440532013000", "purse-of-the-canary"
MESSAGE, NOTE, COMMENT = "canary in the message", "canary in the note", "canary in the comment"
TALK = (MESSAGE, NOTE, COMMENT)
CHATS, USERNAME = (500_000_901, 500_000_902), "canary_of_telegram"
DETAILS = (CARD, PHONE, PHONE[1:], IBAN, PURSE)


class Listener(Caller):
    """A caller who remembers everything that it was answered with, headers too."""

    def __init__(self, user: User | None = None) -> None:
        super().__init__(user)
        self.heard: list[str] = []

    def call(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Answer:
        answer = super().call(method, path, body, raw=raw, **headers)
        self.heard.append(json.dumps(dict(answer.headers)) + answer.content.decode())
        return answer

    def hears(self, *canaries: str) -> list[str]:
        """Those of the canaries that came back to this caller."""
        return [canary for canary in canaries if any(canary in answer for answer in self.heard)]


class Scene:
    """The two of a deal, the staff, and people who have no business with it."""

    def __init__(self, world: Any) -> None:
        self.brand = Listener(self.renamed(world.brand(), BRAND_EMAIL))
        self.creator = Listener(self.renamed(world.confirmed(world.creator()), CREATOR_EMAIL))
        self.moderator, self.finance = Listener(world.moderator), Listener(world.finance)
        for listener, chat in zip((self.brand, self.creator), CHATS, strict=True):
            _code, secret = telegram.request_code(by=listener.user)
            telegram.confirm_binding(code=secret, telegram_user_id=chat, username=f"{USERNAME}_{chat}")
        self.strangers = [Listener(world.brand()), Listener(world.creator()), Listener()]

    @property
    def everybody(self) -> list[Listener]:
        return [self.brand, self.creator, self.moderator, self.finance, *self.strangers]

    def renamed(self, user: User, email: str) -> User:
        """The same person under an address that is known here."""
        User.objects.filter(id=user.id).update(email=email)
        user.refresh_from_db()
        return user


@pytest.fixture
def paths(scene: Scene, world: Any) -> list[str]:
    """Where a deal can be looked at, once it was walked from the application to the payout."""
    job = world.live_job(brand=scene.brand.user)
    offer = {"message": MESSAGE, "priceQuote": 1_000}
    application = scene.creator.post(f"/api/jobs/{job.id}/apply", offer, idempotency_key="canary-apply").data["application"]["id"]
    video = {"note": NOTE, "items": [{"type": "FINAL_VIDEO", "url": "https://example.com/v"}]}
    scene.brand.post(f"/api/jobs/{job.id}/applications/{application}/accept")
    scene.brand.post(f"/api/escrow/{job.id}/fund", idempotency_key="canary-fund")
    scene.creator.post(f"/api/jobs/{job.id}/submissions", video)
    scene.brand.post(f"/api/jobs/{job.id}/review/request-changes", {"comment": COMMENT})
    scene.creator.post(f"/api/jobs/{job.id}/submissions", video)
    assert scene.brand.post(f"/api/jobs/{job.id}/review/approve").status == 200
    payout = a_payout(scene)
    sequencer.sequence()
    with pace(per_second=None, recipient_rest=0.0):
        for channel in (TELEGRAM, EMAIL):
            carrier.drain(channel)
    profiles = CreatorProfile.objects.get(user=scene.creator.user).id, BrandProfile.objects.get(user=scene.brand.user).id
    return [
        *(f"/api/{one}" for one in ("jobs", "me", "notifications", "wallet", "wallet/entries", "applications", "escrows", "creators")),
        *(f"/api/{one}" for one in ("brand/jobs", "creator/jobs", "payouts", "payouts/methods", "brand/profile", "creator/profile")),
        *(f"/api/admin/{one}" for one in ("jobs", "creators", "payouts", f"payouts/{payout}", "escrows", "accounts", f"jobs/{job.id}")),
        *(f"/api/jobs/{job.id}{one}" for one in ("", "/applications", "/submissions")),
        *(f"/api/{one}" for one in (f"applications/{application}", f"escrow/{job.id}", f"payouts/{payout}", "auth/sessions")),
        f"/api/admin/ledger?jobId={job.id}",
        f"/api/creators/{profiles[0]}",
        f"/api/brands/{profiles[1]}",
    ]


def a_payout(scene: Scene) -> str:
    """The creator has a destination of each kind and a paid payout to the last one. A refused one is no secret less."""
    kinds = {"CARD": CARD, "SBP": PHONE, "IBAN": IBAN, "OTHER": PURSE}
    for kind, details in kinds.items():
        method = scene.creator.post("/api/payouts/methods", {"kind": kind, "details": details}, idempotency_key=f"canary-{kind}").data
        assert scene.creator.post("/api/payouts/methods", {"kind": kind, "details": details}).status == 409
        assert scene.creator.post("/api/payouts/methods", {"kind": kind, "details": details, "extra": 1}).status == 400
    asked = {"amountCents": 10_000, "currency": "RUB", "payoutMethodId": method["method"]["id"]}
    payout = scene.creator.post("/api/payouts/request", asked).data["payout"]["id"]
    for step, body in {"approve": None, "send": None, "paid": {"bankReference": "PP-1"}}.items():
        assert scene.finance.post(f"/api/admin/payouts/{payout}/{step}", body).status == 200
    return payout


@pytest.fixture
def scene(world: Any) -> Scene:
    return Scene(world)


def test_nobody_hears_what_is_not_theirs(scene, paths):
    for person in scene.everybody:
        for path in paths:
            person.get(path)

    assert scene.brand.hears(*TALK, BRAND_EMAIL) == [*TALK, BRAND_EMAIL]
    assert scene.creator.hears(*TALK, CREATOR_EMAIL) == [*TALK, CREATOR_EMAIL]
    assert scene.brand.hears(CREATOR_EMAIL) == scene.creator.hears(BRAND_EMAIL) == []
    assert scene.finance.hears(*TALK, BRAND_EMAIL, CREATOR_EMAIL) == scene.moderator.hears(BRAND_EMAIL, CREATOR_EMAIL) == []
    tokens = [person.token for person in scene.everybody if person.token]
    for person in scene.everybody:
        assert person.hears(*DETAILS, *tokens, PASSWORD) == []
    for stranger in scene.strangers:
        assert stranger.hears(*TALK, BRAND_EMAIL, CREATOR_EMAIL) == []


def test_nothing_private_is_kept_where_many_read(scene, paths):
    kept = {
        "events": Event.objects.values("payload", "recipient_ids"),
        "audit": AuditEntry.objects.values("before", "after", "reason"),
        "notices": Notification.objects.values("facts", "href"),
        "deliveries": Delivery.objects.filter(state="SENT").values(),
        "attempts": Attempt.objects.filter(outcome="SENT").values(),
    }
    chats = (*map(str, CHATS), USERNAME)
    private = (*DETAILS, *chats, MESSAGE, NOTE, BRAND_EMAIL, CREATOR_EMAIL, PASSWORD, scene.brand.token, scene.creator.token)

    # The comment is why the work was not accepted: the audit says it to staff, the notice to the creator, the event to nobody.
    assert not any(COMMENT in str(payload) for payload in Event.objects.values_list("payload", flat=True))
    for name, rows in kept.items():
        written = orjson.dumps(list(rows), default=str).decode()
        assert len(rows), name
        assert [canary for canary in private if canary in written] == [], name
    replies = b"".join(bytes(reply) for reply in IdempotencyKey.objects.values_list("body", flat=True)).decode()
    assert MESSAGE in replies  # the creator's own answer, for the creator's own repetition
    assert [canary for canary in (*DETAILS, PASSWORD, scene.creator.token) if canary in replies] == []
    assert not Session.objects.filter(digest__in=[scene.brand.token, scene.creator.token]).exists()


def written(record: logging.LogRecord) -> str:
    """The line that the console handler makes of the record."""
    shape = logging_configuration("INFO")["formatters"]["json"]
    formatter = shape.pop("()")(**shape)
    return formatter.format(record)


def test_the_log_names_nobody(scene, paths, caplog):
    for secret in (CREATOR_EMAIL, CARD, PHONE, IBAN, scene.creator.token):
        scene.creator.get(f"/api/nothing/{secret}")
        scene.creator.get(f"/api/jobs?surprise={secret}")
    scene.creator.post("/api/auth/login", {"email": CREATOR_EMAIL, "password": f"{PASSWORD}?"})
    scene.creator.call("GET", "/api/me", authorization=f"Bearer {scene.creator.token}x")

    assert set(Delivery.objects.filter(state="SENT").values_list("channel", flat=True)) == {TELEGRAM, EMAIL}
    lines = "\n".join(map(written, [*caplog.get_records("setup"), *caplog.get_records("call")]))

    assert lines.count('"refused"') >= 10
    assert lines.count('"parcel"') >= 10
    private = (*DETAILS, *TALK, *map(str, CHATS), USERNAME, BRAND_EMAIL, CREATOR_EMAIL, PASSWORD, scene.creator.token)
    assert [canary for canary in private if canary in lines] == []


def test_nobody_but_the_two_hears_of_their_chats(scene, paths):
    for person in scene.everybody:
        for path in paths:
            person.get(path)

    others = [person for person in scene.everybody if person not in (scene.brand, scene.creator)]
    assert [person.hears(*map(str, CHATS), USERNAME) for person in others] == [[]] * len(others)
    assert scene.brand.hears(str(CHATS[1])) == scene.creator.hears(str(CHATS[0])) == []
