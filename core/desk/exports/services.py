"""What staff take out of the backoffice as files leaves a trace first."""

from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require, staff_can


@transaction.atomic
def note_export(*, by: Any, screen: str, query: str, can: tuple[str, ...]) -> None:
    """It is known that this member of staff takes the list of this title out, narrowed like this, before the first row leaves.

    Raises Forbidden for whoever has none of the capabilities.
    """
    require(staff_can(by, *can))
    record("LIST_EXPORTED", by, by=by, after={"screen": screen, "query": query})
