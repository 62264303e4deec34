"""Answers to updates that Telegram brought to the web server: that one does not wait for Telegram, the worker does."""

import asyncio

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from bot.answering import answer_all
from core.telegram import services


@db_task()
def answer(update_id: int) -> None:
    """What the update owes is sent."""
    asyncio.run(answer_all([update_id]))


@db_periodic_task(crontab(minute="*"))
def answer_what_waits() -> None:
    """What no wake-up has sent is sent, while somebody may still wait for it."""
    if owing := services.owing():
        asyncio.run(answer_all(owing))


def wake(update_id: int) -> None:
    """A worker sends the answers in a moment."""
    answer(update_id)
