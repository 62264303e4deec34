"""Who is reminded, before the time for reviews is over."""

from core.deals.reviews.models import Review
from core.jobs.models import Job
from core.timers.models import Timer
from core.timers.reminders import Reminder


def write_reviews(timer: Timer) -> Reminder | None:
    """Whichever party has not written yet; nobody when both have."""
    job = Job.objects.only("id", "brand_id", "active_creator_id", "title").get(id=timer.subject_id)
    written = set(Review.objects.filter(job=job).values_list("author_id", flat=True))
    silent = tuple(party for party in (job.brand_id, job.active_creator_id) if party not in written)
    return Reminder(silent, "dashboard/reviews", job.title) if silent else None
