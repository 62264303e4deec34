"""People who report, decide and block at the same moment."""

from functools import partial
from typing import Any

import pytest

from core.base.errors import WrongState
from core.notifications.models import Notification
from core.people.models import ContactBlock
from core.people.services import block_contact
from core.reports.models import Report
from core.reports.services import dismiss_report, open_report, uphold_report
from outbox.models import Event
from tests.meeting import meet, without_locks

pytestmark = pytest.mark.race

ROUNDS, CONTROL_ROUNDS = 4, 6
NOTE = "It names a private address."


def ask(reporter: Any, job: Any) -> Any:
    return open_report(by=reporter, subject_type="JOB", subject_id=job.id, reason="SPAM")


def told(report: Report) -> list[str]:
    """What went to the outbox about it, after it was opened."""
    return list(Event.objects.filter(aggregate=f"report:{report.id}").exclude(type="REPORT_OPENED").values_list("type", flat=True))


def test_eight_times_the_same_report_is_one_and_moderators_hear_of_it_once(committed):
    job, reporter, moderator = committed.live_job(), committed.creator(), committed.moderator

    answers = meet(*[partial(ask, reporter, job)] * 8)

    assert sorted(answer.is_new for answer in answers) == [False] * 7 + [True]
    assert Report.objects.filter(reporter=reporter).count() == 1
    name = reporter.creator_profile.display_name
    assert Notification.objects.filter(user=moderator, type="REPORT_OPENED", facts__name=name).count() == 1


def test_eight_times_the_same_block_is_one(committed):
    brand, creator = committed.brand(), committed.creator()

    answers = meet(*[partial(block_contact, creator.id, by=brand)] * 8)

    assert sorted(answer.is_new for answer in answers) == [False] * 7 + [True]
    assert ContactBlock.objects.filter(blocker=brand).count() == 1


def decide_twice(world: Any, report: Report, *, before: str | None = None) -> list[Any]:
    moderator = world.moderator
    return meet(
        partial(uphold_report, report.id, by=moderator, note=NOTE),
        partial(dismiss_report, report.id, by=moderator, note=NOTE),
        before=before,
    )


def test_two_who_decide_at_once_decide_once(committed):
    for _ in range(ROUNDS):
        report = committed.report(subject=committed.live_job())

        answers = decide_twice(committed, report)

        assert sorted(type(answer) for answer in answers if isinstance(answer, Exception)) == [WrongState]
        assert len(told(report)) == 1


def test_without_the_lock_both_decide_or_the_database_has_to_refuse(committed):
    def goes_wrong() -> bool:
        report = committed.report(subject=committed.live_job())
        with without_locks():
            answers = decide_twice(committed, report, before="core_report")
        return any(isinstance(answer, Exception) and not isinstance(answer, WrongState) for answer in answers) or len(told(report)) == 2

    assert any(goes_wrong() for _ in range(CONTROL_ROUNDS))
