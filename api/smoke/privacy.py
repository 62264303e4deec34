"""One's own data: taken along, and gone."""

import uuid

from api.smoke.client import Walk
from api.smoke.people import sign_in


def check_privacy(walk: Walk) -> None:
    """Somebody comes, takes everything along, leaves, and may come again as somebody else; who has a deal in work stays."""
    walk.section("One's own data")
    email, password = f"smoke-{uuid.uuid4().hex[:12]}@example.com", "first-horse-battery-9"
    registration = {"email": email, "password": password, "role": "CREATOR", "name": "Smoke"}
    walk.expect("a creator registers", walk.guest, "POST auth/register", 201, json=registration)
    guest = sign_in(walk, "who leaves", email, password)
    mine = walk.expect("takes everything along", guest, "GET me/export", 200)
    walk.equal(mine["account"]["email"], email, "the export is about them")
    leave = {"password": password, "confirm": True}
    walk.expect("leaves by mistake", guest, "POST me/delete", 400, code="VALIDATION_ERROR", json=leave | {"confirm": False})
    walk.expect("leaves with a wrong password", guest, "POST me/delete", 400, code="VALIDATION_ERROR", json=leave | {"password": "no"})
    walk.expect("leaves", guest, "POST me/delete", 200, json=leave)
    walk.expect("is signed out", guest, "GET me", 401, code="SESSION_INVALID")
    again = {"email": email, "password": password}
    walk.expect("signs in no more", walk.guest, "POST auth/login", 401, code="UNAUTHORIZED", reason="BAD_CREDENTIALS", json=again)
    walk.expect("comes again", walk.guest, "POST auth/register", 201, json=registration)
    staff = {"password": walk.password, "confirm": True}
    walk.expect("staff do not leave this way", walk.people["moderator"], "POST me/delete", 403, code="FORBIDDEN", json=staff)
