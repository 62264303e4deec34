"""After an account is erased no table of the database says who it was. The tables are those that there are, not a list of ours."""

import pytest
from axes.models import AccessAttempt
from django.db import connection

from core.audit.models import AuditEntry
from core.hiring.services import withdraw_application
from core.money import services as money
from core.people import services as people
from core.people.models import CreatorProfile, User
from core.privacy.services import erase_account
from core.reports.services import block_person, unblock_person
from tests.world import PASSWORD, World

EMAIL, CARD, PURSE = "canary.of.the.mine@private.example", "5555555555554444", "purse-of-the-canary"
NAMES = ("Canary of the First Name", "Canary of the Second Name")
BIO, CITY, LINK, ACCOUNT, REASON = (
    "I sing in mines, and this is a canary.",
    "Canarytown",
    "https://example.com/canary-works",
    "https://www.tiktok.com/@canary.in.the.mine",
    "The canary sang too loudly in the chat.",
)
MASKED = f"•••• {CARD[-4:]}"
SAID = (EMAIL, CARD, MASKED, PURSE, *NAMES, BIO, CITY, LINK, ACCOUNT, REASON)

COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
"""


def heard(*canaries: str) -> list[tuple[str, str, str]]:
    """Table, column and canary, wherever one of these is written, whatever the column holds."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            for canary in canaries:
                cursor.execute(f'SELECT 1 FROM "{table}" WHERE position(lower(%s) IN lower({text})) > 0 LIMIT 1', [canary])
                if cursor.fetchone():
                    found.append((table, column, canary))
    return found


def sign_up(role: str, **profile: str) -> User:
    """Somebody under the address of the canary."""
    user = people.register(email=EMAIL, password=PASSWORD, role=role, **profile)
    people.log_in(email=EMAIL, password=PASSWORD, kind="TOKEN", user_agent="Canary browser", ip="203.0.113.77")
    AccessAttempt.objects.create(
        username=EMAIL, ip_address="203.0.113.77", get_data="", post_data="", path_info="/", failures_since_start=1
    )
    return user


def blocked_and_unblocked(user: User, *, by: User) -> None:
    """Staff have written about the person."""
    block_person(user.id, by=by, reason=REASON)
    unblock_person(user.id, by=by)


@pytest.fixture
def creator(world: World) -> User:
    """A creator who has said everything about themselves, has worked, and was paid."""
    user = world.confirmed(sign_up("CREATOR", name=NAMES[0]))
    changes = {"display_name": NAMES[1], "bio": BIO, "city": CITY, "platforms": ["TIKTOK"], "price_per_video": 500, "is_public": True}
    people.update_creator_profile(by=user, changes=changes)
    people.add_portfolio_item(by=user, content={"url": LINK, "title": NAMES[0], "thumbnail_url": f"{LINK}.png"})
    people.issue_verification_code(by=user)
    people.submit_verification(by=user, account_url=ACCOUNT)
    people.reject_creator(CreatorProfile.objects.get(user=user).id, by=world.moderator, reason=REASON)
    world.verified(user)
    blocked_and_unblocked(user, by=world.moderator)
    return user


def test_no_column_names_a_creator_who_has_left(world: World, creator: User) -> None:
    job = world.completed_deal(creator=creator, price_quote=1_000)
    world.published_review(job=job)
    world.said(world.talk(creator=creator), by=creator)
    world.accepted_invitation(creator=creator)
    withdraw_application(world.application(creator=creator).id, by=creator)
    world.alert(creator=creator)
    methods = [money.add_payout_method(by=creator, kind=kind, details=details) for kind, details in (("CARD", CARD), ("OTHER", PURSE))]
    payout = money.request_payout(by=creator, amount_cents=85_000, currency="RUB", method_id=methods[0].id)
    money.approve_payout(payout.id, by=world.finance)
    money.send_payout(payout.id, by=world.finance)
    money.mark_payout_paid(payout.id, by=world.finance, bank_reference="PP-canary-free")
    assert {canary for _table, _column, canary in heard(*SAID)} >= {EMAIL, *NAMES, BIO, CITY, LINK, ACCOUNT, REASON, MASKED}

    erase_account(by=creator, password=PASSWORD)

    assert heard(*SAID) == []
    assert set(creator.payout_methods.values_list("sealed_details", flat=True)) == {""}
    assert AuditEntry.objects.filter(actor=creator).count() > 10


def test_no_column_names_a_brand_that_has_left(world: World) -> None:
    brand = sign_up("BRAND", company_name=NAMES[0])
    people.update_brand_profile(by=brand, changes={"company_name": NAMES[1], "website": LINK, "description": BIO, "city": CITY})
    job = world.completed_deal(job=world.live_job(brand=brand))
    world.published_review(job=job)
    world.invitation(job=world.live_job(brand=brand))
    world.said(world.talk(job=world.live_job(brand=brand)), by=brand)
    world.draft_job(brand=brand)
    blocked_and_unblocked(brand, by=world.moderator)
    assert {canary for _table, _column, canary in heard(*SAID)} >= {EMAIL, *NAMES, BIO, CITY, LINK, REASON}

    erase_account(by=brand, password=PASSWORD)

    assert heard(*SAID) == []
