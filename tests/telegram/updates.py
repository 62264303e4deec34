"""Updates as Telegram brings them, without Telegram."""

import itertools
import time

_updates = itertools.count(time.time_ns() // 1_000)  # never those of an earlier test, which the inbox remembers
_presses = itertools.count(1)


def sender(telegram_id, username=None, language=None):
    named = {"username": username} if username else {}
    return {"id": telegram_id, "is_bot": False, "first_name": "P", **named, **({"language_code": language} if language else {})}


def written(telegram_id, text, *, chat="private", **about):
    """An update: somebody has written this."""
    chat_of = {"id": telegram_id if chat == "private" else -100, "type": chat}
    message = {"message_id": 1, "date": 0, "chat": chat_of, "from": sender(telegram_id, **about), "text": text}
    return {"update_id": next(_updates), "message": message}


def pressed(telegram_id, callback):
    """An update: somebody has pressed a button."""
    message = {"message_id": 7, "date": 0, "chat": {"id": telegram_id, "type": "private"}}
    query = {"id": str(next(_presses)), "from": sender(telegram_id), "message": message, "data": callback}
    return {"update_id": next(_updates), "callback_query": query}


def member(telegram_id, status):
    """An update: somebody has blocked the bot, or lets it write again."""
    change = {"chat": {"id": telegram_id, "type": "private"}, "from": sender(telegram_id), "new_chat_member": {"status": status}}
    return {"update_id": next(_updates), "my_chat_member": change}
