"""What happens to the brand reaches those who follow, in order and once, and nobody else."""

import time
from typing import Any

from api.smoke.client import BrokenPromise, Person, Walk
from api.smoke.deal import live_job

WAIT_SECONDS = 10
HEARD_SECONDS_MAX = 60
TOLD = ["JOB_PUBLISHED", "JOB_MODERATION_APPROVED"]


def check_events(walk: Walk) -> None:
    """By long poll and by stream: the same events from the same place."""
    walk.section("Live updates")
    walk.expect("a guest follows", walk.guest, "GET events", 401, code="UNAUTHORIZED")
    walk.expect("a guest opens a stream", walk.guest, "GET events/stream", 401, code="UNAUTHORIZED")
    start = walk.expect("the brand begins now", walk.brand, "GET events", 200)
    walk.equal(start["items"], [], "with nothing old")
    other = walk.expect("another brand too", walk.brand_b, "GET events", 200)
    foreign = walk.brand.call("GET", "conversations").data["liveCursor"]
    walk.expect("a place of another list", walk.brand, f"GET events?after={foreign}", 400, code="VALIDATION_ERROR")
    walk.expect("a stream from there", walk.brand, f"GET events/stream?after={foreign}", 400, code="VALIDATION_ERROR")
    deal = live_job(walk)

    heard, place = follow(walk.brand, start["liveCursor"], deal.job_id)
    walk.equal([event["type"] for event in heard], TOLD, "who waits hears what happened, in order")
    walk.equal([event["isMine"] for event in heard], [True, False], "and what was one's own doing")
    walk.hold("moderatedBy" not in str(heard), "not which moderator it was", heard)
    rest = walk.brand.call("GET", "events", params={"after": place}).data["items"]
    walk.equal([event for event in rest if event in heard], [], "nothing comes twice")
    strangers = walk.brand_b.call("GET", "events", params={"after": other["liveCursor"]}).data["items"]
    walk.hold(deal.job_id not in str(strangers), "nobody else hears it")
    walk.equal(streamed(walk, start["liveCursor"]), TOLD, "the stream tells the same from the same place")


def follow(person: Person, place: str, job_id: str) -> tuple[list[dict[str, Any]], str]:
    """The events of this job after this place, when all are there, and the place after them."""
    heard: list[dict[str, Any]] = []
    deadline = time.monotonic() + HEARD_SECONDS_MAX
    while len(heard) < len(TOLD) and time.monotonic() < deadline:
        page = person.call("GET", "events", params={"after": place, "wait": WAIT_SECONDS}).data
        heard += [event for event in page["items"] if event["payload"].get("jobId") == job_id]
        place = page["liveCursor"]
        time.sleep(page["pollInSec"])
    return heard, place


def streamed(walk: Walk, place: str) -> list[str]:
    """The types that the brand's stream tells from this place on. It is left when all are told, should it not end by itself."""
    found: list[str] = []
    headers = {"Authorization": f"Bearer {walk.brand.token}", "Accept": "text/event-stream", "Last-Event-ID": place}
    with walk.http.stream("GET", "/api/events", headers=headers) as response:
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/event-stream"):
            raise BrokenPromise(f"GET events as a stream → {response.status_code} {response.headers['Content-Type']}")
        for line in response.iter_lines():
            kind = line.removeprefix("event: ")
            found += [kind] if line.startswith("event: ") and kind in TOLD else []
            if len(found) == len(TOLD):
                break
    return found
