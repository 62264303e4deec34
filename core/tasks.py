"""The clock: each line calls one verb, which works from the rows alone, so that a lost tick only delays."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from core import clockwork
from core.audit.chain import selectors as audit
from core.audit.chain.services import seal_entries
from core.jobs.alerts import services as alerts
from core.jobs.moderation import carrying as moderation
from core.money import selectors as money
from core.people import services as people
from core.people.verification import carrying as verification
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


@db_periodic_task(crontab(minute="*"))
def seal_the_audit_trail() -> None:
    """What was done stands in the chain."""
    seal_entries()


@db_periodic_task(crontab(minute="53", hour="4"))
def verify_the_audit_trail() -> None:
    """A trail that was changed is an error in the log."""
    audit.report_audit_faults()


@db_periodic_task(crontab(minute="*"))
def carry_out_rulings() -> None:
    """What moderators decided a minute ago is done."""
    moderation.carry_out_due()
    verification.carry_out_due()


@db_periodic_task(crontab(minute="17", hour="3"))
def forget_old_links() -> None:
    """Links that ran out a month ago are gone."""
    people.forget_old_links()


@db_periodic_task(crontab(minute="27", hour="3"))
def forget_old_sessions() -> None:
    """Sign-ins to the backoffice that ran out are gone."""
    people.forget_old_sessions()


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
