"""More sessions, more creators, more attempts to be verified."""

import secrets
from datetime import timedelta

from core.base import clock
from core.people.models import CreatorProfile, PortfolioItem, Session, User, Verification
from tests.perf.growth import grows
from tests.world import unique


@grows("GET /api/auth/sessions")
def sessions(stage, count):
    """The owner is signed in on so many more devices."""
    ends = clock.now() + timedelta(hours=1)
    Session.objects.bulk_create(
        Session(user=stage.owner, kind=Session.Kind.TOKEN, digest=secrets.token_hex(32), expires_at=ends) for _number in range(count)
    )


@grows("GET /api/creators")
def listed_creators(stage, count):
    """So many more creators in the catalogue, each with three works."""
    profiles = _profiles(count, is_public=True, verification_status="VERIFIED", verified_at=clock.now(), price_per_video=5_000)
    PortfolioItem.objects.bulk_create(
        PortfolioItem(creator=profile, url=f"https://example.com/{place}", position=place) for profile in profiles for place in range(3)
    )


@grows("GET /api/admin/creators")
def waiting_creators(stage, count):
    """So many more creators in the queue."""
    now = clock.now()
    Verification.objects.bulk_create(
        Verification(
            profile=profile,
            status=Verification.Status.PENDING,
            code=f"T-{secrets.token_hex(7)}",
            code_expires_at=now,
            account_url="https://example.com/@anna",
            submitted_at=now,
        )
        for profile in _profiles(count, verification_status="PENDING")
    )


def _profiles(count, **fields):
    users = User.objects.bulk_create(User(email=f"{unique('grown')}@example.com", role="CREATOR", password="!") for _number in range(count))
    return CreatorProfile.objects.bulk_create(CreatorProfile(user=user, display_name="Anna", **fields) for user in users)
