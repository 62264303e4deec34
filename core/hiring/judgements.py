"""What may be done with an application in its present state. Verbs ask under the lock of the job, screens without one.

Who asks is no question here. What costs a statement is given as a function, and asked last.
"""

from collections.abc import Callable

from core.base.errors import NotFound
from core.base.policy import require
from core.hiring import errors
from core.hiring.models import Application
from core.people.completeness import require_creator_ready
from core.people.models import CreatorProfile

Status = Application.Status


def judge_applying(*, is_live: bool, may_meet: bool, profile: CreatorProfile, has_works: bool, status: str | None) -> None:
    """A creator whose application, if there is one, stands like this may apply. Raises NotFound (the job is not live), JobNotAvailable
    (one of the two keeps the other away), ProfileIncomplete, AlreadyApplied.
    """
    require(is_live, NotFound())
    require(may_meet, errors.JobNotAvailable())
    require_creator_ready(profile, has_portfolio=has_works)
    require(status in (None, Status.WITHDRAWN), errors.AlreadyApplied())


def judge_answering(status: str) -> None:
    """The application may be withdrawn by the creator, or rejected by the brand. Raises ApplicationNotPending."""
    require(status == Status.PENDING, errors.ApplicationNotPending())


def judge_accepting(*, is_taken: bool, is_live: bool, status: str, is_available: Callable[[], bool]) -> None:
    """The brand may choose this application. Raises JobAlreadyTaken, JobNotAvailable, ApplicationNotPending, CreatorNotAvailable."""
    require(not is_taken, errors.JobAlreadyTaken())
    require(is_live, errors.JobNotAvailable())
    judge_answering(status)
    require(is_available(), errors.CreatorNotAvailable())
