"""Staff at work, in Chromium: what they click is what happens, and no page makes the console complain."""

import pytest

from core.desk.rulings.models import Ruling
from core.jobs import services
from core.jobs.models import Job
from core.money.models import Payout

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def job_page(job: Job) -> str:
    return f"core/job/{job.id}/change/"


def payout_page(payout: Payout) -> str:
    return f"core/payout/{payout.id}/change/"


def test_two_people_pay_a_creator_above_the_limit(committed, sit_down):
    payout = committed.payout(creator=committed.paid_creator(price_quote=90_000), amount_cents=6_000_000)
    olga, pyotr = sit_down(committed.staff("finance")), sit_down(committed.staff("finance_approver"))

    olga.open(payout_page(payout))
    olga.press("Одобрить")
    olga.confirm()
    assert "Вторую подпись ставит другой сотрудник." in olga.reads()
    assert olga.page.get_by_role("button", name="Поставить вторую подпись").count() == 0

    pyotr.open(payout_page(payout))
    pyotr.press("Поставить вторую подпись")
    pyotr.confirm()
    assert "Выплата одобрена двумя сотрудниками." in pyotr.reads()

    olga.open(payout_page(payout))
    olga.press("Передана в банк")
    olga.confirm()
    olga.press("Проведена")
    preview = olga.page.inner_text(".bo-preview")
    assert "60\u202f000,00\u00a0₽" in preview
    olga.page.fill("[name=bank_reference]", f"ПП-{payout.id}")
    olga.confirm()

    payout.refresh_from_db()
    assert (payout.status, payout.bank_reference) == ("PAID", f"ПП-{payout.id}")
    assert payout.approved_by != payout.second_approved_by


def test_who_may_not_see_a_page_gets_neither_link_nor_page(committed, sit_down):
    anna = sit_down(committed.staff("moderator"))

    assert anna.page.locator("a[href$='/core/job/']").count() > 0
    assert anna.page.locator("a[href$='/core/payout/']").count() == 0
    refused = anna.page.request.get(f"{anna.address}core/payout/")
    assert refused.status == 403
    assert "Эта страница вам недоступна" in refused.text()


def test_a_text_that_changed_meanwhile_is_not_approved(committed, sit_down):
    job = committed.job()
    anna = sit_down(committed.staff("moderator"))
    anna.open(job_page(job))
    services.edit_job(job.id, by=job.brand, content={"title": "Совсем другое задание о чае"})

    anna.press("Одобрить")
    anna.page.click("[data-tick-all]")
    anna.confirm()

    assert not Ruling.objects.filter(subject_id=job.id).exists()
    assert "Совсем другое задание о чае" in anna.reads()


def test_a_phone_shows_the_queue_and_opens_a_dialog_without_scrolling_aside(committed, sit_down):
    job = committed.job()
    anna = sit_down(committed.staff("moderator"), color_scheme="dark", **PHONE)

    for path in ("", "core/job/", job_page(job)):
        anna.open(path)
        assert anna.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    anna.press("Отклонить")
    box = anna.page.locator("#modal-content").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["viewport"]["width"]


def test_every_kind_of_page_keeps_the_policy(committed, sit_down):
    user = committed.staff()
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    chief = sit_down(user)

    for name in ("verification", "limit"):
        chief.open(f"core/{name}/")
    for name in ("job", "user", "payout", "topup", "escrow", "account", "ledgerentry", "commissionrule", "auditentry"):
        chief.open(f"core/{name}/")
        chief.page.locator("#changelist a", has_text="Фильтры").first.click()
        chief.page.wait_for_selector("#changelist-filter", state="visible")
    chief.open("password_change/")
