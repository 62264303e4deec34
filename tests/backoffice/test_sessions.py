"""Coming in and staying in: who guesses is shut out, who is silent is signed out, and a new password ends the rest."""

import datetime as dt

import time_machine
from django.test import Client
from django.urls import reverse

from core.base import clock
from core.people.models import User
from core.reports.services import block_person
from tests.backoffice.pages import client_of, seen
from tests.world import PASSWORD

LOGIN = "/backoffice/login/"


def sign_in(client: Client, user: User, password: str = PASSWORD):
    return client.post(LOGIN, {"username": user.email, "password": password, "next": "/backoffice/"}, REMOTE_ADDR="10.1.1.1")


def test_staff_come_in_and_land_on_the_overview(world, client):
    response = sign_in(client, world.staff("moderator"))

    assert (response.status_code, response["Location"]) == (302, "/backoffice/")


def test_the_door_speaks_russian_and_asks_for_an_address(client, db):
    page = seen(client.get(LOGIN))

    assert "E-mail" in page
    assert "Войти" in page


def test_a_brand_a_blocked_and_an_unknown_person_read_the_same(world):
    brand, blocked = world.brand(), world.staff("moderator")
    superuser = world.staff()
    User.objects.filter(pk=superuser.pk).update(is_superuser=True)
    block_person(blocked.id, by=User.objects.get(pk=superuser.pk), reason="Ушёл из команды вчера.")
    unknown = User(email="nobody-here@example.com")

    pages = {seen(sign_in(Client(), person)).replace(person.email, "") for person in (brand, blocked, unknown)}

    assert len(pages) == 1
    assert "Пожалуйста, введите корректные" in pages.pop()


def test_who_guesses_is_shut_out_in_russian(world, settings):
    user = world.staff("moderator")
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = sign_in(client, user, "wrong-password")

    assert last.status_code == 429
    assert "Слишком много попыток" in last.content.decode()
    assert sign_in(client, user).status_code == 429
    elsewhere = Client().post(LOGIN, {"username": user.email, "password": PASSWORD}, REMOTE_ADDR="10.9.9.9")
    assert elsewhere.status_code == 302


def test_half_an_hour_of_silence_signs_out(world):
    client = client_of(world.staff("moderator"))
    assert client.get("/backoffice/").status_code == 200

    with time_machine.travel(clock.now() + dt.timedelta(minutes=29), tick=False):
        assert client.get("/backoffice/").status_code == 200
    with time_machine.travel(clock.now() + dt.timedelta(minutes=29 + 31), tick=False):
        assert client.get("/backoffice/").status_code == 302


def test_twelve_hours_of_work_sign_out_too(world):
    client = client_of(world.staff("moderator"))
    start = clock.now()

    for minutes in range(0, 12 * 60, 20):
        with time_machine.travel(start + dt.timedelta(minutes=minutes), tick=False):
            assert client.get("/backoffice/").status_code == 200
    with time_machine.travel(start + dt.timedelta(hours=12, minutes=1), tick=False):
        assert client.get("/backoffice/").status_code == 302


def test_a_sign_in_changes_the_session_id(world, client):
    client.get(LOGIN)
    client.session["anything"] = 1
    before = client.cookies.get("sessionid")
    sign_in(client, world.staff("moderator"))

    assert client.cookies["sessionid"].value != (before.value if before else "")
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_a_new_password_keeps_this_browser_and_ends_the_others(world):
    user = world.staff("moderator")
    here, there = client_of(user), client_of(user)
    form = {"old_password": PASSWORD, "new_password1": "another-Horse-battery-7", "new_password2": "another-Horse-battery-7"}
    address = reverse("admin:password_change")

    wrong = here.post(address, form | {"old_password": "wrong"})
    same = here.post(address, {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD})
    done = here.post(address, form)

    assert (wrong.status_code, same.status_code, done.status_code) == (200, 200, 302)
    assert here.get("/backoffice/").status_code == 200
    assert there.get("/backoffice/").status_code == 302
    assert User.objects.get(pk=user.pk).check_password("another-Horse-battery-7")


def test_signing_out_takes_a_form(world):
    client = client_of(world.staff("moderator"))

    assert client.get("/backoffice/logout/").status_code == 405
    assert "Вы вышли из бэк-офиса" in seen(client.post("/backoffice/logout/"))
    assert client.get("/backoffice/").status_code == 302


def test_the_headers_of_a_page_protect_it(world):
    response = client_of(world.staff("moderator")).get("/backoffice/")
    policy = response["Content-Security-Policy"]

    for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "default-src 'none'"):
        assert part in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-cache" in response["Cache-Control"]
