"""What a moderator does with the cases in their hands, whatever they are about. Taking one is a verb of its own room."""

from typing import Any
from uuid import UUID

from django.db import transaction

from core.base.policy import require, staff_can
from core.desk.claims import errors, steps
from core.desk.claims.models import Claim
from core.desk.claims.selectors import living


@transaction.atomic
def keep_case(queue: str, subject_id: UUID, *, by: Any) -> Claim:
    """The person holds the case for another lease. Raises Forbidden, NotHolding: what ran out has to be taken again."""
    require(staff_can(by, "moderator"))
    held = living(queue).filter(subject_id=subject_id, holder=by).exists()
    require(held, errors.NotHolding())
    return steps.take(queue, subject_id, by=by)


@transaction.atomic
def release_case(queue: str, subject_id: UUID, *, by: Any) -> None:
    """The case is anybody's again. Raises Forbidden, NotHolding."""
    require(staff_can(by, "moderator"))
    gone, _tables = Claim.objects.filter(queue=queue, subject_id=subject_id, holder=by).delete()
    require(gone > 0, errors.NotHolding())
