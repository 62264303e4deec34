"""People who keep others away, and what they report."""

from typing import Any

from core.deals.reviews.models import Review
from core.people import services as people
from core.people.models import ContactBlock, User
from core.reports import services as reports
from core.reports.models import Report
from tests.world.reviews import ReviewsWorld


class ReportsWorld(ReviewsWorld):
    """Blocks and reports."""

    def contact_block(self, *, by: User | None = None, person: User | None = None) -> ContactBlock:
        """One person keeps another away."""
        return people.block_contact((person or self.creator()).id, by=by or self.brand())

    def report(self, *, by: User | None = None, subject: Any = None, reason: str = "ABUSE", text: str = "Look at this.") -> Report:
        """A report that waits for a moderator: of a published review, unless told otherwise."""
        seen = subject or self.published_review()
        reporter = by or (seen.subject if isinstance(seen, Review) else self.brand())
        kind = {"User": "PERSON"}.get(type(seen).__name__, type(seen).__name__.upper())
        return reports.open_report(by=reporter, subject_type=kind, subject_id=seen.id, reason=reason, text=text)
