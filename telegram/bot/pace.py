"""How fast the bot may speak: answers take their turns from the same rows as notices, so that together they are never too fast.

A message takes the lane of its chat, which notices to the same person respect; every call takes a turn of the whole bot.
"""

from uuid import UUID

from core.telegram.selectors import owner_of_chat
from outbox import turns
from outbox.channels import CHANNELS, TELEGRAM

HOLD_SECONDS = 15.0  # longer than what is said at once takes; then whoever held the lane is taken for dead
NAP_SECONDS = 1.5


def rest() -> float:
    """Seconds between two messages to one chat."""
    return CHANNELS[TELEGRAM].recipient_rest


def take_chat(chat_id: int) -> float:
    """Zero when nobody else says anything to this chat until `leave_chat`; else in how many seconds to ask again."""
    return turns.take_lane(CHANNELS[TELEGRAM], _recipient(chat_id), seconds=HOLD_SECONDS)


def leave_chat(chat_id: int, seconds: float) -> None:
    """Others may write to the chat that we took, in so many seconds."""
    turns.leave_lane(CHANNELS[TELEGRAM], _recipient(chat_id), seconds=seconds)


def join() -> float | None:
    """In how many seconds it is our turn among the answers; None when nobody can be made to wait that long."""
    return turns.join(CHANNELS[TELEGRAM], nap=NAP_SECONDS)


def take() -> float | None:
    """The same among all calls of the bot."""
    return turns.take(CHANNELS[TELEGRAM], nap=NAP_SECONDS)


def _recipient(chat_id: int) -> UUID | str:
    """Whose parcels go to this chat; a chat that is nobody's has a lane of its own."""
    return owner_of_chat(chat_id) or f"chat:{chat_id}"
