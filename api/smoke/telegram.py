"""Linking a chat in Telegram, as far as one can without being there."""

from api.smoke.client import Walk

CONFIRM = {"code": "ZZZZZZZZ", "telegramUserId": "700000001"}


def check_telegram(walk: Walk) -> None:
    """A code is told once, and nobody confirms one or brings updates without the secret of a bot or of Telegram."""
    walk.section("Telegram")
    walk.expect("nothing is linked to begin with", walk.creator_b, "POST telegram/unlink", 200)
    walk.equal(walk.expect("which one sees", walk.creator_b, "GET telegram", 200)["state"], "NONE", "there is no chat")
    issued = walk.expect("a code is made", walk.creator_b, "POST telegram/bind/request", 200)
    walk.equal(len(issued["code"]), 8, "it has eight signs")
    shown = walk.expect("it waits", walk.creator_b, "GET telegram", 200)
    walk.equal(shown["state"], "PENDING", "to be sent to the bot")
    walk.hold(issued["code"] not in str(shown), "and is not told again")
    walk.expect("nobody confirms without a secret", walk.guest, "POST telegram/bind/confirm", 401, code="OUTBOX_AUTH_ERROR", json=CONFIRM)
    walk.expect("a person is no bot", walk.creator_b, "POST telegram/bind/confirm", 401, code="OUTBOX_AUTH_ERROR", json=CONFIRM)
    walk.expect("nobody else speaks for Telegram", walk.guest, "POST telegram/webhook", 401, code="UNAUTHORIZED", json={"update_id": 1})
    walk.equal(walk.expect("unlinking", walk.creator_b, "POST telegram/unlink", 200)["unbound"], False, "has nothing to unlink")
    walk.equal(walk.expect("and takes the code back", walk.creator_b, "GET telegram", 200)["state"], "NONE", "no code waits")
