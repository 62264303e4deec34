"""Accounts over HTTP: what a client sends, and what it gets."""

import pytest
from django.core import mail
from django.test import Client

from api.auth import SESSION_COOKIE
from core.people.letters.links import token_of
from core.people.models import EmailToken, Session, User
from core.reports.services import block_person
from tests.api.callers import MISSING, Answer, Caller
from tests.core.people.mailbox import carry_letters
from tests.world import PASSWORD, unique

NEW_PASSWORD = "new-horse-battery-10"


def registration(**fields) -> dict:
    return {"email": f"{unique('anna')}@example.com", "password": PASSWORD, "role": "CREATOR"} | fields


def log_in(user: User, password: str = PASSWORD) -> Answer:
    return Caller().post("/api/auth/login", {"email": user.email, "password": password})


def signed_in(user: User) -> Caller:
    return Caller(token=log_in(user).data["token"])


def reset_token(user: User) -> str:
    return token_of(EmailToken.objects.filter(user=user, purpose="RESET_PASSWORD").latest("created_at"))


def test_registering_answers_with_the_account_alone(world):
    body = registration(email=f" {unique('Anna')}@Example.COM")

    answer = Caller().post("/api/auth/register", body)

    assert answer.status == 201
    user = answer.data["user"]
    assert (user["email"], user["role"], user["language"]) == (body["email"].strip().lower(), "CREATOR", "ru")
    assert user["emailVerifiedAt"] is None
    assert set(answer.data) == {"user"}
    assert PASSWORD not in answer.content.decode()


def test_an_address_that_is_taken_is_a_conflict(world):
    body = registration()
    Caller().post("/api/auth/register", body)

    answer = Caller().post("/api/auth/register", body | {"email": body["email"].upper()})

    assert (answer.status, answer.code, answer.reason) == (409, "CONFLICT", "EMAIL_EXISTS")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": None}, "role"),
        ({"role": "ADMIN"}, "role"),
        ({"role": "STAFF"}, "role"),
        ({"email": "anna"}, "email"),
        ({"email": 5}, "email"),
        ({"email": "a" * 250 + "@example.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "a1" * 101}, "password"),
        ({"name": "A"}, "name"),
        ({"companyName": "T" * 121}, "companyName"),
        ({"isStaff": True}, "isStaff"),
        ({"is_superuser": True}, "is_superuser"),
        ({"id": MISSING}, "id"),
    ],
)
def test_a_bad_registration_names_the_field_and_makes_nobody(world, changes, field):
    count = User.objects.count()

    answer = Caller().post("/api/auth/register", registration(**changes))

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == [field]
    assert User.objects.count() == count


@pytest.mark.parametrize("field", ["email", "password", "role"])
def test_a_registration_needs_all_of_these(world, field):
    body = registration()
    del body[field]

    assert list(Caller().post("/api/auth/register", body).details["fieldErrors"]) == [field]


def test_the_token_opens_what_the_person_may_see(world):
    user = world.bare_creator()

    answer = log_in(user)

    assert set(answer.data) == {"token", "expiresAt", "user"}
    assert Caller(token=answer.data["token"]).get("/api/me").data["user"]["id"] == str(user.id)


def test_every_wrong_sign_in_looks_the_same(world):
    blocked = world.bare_creator()
    block_person(blocked.id, by=world.staff("support"), reason="Takes brands away.")
    inactive = world.bare_creator()
    User.objects.filter(id=inactive.id).update(is_active=False)

    answers = [
        log_in(world.bare_creator(), "wrong-horse-battery-9"),
        log_in(User(email="nobody@example.com")),
        log_in(blocked),
        log_in(inactive),
        log_in(User.objects.system()),
    ]

    assert {answer.status for answer in answers} == {401}
    assert {(answer.code, answer.reason) for answer in answers} == {("UNAUTHORIZED", "BAD_CREDENTIALS")}
    assert len({str(answer.json["error"]) for answer in answers}) == 1


def test_signing_in_is_never_replayed(world):
    user = world.bare_creator()
    body = {"email": user.email, "password": PASSWORD}

    first, second = (Caller().post("/api/auth/login", body, idempotency_key="the-same-key-twice") for _ in range(2))

    assert first.data["token"] != second.data["token"]


def test_a_browser_gets_a_cookie_that_no_script_reads_and_a_csrf_token(world):
    user, browser = world.bare_creator(), Client(enforce_csrf_checks=True)

    signed = browser.post("/api/auth/login", {"email": user.email, "password": PASSWORD, "cookie": True}, content_type="application/json")

    data = signed.json()["data"]
    assert set(data) == {"csrfToken", "expiresAt", "user"}
    cookie = signed.cookies[SESSION_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert browser.get("/api/me").status_code == 200
    assert browser.patch("/api/me", {"language": "en"}, content_type="application/json").status_code == 403
    headers = {"X-CSRFToken": data["csrfToken"]}
    assert browser.patch("/api/me", {"language": "en"}, content_type="application/json", headers=headers).status_code == 200
    assert browser.post("/api/auth/logout", {"a": "form"}, headers=headers).status_code == 415
    out = browser.post("/api/auth/logout", content_type="application/json", headers=headers)
    assert out.status_code == 200
    assert out.headers["Set-Cookie"].startswith(f"{SESSION_COOKIE}=; Max-Age=0")
    assert not Session.objects.filter(user=user, revoked_at=None).exists()


def test_an_old_token_does_not_stand_in_the_way_of_signing_in(world):
    user = world.bare_creator()

    answer = Caller(token="mk_long-gone").post("/api/auth/login", {"email": user.email, "password": PASSWORD})

    assert answer.status == 200


def test_signing_out_ends_this_token_and_no_other(world):
    user = world.bare_creator()
    here, there = signed_in(user), signed_in(user)

    assert here.post("/api/auth/logout").data == {"signedOut": True}

    assert here.get("/api/me").code == "SESSION_INVALID"
    assert there.get("/api/me").status == 200


def test_the_sessions_are_listed_with_the_present_one_marked(world):
    user = world.bare_creator()
    there, here = signed_in(user), signed_in(user)
    signed_in(world.bare_creator())

    items = here.get("/api/auth/sessions").data["items"]

    assert [item["current"] for item in items] == [True, False]
    assert set(items[0]) == {"id", "kind", "userAgent", "ip", "createdAt", "lastSeenAt", "expiresAt", "current"}
    assert here.delete(f"/api/auth/sessions/{items[1]['id']}").data == {"revoked": True}
    assert there.get("/api/me").code == "SESSION_INVALID"
    assert here.delete(f"/api/auth/sessions/{items[1]['id']}").status == 404


def test_sessions_come_in_pages(world):
    user = world.bare_creator()
    here = [signed_in(user) for _ in range(3)][-1]

    first = here.get("/api/auth/sessions?limit=2").data
    second = here.get(f"/api/auth/sessions?limit=2&cursor={first['nextCursor']}").data

    assert [len(first["items"]), len(second["items"]), second["nextCursor"]] == [2, 1, None]


def test_a_changed_password_ends_every_other_session_at_once(world):
    user = world.bare_creator()
    here, there = signed_in(user), signed_in(user)

    answer = here.post("/api/auth/password/change", {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD})

    assert answer.data == {"changed": True}
    assert here.get("/api/me").status == 200
    assert there.get("/api/me").code == "SESSION_INVALID"
    assert log_in(user).status == 401
    assert log_in(user, NEW_PASSWORD).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"currentPassword": "wrong", "newPassword": NEW_PASSWORD}, "currentPassword"),
        ({"currentPassword": PASSWORD, "newPassword": "12345678"}, "newPassword"),
        ({"newPassword": NEW_PASSWORD}, "currentPassword"),
    ],
)
def test_a_refused_change_names_the_field(world, body, field):
    user = world.bare_creator()

    answer = signed_in(user).post("/api/auth/password/change", body)

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, [field])
    assert log_in(user).status == 200


def test_asking_for_a_new_password_says_the_same_about_every_address(world):
    known = Caller().post("/api/auth/password/reset", {"email": world.bare_creator().email})
    unknown = Caller().post("/api/auth/password/reset", {"email": "nobody@example.com"})

    assert (known.status, known.data) == (unknown.status, unknown.data) == (200, {"accepted": True})
    assert Caller().post("/api/auth/password/reset", {"email": "no address"}).status == 400


def test_the_token_of_the_letter_sets_a_new_password_once(world):
    user = world.bare_creator()
    caller = signed_in(user)
    Caller().post("/api/auth/password/reset", {"email": user.email})
    body = {"token": reset_token(user), "password": NEW_PASSWORD}

    assert Caller().post("/api/auth/password/reset/confirm", body).data == {"changed": True}

    assert caller.get("/api/me").code == "SESSION_INVALID"
    assert log_in(user, NEW_PASSWORD).status == 200
    again = Caller().post("/api/auth/password/reset/confirm", body)
    assert (again.status, again.code, again.reason) == (400, "VALIDATION_ERROR", "LINK_NOT_VALID")


def test_confirming_the_address_shows_in_the_account(world):
    user = world.bare_creator()
    caller = signed_in(user)
    assert caller.post("/api/auth/email/resend").data == {"accepted": True}
    carry_letters()
    token = mail.outbox[-1].body.partition("#token=")[2].split()[0]

    assert Caller().post("/api/auth/email/verify", {"token": token}).data == {"verified": True}

    assert caller.get("/api/me").data["user"]["emailVerifiedAt"] is not None
    assert caller.post("/api/auth/email/resend").reason == "EMAIL_ALREADY_VERIFIED"
    assert Caller().post("/api/auth/email/verify", {"token": token}).reason == "LINK_NOT_VALID"


def test_me_says_what_the_profile_lacks(world):
    answer = Caller(world.bare_creator()).get("/api/me")

    assert answer.data["profile"]["verificationStatus"] == "UNVERIFIED"
    assert answer.data["completeness"]["percent"] == 0
    first = answer.data["completeness"]["missing"][0]
    assert first == {"key": "displayName", "label": "Имя", "ctaHref": "/dashboard/profile#creator-display-name"}
    assert answer.data["capabilities"] == []


def test_me_of_a_brand_and_of_staff(world):
    brand = Caller(world.brand(company_name="Tea House")).get("/api/me").data
    staff = Caller(world.staff("finance", "support")).get("/api/me").data

    assert (brand["profile"]["name"], brand["completeness"]) == ("Tea House", {"percent": 100, "missing": []})
    assert (staff["profile"], staff["completeness"], staff["capabilities"]) == (None, None, ["finance", "support"])


@pytest.mark.parametrize("field", ["role", "email", "isActive", "blockedAt", "password", "id", "emailVerifiedAt", "is_superuser"])
def test_nobody_changes_what_is_not_theirs_to_change(world, field):
    user = world.bare_creator()
    before = User.objects.filter(id=user.id).values().get()

    answer = Caller(user).patch("/api/me", {field: "BRAND"})

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, [field])
    assert User.objects.filter(id=user.id).values().get() == before


def test_support_blocks_a_person_who_is_out_at_once(world):
    person = world.bare_creator()
    caller, support = signed_in(person), Caller(world.staff("support"))

    answer = support.post(f"/api/admin/people/{person.id}/block", {"reason": "Takes brands away."})

    assert answer.data["person"]["blockReason"] == "Takes brands away."
    assert "email" not in answer.data["person"]
    assert caller.get("/api/me").code == "SESSION_INVALID"
    assert support.post(f"/api/admin/people/{person.id}/block", {"reason": "Takes brands away."}).reason == "ALREADY_BLOCKED"
    assert support.post(f"/api/admin/people/{person.id}/unblock").data["person"]["blockedAt"] is None
    assert log_in(person).status == 200
