"""Coming in with a telephone, in Chromium: the picture, the codes, and money that asks again. No page breaks the policy."""

import pytest

from backoffice.security.freshness import PROVEN
from backoffice.site import site
from core.money.models import Payout
from core.people.factors import codes
from core.people.factors.models import BackofficeSession
from core.people.factors.store import SessionStore
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def asked(settings):
    """A second factor is asked of staff."""
    settings.STAFF_SECOND_FACTOR = True


def test_a_first_sign_in_sets_the_authenticator_up_and_the_next_asks_for_a_code(committed, stand_before, asked):
    user, payout = committed.staff("finance"), committed.payout()
    olga = stand_before()
    page = olga.page

    def show_password() -> None:
        page.goto(f"{olga.address}login/")
        page.fill("#id_username", user.email)
        page.fill("#id_password", PASSWORD)
        page.click("#login-form [type=submit]")
        page.wait_for_selector("#factor-form")

    show_password()
    assert page.locator(".bo-qr svg").is_visible()
    page.click("summary")
    secret = page.inner_text(".bo-secret").replace(" ", "")
    page.fill("[autocomplete=one-time-code]", codes.code_at(secret, codes.step_now()))
    page.click("#factor-form [type=submit]")
    page.wait_for_selector(".bo-recovery")
    recovery = page.locator(".bo-recovery code").all_inner_texts()
    assert len(recovery) == 10
    page.click("#recovery-kept")
    page.wait_for_selector("#main")

    olga.open("security/")
    assert "Этот браузер" in olga.reads()
    page.context.clear_cookies()
    show_password()
    assert page.locator(".bo-qr").count() == 0
    page.fill("[autocomplete=one-time-code]", recovery[0])
    page.click("#factor-form [type=submit]")
    page.wait_for_selector("#main")

    settle_old(user)
    olga.open(f"core/payout/{payout.id}/change/")
    olga.press("Одобрить")
    assert "денег" in page.inner_text("#dialog")
    page.fill("[autocomplete=one-time-code]", recovery[1])
    olga.confirm()
    payout.refresh_from_db()
    assert payout.status == Payout.Status.APPROVED


def settle_old(user) -> None:
    """The last code of every browser of this person is an hour old."""
    for row in BackofficeSession.objects.filter(user=user):
        known = row.get_decoded()
        known[PROVEN] -= 3_600
        row.session_data = SessionStore().encode(known)
        row.save(update_fields=["session_data"])


def test_no_list_breaks_the_policy(committed, sit_down):
    user = committed.staff()
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    committed.payout()
    chief = sit_down(user)
    broken: list[str] = []
    chief.page.on("console", lambda message: broken.append(message.text) if "Content Security Policy" in message.text else None)

    for model in site._registry:
        chief.open(f"{model._meta.app_label}/{model._meta.model_name}/")
    for path in ("", "security/", "password_change/"):
        chief.open(path)

    assert broken == []
