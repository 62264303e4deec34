"""Everything that is kept about a person, and nothing of anybody else."""

import io
from typing import Any

import orjson
import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.test.utils import CaptureQueriesContext

from core.chat.models import Inbox
from core.deals.models import SubmissionItem
from core.people.models import User
from core.privacy import export
from core.privacy.belongings import ALL
from core.privacy.export import write_personal_data
from tests.world import World

# Tables that point to people and hold nothing about them as persons, or only what another table of the export says.
EXCUSED = {
    "Inbox": "a counter",
    "Conversation": "Participant says it",
    "Timer": "clocks of deals",
    "CommissionRule": "settings that staff made",
    "Limit": "settings that staff made",
    "DisputeDecision": "a draft of staff",
    "AlertRun": "a fan-out",
    "BackofficeSession": "where staff sit",
    "Factor": "an authenticator of staff",
    "Claim": "a case on a desk of staff",
    "Escalation": "a case that staff hand on",
    "Ruling": "a decision of staff; what it did is told with the job or the verification",
    "SavedView": "a list of staff",
    "Reason": "settings that staff made",
    "ChecklistItem": "settings that staff made",
}


def taken_along(user: User) -> dict[str, Any]:
    """The export, read."""
    file = io.BytesIO()
    write_personal_data(file, by=user)
    return orjson.loads(file.getvalue())


def everything_happens(world: World) -> Any:
    """A deal with all that belongs to it; returns its job."""
    job = world.completed_deal(creator=world.verified_creator())
    world.published_review(job=job)
    world.said(job.conversations.get(), by=job.active_creator, body="Hello from the creator.")
    world.said(job.conversations.get(), by=job.brand, body="Hello from the brand.")
    world.alert(creator=job.active_creator)
    world.payout_method(job.active_creator)
    world.answered_dispute(job=world.reviewed_deal(job=world.live_job(brand=job.brand), creator=job.active_creator))
    return job


def test_both_sides_of_a_deal_have_all_of_it(world: World) -> None:
    job = everything_happens(world)

    brand, creator = taken_along(job.brand), taken_along(job.active_creator)

    assert (brand["account"]["email"], creator["account"]["email"]) == (job.brand.email, job.active_creator.email)
    assert brand["creatorProfile"] is creator["brandProfile"] is None
    assert {row["id"] for row in brand["jobs"]} == {row["id"] for row in creator["deals"]}
    assert [row["text"] for row in brand["reviewsWritten"]] == [row["text"] for row in creator["reviewsReceived"]] == ["Good work."]
    assert [row["body"] for row in creator["messages"]] == ["Hello from the creator."]
    assert [row["body"] for row in brand["messages"]] == ["Hello from the brand."]
    for name in ("applications", "submissions", "submissionFiles", "verifications", "portfolio", "payoutMethods", "alerts", "disputes"):
        assert creator[name], name
    for name in ("walletEntries", "escrows", "topUps", "notices", "acts", "disputes", "letters"):
        assert brand[name], name


def test_nothing_of_the_other_side_is_in_it(world: World) -> None:
    job = everything_happens(world)
    stranger = world.verified_creator()

    for user, other in ((job.brand, job.active_creator), (job.active_creator, job.brand), (stranger, job.active_creator)):
        written = orjson.dumps(taken_along(user)).decode()
        assert other.email not in written
        assert "sealed" not in written
        assert "password" not in written.lower().replace("password_changed", "")
    assert str(job.id) not in orjson.dumps(taken_along(stranger)).decode()


def test_every_table_about_people_is_in_it_or_excused() -> None:
    held = {kept.rows(User()).model for kept in ALL}
    about_people = {
        model.__name__
        for model in apps.get_app_config("core").get_models()
        if any(isinstance(field, ForeignKey) and field.related_model is User for field in model._meta.get_fields())
    }

    assert about_people - {model.__name__ for model in held} == set(EXCUSED) & about_people
    assert Inbox not in held
    assert SubmissionItem in held


@pytest.mark.parametrize("count", [3, 60])
def test_a_long_past_is_read_in_portions(world: World, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    from django.db import connection

    monkeypatch.setattr(export, "ROWS_AT_ONCE", 10)
    brand = world.brand()
    for _ in range(count):
        world.draft_job(brand=brand)
    longest = 0

    class File(io.BytesIO):
        def write(self, part: Any) -> int:
            nonlocal longest
            longest = max(longest, len(part))
            return super().write(part)

    file = File()
    with CaptureQueriesContext(connection) as queries:
        write_personal_data(file, by=brand)

    assert len(orjson.loads(file.getvalue())["jobs"]) == count
    assert longest < 4_000
    assert len(queries) < 60
