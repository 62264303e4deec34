"""A whole deal, from registration to a paid creator, over HTTP alone.

Every step names the audit rows, notices and events it leaves, and nothing else may be left. Every number is traced to entries.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from core.audit.models import AuditEntry
from core.money.models import LedgerEntry
from core.notifications.models import Notification
from core.people.models import User
from outbox.models import Event
from tests.api.callers import Answer, Caller
from tests.core.people.mailbox import carry_letters
from tests.world import PASSWORD, World, unique

PRICE, COMMISSION, SHARE = 450_000, 67_500, 382_500
VIDEO = {"type": "FINAL_VIDEO", "url": "https://example.com/video.mp4"}
RAW = {"type": "RAW_FILES", "url": "https://example.com/raw.zip"}
JOB = {
    "title": "Honest review of our green tea",
    "description": "Brew it, taste it, tell what you think.",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "usageTermDays": 90,
    "revisionRounds": 1,
    "budgetMin": 3_000,
    "budgetMax": 5_000,
    "deadlineType": "DAYS_3_5",
    "deliverablesIncludeRaw": True,
}


class Story:
    """The people of one deal, and what every step leaves behind."""

    def __init__(self, world: World) -> None:
        self.guest = Caller()
        self.moderator, self.finance, self.approver = (
            self.sign_in(world.staff(capability).email) for capability in ("moderator", "finance", "finance_approver")
        )

    def sign_in(self, email: str) -> Caller:
        """A caller with the token that the login gave."""
        token = self.guest.post("/api/auth/login", {"email": email, "password": PASSWORD}).data["token"]
        return Caller(User.objects.get(email=email), token=token)

    def join(self, role: str) -> Caller:
        """Somebody registers, confirms the address with the link of the letter, and signs in."""
        email = f"{unique(role.lower())}@example.com"
        with self.leaves(audit=["USER_REGISTERED"], notices={}, events=["USER_REGISTERED"]):
            assert self.guest.post("/api/auth/register", {"email": email, "password": PASSWORD, "role": role}).status == 201
        carry_letters()
        (letter,) = [letter for letter in mail.outbox if letter.to == [email]]
        token = re.search(r"#token=(\S+)", str(letter.body))[1]
        with self.leaves(audit=["EMAIL_VERIFIED"], notices={}, events=["EMAIL_VERIFIED"]):
            assert self.guest.post("/api/auth/email/verify", {"token": token}).data == {"verified": True}
        return self.sign_in(email)

    @contextmanager
    def leaves(self, *, audit: list[str], notices: dict[str, list[Caller]], events: list[str]) -> Iterator[None]:
        """The block leaves these rows, in this order where there is one, and no others, all with the request id of its call."""
        seen = [model.objects.values_list("pk", flat=True) for model in (AuditEntry, Event, Notification)]
        before = [set(rows.all()) for rows in seen]
        yield
        new_audit, new_events, new_notices = (
            list(rows.model.objects.exclude(pk__in=old).order_by("pk")) for rows, old in zip(seen, before, strict=True)
        )
        assert [entry.action for entry in new_audit] == audit
        assert [event.type for event in new_events] == events
        told = sorted((notice.type, str(notice.user_id)) for notice in new_notices)
        assert told == sorted((kind, str(person.user.pk)) for kind, people in notices.items() for person in people)
        assert all(row.request_id for row in [*new_audit, *new_events])


@pytest.fixture
def story(world) -> Story:
    return Story(world)


def balance(caller: Caller) -> tuple[int, int, int]:
    """What the wallet shows: to spend, on its way out, in escrows."""
    (wallet,) = caller.get("/api/wallet").data["items"]
    assert wallet["currency"] == "RUB"
    return wallet["balanceCents"], wallet["heldCents"], wallet["escrowCents"]


def statement(caller: Caller) -> list[tuple[str, int, int]]:
    """The statement, oldest first: what moved, and what the wallet held afterwards."""
    items = caller.get("/api/wallet/entries").data["items"]
    return [(item["type"], item["amountCents"], item["balanceAfterCents"]) for item in reversed(items)]


def test_a_deal_goes_from_registration_to_a_paid_creator(story):
    brand, creator = a_brand(story), a_creator(story)
    job = a_live_job(story, brand)
    a_chosen_creator(story, brand, creator, job)
    a_funded_escrow(story, brand, creator, job)
    accepted_work(story, brand, creator, job)
    a_paid_payout(story, creator)
    books_that_are_right(story, brand, creator, job)


def a_brand(story: Story) -> Caller:
    """Registered, confirmed, described."""
    brand = story.join("BRAND")
    with story.leaves(audit=["BRAND_PROFILE_UPDATED"], notices={}, events=["BRAND_PROFILE_UPDATED"]):
        described = brand.patch("/api/brand/profile", {"companyName": "Green Leaf", "description": "We sell tea."})
    assert described.status == 200
    assert brand.get("/api/me").data["completeness"] == {"percent": 100, "missing": []}
    return brand


def a_creator(story: Story) -> Caller:
    """Registered, confirmed, described, with a work to show."""
    creator = story.join("CREATOR")
    profile = {"displayName": "Anna", "bio": "I film honest reviews of everyday things.", "platforms": ["TIKTOK"], "pricePerVideo": 4_500}
    with story.leaves(audit=["CREATOR_PROFILE_UPDATED", "PORTFOLIO_ITEM_ADDED"], notices={}, events=["CREATOR_PROFILE_UPDATED"] * 2):
        assert creator.patch("/api/creator/profile", profile).status == 200
        assert creator.post("/api/creator/portfolio", {"url": "https://example.com/work"}).status == 201
    assert creator.get("/api/me").data["completeness"] == {"percent": 100, "missing": []}
    return creator


def a_live_job(story: Story, brand: Caller) -> str:
    """Published by the brand, read and approved by a moderator, found in the feed."""
    with story.leaves(audit=["JOB_CREATED", "JOB_PUBLISHED"], notices={"JOB_PUBLISHED": [story.moderator]}, events=["JOB_PUBLISHED"]):
        job = brand.post("/api/jobs", JOB).data["job"]
    assert (job["status"], job["moderationStatus"]) == ("PUBLISHED", "PENDING")
    assert job["id"] not in feed(story.guest)

    queue = story.moderator.get("/api/admin/jobs").data["items"]
    assert job["id"] in [waiting["id"] for waiting in queue]
    with story.leaves(audit=["JOB_APPROVED"], notices={"MODERATION_APPROVED": [brand]}, events=["JOB_MODERATION_APPROVED"]):
        approved = story.moderator.post(f"/api/admin/jobs/{job['id']}/approve", {"contentVersion": job["contentVersion"]})
    assert approved.status == 200
    return str(job["id"])


def feed(caller: Caller) -> list[str]:
    """The ids of the live jobs that a search for tea finds."""
    return [item["id"] for item in caller.get("/api/jobs?q=green&platform=TIKTOK").data["items"]]


def a_chosen_creator(story: Story, brand: Caller, creator: Caller, job: str) -> None:
    """The creator finds the job and applies; the brand accepts, and escrow and conversation are open."""
    assert job in feed(creator)
    with story.leaves(audit=["APPLICATION_CREATED"], notices={"APPLICATION_CREATED": [brand]}, events=["APPLICATION_CREATED"]):
        application = creator.post(f"/api/jobs/{job}/apply", {"message": "I love tea.", "priceQuote": 4_500}).data["application"]
    (received,) = brand.get(f"/api/jobs/{job}/applications").data["items"]
    assert received["id"] == application["id"]

    with story.leaves(audit=["APPLICATION_ACCEPTED"], notices={"APPLICATION_ACCEPTED": [creator]}, events=["APPLICATION_ACCEPTED"]):
        accepted = brand.post(f"/api/jobs/{job}/applications/{application['id']}/accept")
    assert accepted.data["conversationId"]
    escrow = brand.get(f"/api/escrow/{job}").data["escrow"]
    assert (escrow["status"], escrow["amountCents"], escrow["commissionBps"]) == ("UNFUNDED", PRICE, 1_500)
    assert job not in feed(story.guest)


def a_funded_escrow(story: Story, brand: Caller, creator: Caller, job: str) -> None:
    """Nothing can be delivered before the brand's money waits in the escrow. It is brought in by the provider of the tests."""
    early = creator.post(f"/api/jobs/{job}/submissions", {"items": [VIDEO, RAW]})
    assert (early.status, early.code, early.reason) == (409, "PAYMENTS_STATE_ERROR", "ESCROW_UNFUNDED")

    with story.leaves(
        audit=["TOP_UP_CONFIRMED", "ESCROW_FUNDED"],
        notices={"ESCROW_FUNDED": [creator]},
        events=["TOP_UP_CONFIRMED", "ESCROW_FUNDED"],
    ):
        assert brand.post(f"/api/escrow/{job}/fund").data["alreadyFunded"] is False
    with story.leaves(audit=[], notices={}, events=[]):
        assert brand.post(f"/api/escrow/{job}/fund").data["alreadyFunded"] is True
    assert balance(brand) == (0, 0, PRICE)


def accepted_work(story: Story, brand: Caller, creator: Caller, job: str) -> None:
    """A first version, one round of changes, a second version, and the approval that pays."""
    deliver(story, brand, creator, job, version=1)
    with story.leaves(audit=["CHANGES_REQUESTED"], notices={"CHANGES_REQUESTED": [creator]}, events=["CHANGES_REQUESTED"]):
        asked = brand.post(f"/api/jobs/{job}/review/request-changes", {"comment": "Show the package first."})
    assert asked.data["status"] == "CHANGES_REQUESTED"
    assert asked.data["dueAt"]
    deliver(story, brand, creator, job, version=2)
    once_more = brand.post(f"/api/jobs/{job}/review/request-changes", {"comment": "And again."})
    assert (once_more.status, once_more.reason) == (409, "REVISIONS_EXHAUSTED")

    with story.leaves(
        audit=["JOB_COMPLETED"],
        notices={"JOB_COMPLETED_BRAND": [brand], "JOB_COMPLETED_CREATOR": [creator], "ESCROW_RELEASED": [creator]},
        events=["ESCROW_RELEASED", "JOB_COMPLETED"],
    ):
        approved = brand.post(f"/api/jobs/{job}/review/approve")
    assert approved.data == {"releaseStatus": "released", "creatorCents": SHARE, "commissionCents": COMMISSION, "currency": "RUB"}
    with story.leaves(audit=[], notices={}, events=[]):
        assert brand.post(f"/api/jobs/{job}/review/approve").data["releaseStatus"] == "already_released"
    versions = brand.get(f"/api/jobs/{job}/submissions").data["items"]
    assert [(item["version"], item["status"]) for item in versions] == [(2, "APPROVED"), (1, "CHANGES_REQUESTED")]
    assert balance(creator) == (SHARE, 0, 0)
    assert balance(brand) == (0, 0, 0)


def deliver(story: Story, brand: Caller, creator: Caller, job: str, *, version: int) -> None:
    """The creator delivers what was agreed, and the brand knows."""
    with story.leaves(audit=["SUBMISSION_SUBMITTED"], notices={"SUBMISSION_SUBMITTED": [brand]}, events=["SUBMISSION_SUBMITTED"]):
        delivered = creator.post(f"/api/jobs/{job}/submissions", {"items": [VIDEO, RAW]})
    assert (delivered.status, delivered.data["version"]) == (201, version)


def a_paid_payout(story: Story, creator: Caller) -> None:
    """The creator asks for everything; above the limit two people of finance approve; the bank pays."""
    limit = {"key": "PAYOUT_SECOND_PERSON", "currency": "RUB", "value": 300_000, "note": "Two people look at a payout like this."}
    with story.leaves(audit=["LIMIT_SET", "PAYOUT_METHOD_ADDED"], notices={}, events=["LIMIT_SET"]):
        assert story.approver.post("/api/admin/limits", limit).status == 201
        method = creator.post("/api/payouts/methods", {"kind": "CARD", "details": "4242 4242 4242 4242"}).data["method"]
    assert method["masked"] == "•••• 4242"
    asked = {"amountCents": SHARE, "currency": "RUB", "payoutMethodId": method["id"]}
    with story.leaves(audit=["PAYOUT_REQUESTED"], notices={"PAYOUT_REQUESTED": [story.finance]}, events=["PAYOUT_REQUESTED"]):
        payout = creator.post("/api/payouts/request", asked).data["payout"]
    assert balance(creator) == (0, SHARE, 0)

    def decide(by: Caller, step: str, body: Any = None) -> Answer:
        return by.post(f"/api/admin/payouts/{payout['id']}/{step}", body)

    with story.leaves(
        audit=["PAYOUT_FIRST_APPROVED"],
        notices={"PAYOUT_SECOND_APPROVAL": [story.approver]},
        events=["PAYOUT_FIRST_APPROVED"],
    ):
        assert decide(story.finance, "approve").data["payout"]["status"] == "PENDING"
    same = decide(story.finance, "approve")
    assert (same.status, same.reason) == (409, "SECOND_PERSON_REQUIRED")
    with story.leaves(audit=["PAYOUT_APPROVED"], notices={"PAYOUT_APPROVED": [creator]}, events=["PAYOUT_APPROVED"]):
        assert decide(story.approver, "approve").data["payout"]["status"] == "APPROVED"
    with story.leaves(audit=["PAYOUT_SENT"], notices={"PAYOUT_SENT": [creator]}, events=["PAYOUT_SENT"]):
        assert decide(story.finance, "send").data["payout"]["status"] == "SENT"
    with story.leaves(audit=["PAYOUT_PAID"], notices={"PAYOUT_PAID": [creator]}, events=["PAYOUT_PAID"]):
        assert decide(story.finance, "paid", {"bankReference": "PP-1"}).data["payout"]["status"] == "PAID"
    assert balance(creator) == (0, 0, 0)


def books_that_are_right(story: Story, brand: Caller, creator: Caller, job: str) -> None:
    """Each number that anybody saw is an entry, the entries are all there are, and the verification finds nothing."""
    entries = LedgerEntry.objects.order_by("id").values_list("type", "from_account__kind", "to_account__kind", "amount_cents")
    assert list(entries) == [
        ("BRAND_TOPUP", "EXTERNAL", "BRAND", PRICE),
        ("ESCROW_FUNDED", "BRAND", "ESCROW", PRICE),
        ("COMMISSION_TAKEN", "ESCROW", "COMMISSION", COMMISSION),
        ("ESCROW_RELEASED", "ESCROW", "CREATOR", SHARE),
        ("PAYOUT_HELD", "CREATOR", "PAYOUT_HOLD", SHARE),
        ("PAYOUT_PAID", "PAYOUT_HOLD", "EXTERNAL", SHARE),
    ]
    assert all(LedgerEntry.objects.values_list("request_id", flat=True))
    assert statement(brand) == [("BRAND_TOPUP", PRICE, PRICE), ("ESCROW_FUNDED", -PRICE, 0)]
    assert statement(creator) == [("ESCROW_RELEASED", SHARE, SHARE), ("PAYOUT_HELD", -SHARE, 0)]
    shown = story.finance.get("/api/admin/ledger?from=2020-01-01T00:00:00Z").data["items"]
    assert [(item["type"], item["amountCents"]) for item in reversed(shown)] == [(kind, cents) for kind, _from, _to, cents in entries]
    escrow = brand.get(f"/api/escrow/{job}").data["escrow"]
    assert (escrow["status"], escrow["commissionCents"], escrow["creatorNetCents"]) == ("RELEASED", COMMISSION, SHARE)
    unread = creator.get("/api/notifications/unread").data["count"]
    assert unread == len(creator.get("/api/notifications?filter=unread&limit=100").data["items"])
    assert creator.get("/api/notifications?category=PAYMENTS").data["items"][0]["type"] == "PAYOUT_PAID"
    call_command("ledger_verify", stdout=StringIO())
