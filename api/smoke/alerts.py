"""A creator's alert, from its first word to the job it finds."""

import time

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID
from api.smoke.deal import live_job

FOUND_WITHIN_SECONDS = 75  # a wake-up takes a moment; without it the tick of every minute does it


def check_alerts(walk: Walk) -> None:
    """An alert is kept, judged, put to rest, finds the next job that becomes live, says why, and is deleted."""
    walk.section("Alerts")
    wanted = {"name": f"Чай {time.time_ns()}", "niche": "FOOD", "lang": "ru", "minBudgetCents": 300_000, "currency": "RUB"}
    walk.expect("a brand keeps no alerts", walk.brand, "POST alerts", 403, code="FORBIDDEN", json=wanted)
    nothing = {"name": "Всё подряд"}
    walk.expect("an alert for everything", walk.creator, "POST alerts", 400, code="VALIDATION_ERROR", json=nothing)
    alert = walk.expect("the creator keeps an alert", walk.creator, "POST alerts", 201, json=wanted)["alert"]
    where = f"alerts/{alert['id']}"
    walk.expect("the same name again", walk.creator, "POST alerts", 409, reason="ALERT_NAME_TAKEN", json=wanted)
    walk.expect("somebody else's alert", walk.creator_b, f"GET {where}", 404, code="NOT_FOUND")
    walk.expect("an alert that is not there", walk.creator, f"DELETE alerts/{MISSING_ID}", 404, code="NOT_FOUND")
    walk.equal(walk.expect("one's own alert", walk.creator, f"GET {where}", 200)["alert"], alert, "it says what it was told")
    walk.hold(alert in walk.creator.call("GET", "alerts").data["items"], "it is in the list")
    walk.expect("a budget without a currency", walk.creator, f"PATCH {where}", 400, code="VALIDATION_ERROR", json={"currency": ""})
    changed = walk.expect("it is changed", walk.creator, f"PATCH {where}", 200, json={"platform": "TIKTOK"})["alert"]
    walk.equal(changed["platform"], "TIKTOK", "and says so")
    walk.expect("it rests", walk.creator, f"POST {where}/toggle", 200, json={"isActive": False})
    walk.expect("and looks again", walk.creator, f"POST {where}/toggle", 200, json={"isActive": True})
    deal = live_job(walk)
    hit = awaited_hit(walk, where, deal.job_id)
    walk.equal([reason["criterion"] for reason in hit["matchedBecause"]], ["PLATFORM", "NICHE", "LANGUAGE", "BUDGET"], "it says why")
    notices = walk.creator.call("GET", "notifications", params={"limit": 20}).data["items"]
    told = [notice for notice in notices if notice["type"] == "JOB_ALERT_MATCHED" and notice["jobId"] == deal.job_id]
    walk.equal(len(told), 1, "one notice came")
    walk.expect("the alert is deleted", walk.creator, f"DELETE {where}", 200)
    walk.expect("and what it found with it", walk.creator, f"GET {where}/hits", 404, code="NOT_FOUND")


def awaited_hit(walk: Walk, where: str, job_id: str) -> dict:
    """The job as the alert shows it, once a worker has found it. Raises BrokenPromise when none does."""
    patience = time.monotonic() + FOUND_WITHIN_SECONDS
    while True:
        found = [hit for hit in walk.creator.call("GET", f"{where}/hits").data["items"] if hit["job"]["id"] == job_id]
        if found or time.monotonic() > patience:
            walk.hold(bool(found), "the alert finds the job that became live", where)
            return found[0]
        time.sleep(0.5)
