"""Staff come in with a password and a code, and show a code again before money moves."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backoffice.security.freshness import CODE
from backoffice.site import site
from core.audit.models import AuditEntry
from core.base import clock
from core.money.models import Payout
from core.people import services
from core.people.factors import codes
from core.people.factors.models import BackofficeSession, Factor
from core.people.models import User
from core.reports.services import block_person
from tests.authenticator import Authenticator
from tests.backoffice.pages import MODAL, client_of, dialog_url, page_url, seen
from tests.world import PASSWORD

LOGIN, DOOR, SETUP = "/backoffice/login/", "/backoffice/second-factor/", "/backoffice/second-factor/setup/"
OVERVIEW, SECURITY = "/backoffice/", "/backoffice/security/"
RECOVERY = "/backoffice/security/recovery-codes/"


@pytest.fixture(autouse=True)
def _asked(settings):
    settings.STAFF_SECOND_FACTOR = True


def show_password(user: User, **options):
    client = Client(headers={"user-agent": "Chromium of tests"}, **options)
    return client, client.post(
        LOGIN, {"username": user.email, "password": PASSWORD, "next": "/backoffice/core/job/"}, REMOTE_ADDR="10.1.1.1"
    )


def come_in(telephone: Authenticator) -> Client:
    client, _answer = show_password(telephone.user)
    assert client.post(DOOR, {CODE: telephone.code()})["Location"] == "/backoffice/core/job/"
    return client


def superuser(world) -> User:
    chief = world.staff()
    chief.is_superuser = True
    chief.save(update_fields=["is_superuser"])
    return chief


# ── Coming in ──


def test_the_password_leads_to_the_code_and_the_code_to_where_one_wanted(world):
    telephone = Authenticator(world.staff("moderator"))

    client, answer = show_password(telephone.user)
    assert (answer.status_code, answer["Location"]) == (302, DOOR)
    assert client.get(OVERVIEW).status_code == 302
    assert "Код из приложения" in seen(client.get(DOOR))
    done = client.post(DOOR, {CODE: telephone.code()})

    assert (done.status_code, done["Location"]) == (302, "/backoffice/core/job/")
    assert client.get(OVERVIEW).status_code == 200


def test_between_password_and_code_nothing_of_the_backoffice_opens(world):
    telephone = Authenticator(superuser(world))
    client, _answer = show_password(telephone.user)

    for path in (
        OVERVIEW,
        SECURITY,
        "/backoffice/core/job/",
        "/backoffice/password_change/",
        "/backoffice/security/recovery-codes/",
        SETUP,
    ):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith((LOGIN, DOOR)), path
    assert client.post(RECOVERY, {CODE: telephone.code()}).status_code == 302
    assert not BackofficeSession.objects.exclude(user=None).exists()


@pytest.mark.parametrize("code", ["", "12345", "the used one"])
def test_a_wrong_a_missing_and_a_used_code_open_nothing(world, code):
    telephone = Authenticator(world.staff("moderator"))
    client, _answer = show_password(telephone.user)

    answer = client.post(DOOR, {CODE: telephone.code(later=0) if code == "the used one" else code})

    assert answer.status_code == 200
    assert client.get(OVERVIEW).status_code == 302


def test_guesses_shut_the_door_in_every_browser(world):
    telephone = Authenticator(world.staff("moderator"))
    client, _answer = show_password(telephone.user)
    for _each in range(5):
        client.post(DOOR, {CODE: telephone.wrong()})

    elsewhere, _answer = show_password(telephone.user)
    answer = elsewhere.post(DOOR, {CODE: telephone.code()})

    assert "Слишком много неверных кодов" in seen(answer)
    assert elsewhere.get(OVERVIEW).status_code == 302


def test_the_door_closes_after_ten_minutes_and_when_the_password_changes(world):
    telephone = Authenticator(world.staff("moderator"))
    client, _answer = show_password(telephone.user)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11)):
        assert client.post(DOOR, {CODE: telephone.code()})["Location"] == LOGIN

    client, _answer = show_password(telephone.user)
    services.change_password(
        by=telephone.user, session_id=telephone.user.pk, current_password=PASSWORD, new_password="another-Horse-battery-7"
    )
    assert client.post(DOOR, {CODE: telephone.code()})["Location"] == LOGIN


def test_nobody_comes_to_the_door_of_codes_without_a_password(db):
    assert Client().get(DOOR)["Location"] == LOGIN
    assert Client().get(SETUP)["Location"] == LOGIN
    assert Client().post(DOOR, {CODE: "123456"})["Location"] == LOGIN


def test_an_address_elsewhere_is_not_gone_to(world):
    telephone = Authenticator(world.staff("moderator"))
    client = Client()
    client.post(LOGIN, {"username": telephone.user.email, "password": PASSWORD, "next": "https://evil.example/"})

    assert client.post(DOOR, {CODE: telephone.code()})["Location"] == OVERVIEW


def test_a_session_from_before_the_second_factor_is_over(world):
    assert client_of(world.staff("moderator")).get(OVERVIEW).status_code == 302


# ── Setting up ──


def test_whoever_has_no_authenticator_reaches_only_its_setting_up(world):
    user = world.staff("moderator")
    client, answer = show_password(user)

    assert answer["Location"] == SETUP
    page = client.get(SETUP)
    secret = "".join(seen(page).split("Введите этот ключ:")[1].split()[:8])
    assert "<svg" in page.content.decode()
    assert client.get(OVERVIEW).status_code == 302
    wrong = client.post(SETUP, {CODE: "12345"})
    assert secret == "".join(seen(wrong).split("Введите этот ключ:")[1].split()[:8])
    assert not Factor.objects.exists()

    done = client.post(SETUP, {CODE: codes.code_at(secret, codes.step_now())})

    shown = [text for text in seen(done).split() if codes.is_recovery_code(codes.one_spelling(text))]
    assert len(shown) == 10
    assert client.get(OVERVIEW).status_code == 200
    assert "no-store" in done["Cache-Control"]
    assert client.get(SETUP)["Location"] == SECURITY
    assert not set(shown) & set(seen(client.get(SECURITY)).split())


# ── A fresh code for money ──


def approval(world, *, minutes: int) -> tuple[Client, Payout, Authenticator]:
    """A browser whose last code is so many minutes old, before a payout to approve."""
    payout, user = world.payout(), world.staff("finance")
    with time_machine.travel(clock.now() - dt.timedelta(minutes=minutes)):
        telephone = Authenticator(user)
        client = come_in(telephone)
    return client, payout, telephone


def test_money_asks_for_a_code_when_the_last_one_is_old_and_says_why(world):
    client, payout, telephone = approval(world, minutes=6)
    address = dialog_url(payout, "approve")

    opened = seen(client.get(address, headers=MODAL))
    client.post(address)
    assert "денег" in opened.lower()
    assert Payout.objects.get(pk=payout.pk).status == "PENDING"
    refused = seen(client.post(address, {CODE: telephone.wrong()}, headers=MODAL))
    assert "Код не подошёл" in refused
    assert Payout.objects.get(pk=payout.pk).status == "PENDING"
    assert Factor.objects.get(user=telephone.user).failures == 1

    client.post(address, {CODE: telephone.code()})

    assert Payout.objects.get(pk=payout.pk).status == "APPROVED"


def test_a_code_of_a_moment_ago_is_enough_and_none_is_asked(world):
    client, payout, _telephone = approval(world, minutes=2)
    address = dialog_url(payout, "approve")

    assert CODE not in client.get(address, headers=MODAL).content.decode()
    client.post(address)

    assert Payout.objects.get(pk=payout.pk).status == "APPROVED"


def test_a_code_in_one_browser_freshens_no_other(world):
    client, payout, telephone = approval(world, minutes=6)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=1)):
        come_in(telephone)

    client.post(dialog_url(payout, "approve"))

    assert Payout.objects.get(pk=payout.pk).status == "PENDING"


def test_every_step_about_money_wants_a_fresh_code():
    stale = [
        (model._meta.model_name, name)
        for model, admin in site._registry.items()
        if model._meta.model_name in ("payout", "payoutbatch", "topup", "adjustment", "commissionrule", "limit", "ruledraft")
        for name in (*admin.actions_detail, *admin.actions_list, *admin.bulk_actions)
        if not getattr(getattr(admin, name), "fresh", False)
    ]

    assert stale == []


# ── Somebody's lost telephone ──


def test_a_superuser_resets_a_colleagues_factor_and_the_colleague_is_out(world):
    chief, telephone = Authenticator(superuser(world)), Authenticator(world.staff("finance"))
    colleague, client = come_in(telephone), come_in(chief)
    page = seen(client.get(page_url(telephone.user)))
    assert "Сбросить второй фактор" in page

    client.post(dialog_url(telephone.user, "reset_factor"), {"reason": "Телефон украли, голос узнали."})

    assert not Factor.objects.filter(user=telephone.user).exists()
    assert colleague.get(OVERVIEW).status_code == 302
    assert AuditEntry.objects.get(action="SECOND_FACTOR_RESET").actor == chief.user


def test_nobody_resets_their_own_factor_and_only_superusers_somebody_elses(world):
    chief, helper, target = Authenticator(superuser(world)), Authenticator(world.staff("support")), Authenticator(world.staff("finance"))

    own = come_in(chief).post(dialog_url(chief.user, "reset_factor"), {"reason": "Телефон украли, голос узнали."})
    forged = come_in(helper).post(dialog_url(target.user, "reset_factor"), {"reason": "Телефон украли, голос узнали."})

    assert (own.status_code, forged.status_code) == (302, 403)
    assert Factor.objects.count() == 3


# ── Where one is signed in ──


def test_the_page_of_security_lists_ones_own_sign_ins_and_ends_one(world):
    telephone = Authenticator(world.staff("moderator"))
    here = come_in(telephone)
    with time_machine.travel(clock.now() + dt.timedelta(seconds=60), tick=False):
        there = come_in(telephone)
        page = seen(here.get(SECURITY))
        assert page.count("Chromium of tests") == 2
        assert "Этот браузер" in page
        assert "10.1.1.1" in page or "127.0.0.1" in page
        other = BackofficeSession.objects.filter(user=telephone.user).order_by("began_at").last()

        address = reverse("admin:end_session", args=["backoffice", other.pk])
        assert here.get(address).status_code == 405
        assert here.post(address).status_code == 302
        assert here.post(address).status_code == 404
        assert there.get(OVERVIEW).status_code == 302
        assert here.get(OVERVIEW).status_code == 200


def test_nobody_ends_a_strangers_sign_in(world):
    one, other = Authenticator(world.staff("moderator")), Authenticator(world.staff("moderator"))
    mine, theirs = come_in(one), come_in(other)
    row = BackofficeSession.objects.get(user=other.user)

    assert mine.post(reverse("admin:end_session", args=["backoffice", row.pk])).status_code == 404
    assert mine.post(reverse("admin:end_session", args=["elsewhere", row.pk])).status_code == 404
    assert theirs.get(OVERVIEW).status_code == 200


def test_a_block_and_a_new_password_elsewhere_end_the_browser_at_once(world):
    for end in (
        lambda user: block_person(user.pk, by=superuser(world), reason="Ушёл из команды вчера."),
        lambda user: services.change_password(
            by=user, session_id=user.pk, current_password=PASSWORD, new_password="another-Horse-battery-7"
        ),
    ):
        telephone = Authenticator(world.staff("moderator"))
        client = come_in(telephone)
        assert client.get(OVERVIEW).status_code == 200

        end(telephone.user)

        assert client.get(OVERVIEW).status_code == 302
        assert not BackofficeSession.objects.filter(user=telephone.user).exists()


def test_a_copy_of_the_table_of_sessions_opens_nothing(world):
    telephone = Authenticator(world.staff("moderator"))
    client = come_in(telephone)
    row = BackofficeSession.objects.get(user=telephone.user)
    assert client.cookies["sessionid"].value not in row.session_key + row.session_data

    thief = Client()
    thief.cookies["sessionid"] = row.session_key

    assert thief.get(OVERVIEW).status_code == 302


def test_the_limits_of_a_session_are_settings(world, settings):
    settings.STAFF_IDLE_MINUTES = 5
    client = come_in(Authenticator(world.staff("moderator")))

    with time_machine.travel(clock.now() + dt.timedelta(minutes=4), tick=False):
        assert client.get(OVERVIEW).status_code == 200
    with time_machine.travel(clock.now() + dt.timedelta(minutes=10), tick=False):
        assert client.get(OVERVIEW).status_code == 302


def test_new_recovery_codes_are_shown_once_for_a_code(world):
    telephone = Authenticator(world.staff("moderator"))
    client = come_in(telephone)
    address = RECOVERY
    with time_machine.travel(clock.now() + dt.timedelta(minutes=1)):
        refused = seen(client.post(address, {CODE: telephone.wrong()}))
        shown = seen(client.post(address, {CODE: telephone.code()}))

    assert "Код не подошёл" in refused
    new = [text for text in shown.split() if codes.is_recovery_code(codes.one_spelling(text))]
    assert len(new) == 10
    assert not set(new) & set(telephone.recovery_codes)
