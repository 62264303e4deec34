"""Signing in and out, registering, profiles."""

import uuid

from api.smoke.client import Person, Walk
from core.people.factors.demo import demo_code

ACCOUNTS = {
    "brand": "brand@example.com",
    "brand_b": "brand-b@example.com",
    "creator": "creator@example.com",
    "creator_b": "creator-b@example.com",
    "moderator": "moderator@example.com",
    "finance": "finance@example.com",
    "finance_2": "finance-2@example.com",
}

STAFF = ("moderator", "finance", "finance_2")


def sign_in(walk: Walk, name: str, email: str, password: str) -> Person:
    """A person with a fresh token."""
    signed = walk.expect(f"{name} signs in", walk.guest, "POST auth/login", 200, json={"email": email, "password": password})
    return Person(walk.http, name, signed["token"])


def sign_in_staff(walk: Walk, name: str, email: str, password: str) -> Person:
    """A member of staff with a fresh token. Their code is good once: when somebody used the present one, the next one opens."""
    for later in (0, 1):
        body = {"email": email, "password": password, "code": demo_code(email, password, later=later)}
        answer = walk.guest.call("POST", "auth/login", json=body)
        if answer.details.get("code") != "SECOND_FACTOR_NOT_VALID":
            break
    walk.hold(answer.status == 200, f"{name} signs in with a code", answer.body)
    again = walk.guest.call("POST", "auth/login", json=body)
    asked = again.status == 401
    walk.hold(asked or again.status == 200, "a code opens once where codes are asked for", again.body)
    if asked:
        walk.equal(again.details.get("code"), "SECOND_FACTOR_NOT_VALID", "and says why it does not")
    return Person(walk.http, name, answer.data["token"])


def check_people(walk: Walk) -> None:
    """All accounts sign in; sessions end when they should; profiles are patched and never wiped."""
    walk.section("People")
    for name, email in ACCOUNTS.items():
        enter = sign_in_staff if name in STAFF else sign_in
        walk.people[name] = enter(walk, name, email, walk.password)
    wrong = {"email": ACCOUNTS["brand"], "password": "not-the-password"}
    walk.expect("a wrong password", walk.guest, "POST auth/login", 401, code="UNAUTHORIZED", json=wrong)
    check_registration(walk)
    check_profiles(walk)


def check_registration(walk: Walk) -> None:
    """A new creator registers, changes the password, and every other session of theirs is over."""
    email = f"smoke-{uuid.uuid4().hex[:12]}@example.com"
    body = {"email": email.upper(), "password": "first-horse-battery-9", "role": "CREATOR", "name": "Smoke"}
    created = walk.expect("a creator registers", walk.guest, "POST auth/register", 201, json=body)
    walk.equal(created["user"]["email"], email, "the address is kept in lower case")
    walk.expect("registers again", walk.guest, "POST auth/register", 409, code="CONFLICT", reason="EMAIL_EXISTS", json=body)
    admin = body | {"email": f"x{email}", "role": "STAFF"}
    walk.expect("registers as staff", walk.guest, "POST auth/register", 400, code="VALIDATION_ERROR", json=admin)
    here = sign_in(walk, "newcomer", email, body["password"])
    there = sign_in(walk, "newcomer", email, body["password"])
    change = {"currentPassword": body["password"], "newPassword": "second-horse-battery-9"}
    walk.expect("changes the password", here, "POST auth/password/change", 200, json=change)
    walk.expect("the other session is over", there, "GET me", 401, code="SESSION_INVALID")
    walk.expect("this one lives", here, "GET me", 200)
    walk.expect("signs out", here, "POST auth/logout", 200)
    walk.expect("after signing out", here, "GET me", 401, code="SESSION_INVALID")


def check_profiles(walk: Walk) -> None:
    """Both parties of the deal have complete profiles; a PATCH changes what it names and nothing else."""
    walk.expect(
        "the brand completes its profile", walk.brand, "PATCH brand/profile", 200, json={"companyName": "Smoke Tea", "description": "Tea."}
    )
    for name in ("creator", "creator_b"):
        profile = {
            "displayName": f"Smoke {name}",
            "bio": "I film honest reviews of everyday things.",
            "platforms": ["TIKTOK"],
            "pricePerVideo": 5000,
            "isPublic": True,
        }
        person = walk.people[name]
        walk.expect(f"{name} completes the profile", person, "PATCH creator/profile", 200, json=profile)
        items = walk.expect(f"{name} looks at the portfolio", person, "GET creator/portfolio", 200)["items"]
        if not items:
            walk.expect(f"{name} adds work", person, "POST creator/portfolio", 201, json={"url": "https://example.com/smoke"})
    walk.expect("a field that is not there", walk.brand, "PATCH brand/profile", 400, code="VALIDATION_ERROR", json={"isVerified": True})
    walk.expect(
        "a link that runs code", walk.creator, "POST creator/portfolio", 400, code="VALIDATION_ERROR", json={"url": "javascript:alert(1)"}
    )
    walk.expect("a creator at the brand's door", walk.creator, "PATCH brand/profile", 403, code="FORBIDDEN", json={})
    me = walk.expect("the creator is ready", walk.creator, "GET me", 200)
    walk.hold("password" not in str(me).lower(), "nothing secret in me", me)
