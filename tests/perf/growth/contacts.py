"""People with very many others whom they keep away, and a long queue of reports."""

from typing import Any

from core.base.ids import uuid7
from core.people.models import BrandProfile, ContactBlock, User
from core.reports.models import Report
from tests.perf.growth import grows
from tests.world import unique


def strangers(count: int) -> list[User]:
    """So many more brands, written in bulk."""
    people = User.objects.bulk_create(User(email=f"{unique('stranger')}@example.com", role="BRAND") for _ in range(count))
    BrandProfile.objects.bulk_create(BrandProfile(user=person, company_name=unique("Stranger")) for person in people)
    return people


@grows("GET /api/blocks")
def blocks_of_the_owner(stage: Any, count: int) -> None:
    ContactBlock.objects.bulk_create(ContactBlock(blocker=stage.owner, blocked=person) for person in strangers(count))


@grows("GET /api/admin/reports")
def the_queue(stage: Any, count: int) -> None:
    Report.objects.bulk_create(
        Report(reporter=person, subject_type="PERSON", subject_id=uuid7(), reported=stage.owner, reason="SPAM")
        for person in strangers(count)
    )
