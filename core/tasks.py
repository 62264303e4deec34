"""The clock: each line calls one verb, which works from the rows alone, so that a lost tick only delays."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from core import clockwork
from core.jobs.alerts import services as alerts
from core.money import selectors as money
from core.people import services as people
from core.telegram import services as telegram
from core.webhooks import services as webhooks


@db_periodic_task(crontab(minute="*"))
def find_alerts() -> None:
    """What no wake-up has found is found."""
    alerts.find_alerts()


@db_periodic_task(crontab(minute="*"))
def run_timers() -> None:
    """What was to happen by now has happened."""
    clockwork.run_due()


@db_periodic_task(crontab(minute="17", hour="3"))
def forget_old_links() -> None:
    """Links that ran out a month ago are gone."""
    people.forget_old_links()


@db_periodic_task(crontab(minute="47", hour="3"))
def forget_old_traces() -> None:
    """What the bot has worked, and codes and buttons that have run out, are gone after two days."""
    telegram.forget_old_traces()


@db_periodic_task(crontab(minute="23"))
def verify_the_ledger() -> None:
    """A ledger that is not right is an error in the log."""
    money.report_ledger_faults()


@db_periodic_task(crontab(minute="37"))
def close_failing_webhooks() -> None:
    """Webhooks that have only failed for five days are switched off."""
    webhooks.close_failing_endpoints()
