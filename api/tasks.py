"""What this door forgets, once an hour: answers older than a week, and counters of windows that are over."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from api.idempotency import forget_old_keys
from api.throttles import forget_old_counters


@db_periodic_task(crontab(minute="23"))
def tidy() -> None:
    """Only what is still of use is kept."""
    forget_old_keys()
    forget_old_counters()
