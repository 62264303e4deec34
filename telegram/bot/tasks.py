"""Answers to updates that Telegram brought to the web server: that one does not wait for Telegram, the worker does.

One task at most waits in the queue for each chat, however much comes from it, and none of them waits long for a chat that rests.
"""

import asyncio

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from bot.answering import answer_all
from core.telegram import services


@db_task(expires=60)
def answer(chat_id: int) -> None:
    """What the chat is owed is sent, or will be, when it rests."""
    for rests, seconds in asyncio.run(answer_all([chat_id])).items():
        answer.schedule((rests,), delay=seconds)


@db_periodic_task(crontab(minute="*"))
def answer_what_waits() -> None:
    """What no wake-up has sent is sent, while somebody may still wait for it."""
    if owing := services.owing():
        asyncio.run(answer_all(owing))


def wake(chat_id: int) -> None:
    """A worker sends the answers in a moment."""
    answer(chat_id)
