"""A moderator clears the queue without touching the mouse, and takes the last decision back."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.base import clock
from core.desk.claims.models import Claim
from core.desk.rulings.models import Ruling
from core.jobs.models import Job

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES = 10


def test_ten_cases_are_moderated_by_keys_alone(committed, sit_down):
    jobs = [committed.job() for _ in range(CASES + 1)]
    for place, job in enumerate(jobs):  # before everything that other tests have left in the queue
        Job.objects.filter(id=job.id).update(submitted_at=clock.now() - timedelta(days=400 - place))
    moderator = committed.staff("moderator")
    anna = sit_down(moderator)
    keyboard = anna.page.keyboard
    anna.open("core/job/")

    def presses(key: str) -> None:
        with anna.page.expect_navigation():
            keyboard.press(key)
        anna.page.wait_for_selector("#main")

    def decides(key: str, choice: str) -> None:
        keyboard.press(key)
        anna.page.wait_for_selector("#dialog-submit", state="visible")
        keyboard.press(choice)
        if key != "a":
            anna.page.wait_for_function("document.querySelector('[data-reason]').value.length > 10", timeout=5_000)
        presses("Control+Enter")

    keep_picture(anna, "list")
    presses("t")
    for place, job in enumerate(jobs[:CASES]):
        assert job.title in anna.reads()
        keep_picture(anna, f"page-{place}")
        decides(*[("a", "0"), ("r", "1"), ("c", "2")][place % 3])
    assert jobs[CASES].title in anna.reads()
    presses("u")
    assert "Случай у вас" in anna.reads()

    rulings = Ruling.objects.filter(decided_by=moderator).order_by("created_at")
    kinds = ["APPROVE", "REJECT", "REQUEST_CHANGES"]
    assert list(rulings.values_list("kind", flat=True)) == [kinds[place % 3] for place in range(CASES)]
    assert [ruling.status for ruling in rulings] == ["HELD"] * (CASES - 1) + ["UNDONE"]
    assert Claim.objects.filter(holder=moderator, subject_id=jobs[CASES - 1].id).exists()


def keep_picture(person, name: str) -> None:
    """A picture of the page, for those who ask for pictures."""
    if folder := os.environ.get("MODERATION_PICTURES"):
        person.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
