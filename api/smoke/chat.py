"""A conversation before anybody is chosen: opened, followed, read, archived, and closed to everybody else."""

import time
import uuid
from typing import Any

from api.smoke.client import Answer, Walk
from api.smoke.contract import MISSING_ID
from api.smoke.deal import Deal, live_job

RACERS = 5
WAIT_SECONDS = 20
SOON_SECONDS = 5


def check_chat(walk: Walk) -> None:
    """The two sides of an application talk; strangers and staff find nothing; what is said is heard once and never lost."""
    walk.section("Chat")
    deal = live_job(walk)
    where = check_opening(walk, deal)
    check_writing(walk, where)
    check_following(walk, where)
    check_reading(walk, where)
    check_archive(walk, deal, where)


def check_opening(walk: Walk, deal: Deal) -> str:
    """One conversation, for the two sides of an application alone. Returns its path."""
    named = {"jobId": deal.job_id, "participantId": profile_of(walk, "creator")}
    walk.expect("with somebody who has not applied", walk.brand, "POST conversations", 404, code="NOT_FOUND", json=named)
    walk.expect("the creator applies", walk.creator, f"POST jobs/{deal.job_id}/apply", 201, json={"message": "Сниму за три дня."})
    walk.expect("another brand opens it", walk.brand_b, "POST conversations", 404, code="NOT_FOUND", json=named)
    walk.expect("a moderator opens it", walk.moderator, "POST conversations", 403, code="FORBIDDEN", json=named)
    opened = walk.expect("the brand opens the conversation", walk.brand, "POST conversations", 201, json=named)["conversation"]
    again = walk.expect("opens it again", walk.brand, "POST conversations", 200, json=named)["conversation"]
    walk.equal(again["id"], opened["id"], "there is one")
    walk.hold(opened["counterpart"]["name"] and "@" not in str(opened), "the other side has a name, and no address", opened)
    return f"conversations/{opened['id']}"


def profile_of(walk: Walk, name: str) -> str:
    """The id of this creator's profile."""
    shown = walk.people[name].call("GET", "creator/profile").data
    return shown["profile"]["id"]


def check_writing(walk: Walk, where: str) -> None:
    """A message is written once, by one of the two."""
    messages = f"{where}/messages"
    walk.expect("an empty message", walk.brand, f"POST {messages}", 400, code="VALIDATION_ERROR", json={"body": " "})
    walk.expect("a stranger writes", walk.brand_b, f"POST {messages}", 404, code="NOT_FOUND", json={"body": "Ау"})
    walk.expect("a moderator reads", walk.moderator, f"GET {messages}", 403, code="FORBIDDEN")
    body = {"body": "Какой чай заваривать?", "clientId": uuid.uuid4().hex}
    answers = walk.together(*[lambda: walk.creator.call("POST", messages, json=body)] * RACERS)
    walk.equal(sorted(answer.status for answer in answers), [200] * (RACERS - 1) + [201], f"{RACERS} of the same clientId at once")
    walk.equal(len({answer.data["message"]["id"] for answer in answers}), 1, "are one message")
    other = body | {"body": "Другое"}
    walk.expect("other words under it", walk.creator, f"POST {messages}", 409, reason="CLIENT_ID_REUSED", json=other)


def check_following(walk: Walk, where: str) -> None:
    """Who waits hears at once; who asks for what they hold is told so."""
    messages = f"{where}/messages"
    page = walk.expect("the brand reads", walk.brand, f"GET {messages}", 200)
    walk.equal([message["mine"] for message in page["items"]], [False], "one message of the other side")
    held = walk.brand.call("GET", messages).response.headers["ETag"]
    walk.equal(walk.brand.call("GET", messages, headers={"If-None-Match": held}).status, 304, "nothing new has no body")
    walk.expect("a wait without a place", walk.brand, f"GET {messages}?wait=5", 400, code="VALIDATION_ERROR")

    def wait() -> Answer:
        return walk.brand.call("GET", messages, params={"after": page["liveCursor"], "wait": WAIT_SECONDS})

    def write() -> Answer:
        time.sleep(1)
        return walk.creator.call("POST", messages, json={"body": "Жду ответа."})

    began = time.monotonic()
    heard, said = walk.together(wait, write)
    walk.equal([message["id"] for message in heard.data["items"]], [said.data["message"]["id"]], "who waits hears what is said")
    walk.hold(time.monotonic() - began < SOON_SECONDS, "at once")
    listed = walk.expect("the list of conversations", walk.brand, "GET conversations", 200)
    walk.expect("the brand answers", walk.brand, f"POST {messages}", 201, json={"body": "Любой."})
    changed = follow(walk, listed["liveCursor"])
    walk.equal([row["lastMessage"]["text"] for row in changed["items"]], ["Любой."], "the list tells what changed since")


def follow(walk: Walk, cursor: str) -> Any:
    return walk.brand.call("GET", "conversations", params={"after": cursor}).data


def check_reading(walk: Walk, where: str) -> None:
    """Reading is told, up to a message, and changes the totals."""
    conversation = walk.expect("one conversation", walk.brand, f"GET {where}", 200)["conversation"]
    walk.equal(conversation["unreadCount"], 2, "two messages wait for the brand")
    before = walk.expect("the totals", walk.brand, "GET inbox/unread", 200)
    last = walk.brand.call("GET", f"{where}/messages").data["items"][0]["id"]
    walk.expect("up to a message that is not there", walk.brand, f"POST {where}/read", 404, json={"upToId": MISSING_ID})
    read = walk.expect("the brand has read all", walk.brand, f"POST {where}/read", 200, json={"upToId": last})
    walk.equal(read["unreadCount"], 0, "nothing waits")
    after = walk.expect("the totals again", walk.brand, "GET inbox/unread", 200)
    walk.equal(before["messages"] - after["messages"], 2, "two less")


def check_archive(walk: Walk, deal: Deal, where: str) -> None:
    """Put away for oneself, back with the next word; finished ones too, and nothing is lost."""
    walk.expect("the brand archives it", walk.brand, f"POST {where}/archive", 200)
    walk.expect("takes it back", walk.brand, f"POST {where}/unarchive", 200)
    walk.expect("a stranger archives it", walk.brand_b, f"POST {where}/archive", 404, code="NOT_FOUND")
    walk.expect("deletes it while the job lives", walk.brand, f"POST {where}/delete", 409, reason="ONLY_COMPLETED")
    walk.expect("the job is canceled", walk.brand, f"POST jobs/{deal.job_id}/cancel", 200)
    walk.expect("deletes it now", walk.brand, f"POST {where}/delete", 200)
    archived = walk.brand.call("GET", "conversations", params={"archived": "true", "jobId": deal.job_id}).data["items"]
    walk.equal([row["id"] for row in archived], [where.rpartition("/")[2]], "it is in the brand's archive")
    there = walk.creator.call("GET", "conversations", params={"jobId": deal.job_id}).data["items"]
    walk.equal(len(there), 1, "and where it was for the creator")
    cleared = walk.expect("the creator clears all finished ones", walk.creator, "POST conversations/clear", 200)
    walk.hold(cleared["count"] >= 1, "one at least goes", cleared)
