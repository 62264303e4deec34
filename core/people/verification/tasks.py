"""Carrying decisions out when their minute is over. The rows are the truth; this only wakes up, and the tick finds the rest."""

from django.db import transaction
from huey.contrib.djhuey import db_task

from core.desk.rulings.steps import HOLD_SECONDS
from core.people.verification.carrying import carry_out_due


@db_task()
def carry_out() -> None:
    """What is due is carried out."""
    carry_out_due()


def wake() -> None:
    """A worker looks in a minute. Robust: the decision is committed by then, and the tick of every minute finds it."""
    transaction.on_commit(lambda: carry_out.schedule(delay=HOLD_SECONDS), robust=True)
