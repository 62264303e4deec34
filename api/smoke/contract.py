"""The contract itself: every kind of answer has the envelope."""

from api.smoke.client import Walk

MISSING_ID = "01890000-0000-7000-8000-000000000000"
TOO_MUCH = 300 * 1024


def check_contract(walk: Walk) -> None:
    """Unknown paths, wrong methods, broken bodies, strange parameters, missing and stale sessions."""
    walk.section("The contract")
    guest = walk.guest
    walk.expect("ready to serve", guest, "GET health/ready", 200)
    walk.expect("alive", guest, "GET health/live", 200)
    walk.hold("numbers" not in walk.expect("the worker works", guest, "GET health/worker", 200), "numbers are not for everybody", "numbers")
    walk.expect("an unknown path", guest, "GET nothing/here", 404, code="NOT_FOUND")
    walk.expect("a wrong method", guest, "DELETE jobs", 405, code="METHOD_NOT_ALLOWED")
    walk.expect("a malformed id", guest, "GET jobs/not-an-id", 404, code="NOT_FOUND")
    walk.expect("a missing id", guest, f"GET jobs/{MISSING_ID}", 404, code="NOT_FOUND")
    walk.expect("an unknown parameter", guest, "GET jobs?color=red", 400, code="VALIDATION_ERROR")
    walk.expect("a cursor that is not ours", guest, "GET jobs?cursor=abc", 400, code="VALIDATION_ERROR")
    walk.expect("a limit beyond 100", guest, "GET jobs?limit=101", 400, code="VALIDATION_ERROR")
    json_type = {"Content-Type": "application/json"}
    walk.expect("broken JSON", guest, "POST auth/login", 400, code="VALIDATION_ERROR", content=b"{", headers=json_type)
    walk.expect("another content type", guest, "POST auth/login", 415, code="UNSUPPORTED_MEDIA_TYPE", data={"email": "a"})
    # The server answers before it has read it all and hangs up: another call on this connection could meet its end.
    last = json_type | {"Connection": "close"}
    walk.expect("a huge body", guest, "POST auth/login", 413, code="PAYLOAD_TOO_LARGE", content=b" " * TOO_MUCH, headers=last)
    walk.expect("a write without a session", guest, "POST jobs", 401, code="UNAUTHORIZED", json={})
    stale = {"Authorization": "Bearer ugc_of-nobody"}
    details = walk.expect("a token of nobody", guest, "GET me", 401, code="SESSION_INVALID", headers=stale)
    walk.equal(details.get("action"), "SIGN_IN", "a stale session says what to do")
    answer = guest.call("GET", "health", headers={"X-Request-Id": "smoke-0123456789"})
    walk.equal(answer.body["requestId"], "smoke-0123456789", "the caller's request id comes back")
    english = guest.call("GET", "nothing", headers={"Accept-Language": "en"}).body["error"]["message"]
    russian = guest.call("GET", "nothing").body["error"]["message"]
    walk.hold(english != russian and english.isascii(), "messages are Russian, and English on request", (russian, english))
