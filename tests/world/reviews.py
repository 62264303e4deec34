"""Reviews, and the people who keep others out of them."""

from datetime import timedelta
from typing import Any

from core.base import clock
from core.deals.reviews import services as reviews
from core.deals.reviews.models import Review
from core.jobs.models import Job
from core.people.models import User
from core.timers.models import Timer
from tests.world.deals import DealsWorld


class ReviewsWorld(DealsWorld):
    """What the parties of a completed deal say of each other."""

    def review(self, *, job: Job | None = None, by: User | None = None, rating: int = 5, text: str = "Good work.") -> Review:
        """A review by the brand, or by the creator when told, that the other side has not answered."""
        chosen = job or self.completed_deal()
        return reviews.write_review(chosen.id, by=by or chosen.brand, rating=rating, text=text)

    def published_review(self, *, job: Job | None = None, by: User | None = None, rating: int = 5, text: str = "Good work.") -> Review:
        """A review that everybody may read, since the other side wrote one too."""
        chosen = job or self.completed_deal()
        author = by or chosen.brand
        review = self.review(job=chosen, by=author, rating=rating, text=text)
        self.review(job=chosen, by=chosen.brand if author.id != chosen.brand_id else chosen.active_creator, text="Thank you.")
        return Review.objects.get(id=review.id)

    def hidden_review(self, **written: Any) -> Review:
        """A published review that a moderator took out of sight."""
        review = self.published_review(**written)
        return reviews.hide_review(review.id, by=self.moderator, reason="It names a private address.")

    def run_out(self, subject_id: Any, kind: str) -> None:
        """The time of this clock is over."""
        over = clock.now() - timedelta(minutes=1)
        Timer.objects.filter(subject_id=subject_id, kind=kind, ended_at=None).update(started_at=over - timedelta(days=1), due_at=over)
