"""A webhook of a brand, from its first word to the log of what was tried."""

import time

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID

TRIED_WITHIN_SECONDS = 75  # a wake-up takes a moment; without it the tick of every minute does it
NOWHERE = "https://hooks.nowhere.invalid/marketplace"  # a name that never means anything, so that nobody is called


def check_webhooks(walk: Walk) -> None:
    """A webhook is kept, judged, rotated, tried, its log read; it is switched off and deleted."""
    walk.section("Webhooks")
    wanted = {"url": NOWHERE, "types": ["ESCROW_FUNDED"]}
    for what, url in (
        ("this machine", "https://127.0.0.1/"),
        ("a cloud's secrets", "https://169.254.169.254/"),
        ("another door", "https://hooks.nowhere.invalid:22/"),
    ):
        inside = wanted | {"url": url}
        walk.expect(f"a webhook to {what}", walk.brand, "POST webhooks", 400, code="VALIDATION_ERROR", json=inside)
    walk.expect("an unknown type", walk.brand, "POST webhooks", 400, code="VALIDATION_ERROR", json=wanted | {"types": ["NEVER"]})
    walk.expect("staff who are no engineers have none", walk.moderator, "POST webhooks", 403, code="FORBIDDEN", json=wanted)

    made = walk.expect("the brand makes a webhook", walk.brand, "POST webhooks", 201, json=wanted)
    where = f"webhooks/{made['endpoint']['id']}"
    walk.hold(made["secret"].startswith("whsec_"), "its secret is shown once", where)
    walk.equal(walk.expect("it is shown", walk.brand, f"GET {where}", 200), {"endpoint": made["endpoint"]}, "without the secret")
    walk.expect("somebody else's webhook", walk.creator, f"GET {where}", 404, code="NOT_FOUND")
    rotated = walk.expect("it gets a new secret", walk.brand, f"POST {where}/rotate", 200, json={"overlapHours": 1})
    walk.hold(rotated["secret"] != made["secret"], "another one", where)

    sample = walk.expect("a sample is sent", walk.brand, f"POST {where}/test", 200)["webhookId"]
    tried = awaited_attempt(walk, where, sample)
    walk.equal((tried["outcome"], tried["status"]), ("FAILED", None), "it arrives nowhere, and the log says so")
    retry = f"POST {where}/deliveries/{sample}/retry"
    walk.expect("what is on its way is not sent again", walk.brand, retry, 409, reason="DELIVERY_NOT_FAILED")
    walk.expect("a delivery that never was", walk.brand, f"POST {where}/deliveries/{MISSING_ID}/retry", 404, code="NOT_FOUND")

    walk.expect("it is switched off", walk.brand, f"PATCH {where}", 200, json={"isActive": False})
    walk.expect("no sample goes there", walk.brand, f"POST {where}/test", 409, reason="ENDPOINT_OFF")
    walk.expect("the webhook is deleted", walk.brand, f"DELETE {where}", 200)
    walk.expect("and its log with it", walk.brand, f"GET {where}/attempts", 404, code="NOT_FOUND")


def awaited_attempt(walk: Walk, where: str, webhook_id: str) -> dict:
    """The first try of this delivery, once a worker has made it. Raises BrokenPromise when none does."""
    patience = time.monotonic() + TRIED_WITHIN_SECONDS
    while True:
        log = walk.brand.call("GET", f"{where}/attempts").data["items"]
        found = [attempt for attempt in log if attempt["webhookId"] == webhook_id]
        if found or time.monotonic() > patience:
            walk.hold(bool(found), "a worker tries it", where)
            return found[-1]
        time.sleep(0.5)
