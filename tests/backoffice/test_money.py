"""Payouts, top-ups and rules in dialogs; wallets and the ledger to read."""

from core.money import services
from core.money.errors import BankReferenceUsed
from core.money.models import Account, LedgerEntry, Payout, TopUp
from core.rules.models import CommissionRule, Limit
from tests.backoffice.pages import MODAL, admins, client_of, dialog_url, list_url, page_url, seen, words

REASON = "Реквизиты принадлежат другому человеку."
THIN, FIRM = "\u202f", "\u00a0"


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_a_payout_goes_from_approval_to_paid(world, enter):
    payout = world.payout()
    client = enter("finance")

    client.post(dialog_url(payout, "approve"))
    assert fresh(payout).status == "APPROVED"
    client.post(dialog_url(payout, "send"))
    assert fresh(payout).status == "SENT"
    client.post(dialog_url(payout, "mark_paid"), {"bank_reference": "ПП-7"})

    assert (fresh(payout).status, fresh(payout).bank_reference) == ("PAID", "ПП-7")
    assert "Проведена" not in seen(client.get(page_url(payout))).split("История")[0]


def test_the_window_of_a_payout_is_named_in_words(world, enter):
    page = enter("finance").get(page_url(world.payout())).content.decode()

    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "₽" in title
    assert "span" not in title


def test_above_the_limit_another_person_signs_second(world):
    payout = world.payout(creator=world.paid_creator(price_quote=90_000), amount_cents=6_000_000)
    first, second = client_of(world.staff("finance")), client_of(world.staff("finance_approver"))
    early = second.post(dialog_url(payout, "approve"))
    first.post(dialog_url(payout, "approve"))
    again = first.post(dialog_url(payout, "approve_second"), follow=True)

    assert early.status_code == 403
    assert "этот шаг больше невозможен" in seen(again)
    assert "Первая подпись ваша" in seen(first.get(page_url(payout)))
    assert dialog_url(payout, "approve_second") not in first.get(page_url(payout)).content.decode()
    assert fresh(payout).status == "PENDING"

    second.post(dialog_url(payout, "approve_second"))
    assert fresh(payout).status == "APPROVED"


def test_a_dialog_shows_every_movement_before_it_is_made(world, enter):
    payout = world.sent_payout()
    before = LedgerEntry.objects.count()

    form = seen(enter("finance").get(dialog_url(payout, "mark_paid"), headers=MODAL))

    assert f"100,00{FIRM}₽" in form
    assert payout.method.masked in form
    assert f"100,00{FIRM}₽ → 0,00{FIRM}₽" in form
    assert LedgerEntry.objects.count() == before
    assert fresh(payout).status == "SENT"


def test_a_payout_is_rejected_refused_and_returned(world, enter):
    client = enter("finance")
    for payout, action, status in (
        (world.payout(), "reject", "REJECTED"),
        (world.approved_payout(), "fail", "FAILED"),
        (world.paid_payout(), "give_back", "RETURNED"),
    ):
        client.post(dialog_url(payout, action), {"reason": REASON})
        assert (fresh(payout).status, fresh(payout).reason) == (status, REASON)


def test_the_wrong_moment_is_said_and_nothing_moves(world, enter):
    payout = world.paid_payout()
    before = LedgerEntry.objects.count()

    late = enter("finance").post(dialog_url(payout, "approve"), follow=True)

    assert "этот шаг больше невозможен" in seen(late)
    assert LedgerEntry.objects.count() == before


def test_only_the_masked_destination_is_shown(world, enter):
    method_details = "4111 1111 1111 1111"
    creator = world.paid_creator()
    method = services.add_payout_method(by=creator, kind="CARD", details=method_details)
    payout = services.request_payout(by=creator, amount_cents=10_000, currency="RUB", method_id=method.id)

    page = enter("finance").get(page_url(payout)).content.decode()

    assert method.masked in page
    assert method_details not in page
    assert method_details.replace(" ", "") not in page


def test_a_bank_reference_that_is_taken_is_refused_in_words(world, enter, settings):
    settings.PAYMENT_PROVIDER = "manual"
    one, two = (services.request_top_up(by=world.brand(), amount_cents=10_000, currency="RUB") for _ in range(2))
    client = enter("finance")
    client.post(dialog_url(one, "confirm"), {"bank_reference": "ПП-1"})

    again = client.post(dialog_url(two, "confirm"), {"bank_reference": "ПП-1"}, follow=True)

    assert (fresh(one).status, fresh(two).status) == ("CONFIRMED", "PENDING")
    assert words(BankReferenceUsed()) in seen(again)


def test_a_large_top_up_is_confirmed_by_two_people_who_both_read_the_statement(world, settings):
    settings.PAYMENT_PROVIDER = "manual"
    top_up = services.request_top_up(by=world.brand(), amount_cents=60_000_000, currency="RUB")
    first, second = client_of(world.staff("finance")), client_of(world.staff("finance"))
    first.post(dialog_url(top_up, "confirm"), {"bank_reference": "ПП-9"})

    assert "ПП-9" not in second.get(page_url(top_up)).content.decode()
    second.post(dialog_url(top_up, "confirm_second"), {"bank_reference": "ПП-8"})
    assert fresh(top_up).status == "PENDING"
    second.post(dialog_url(top_up, "confirm_second"), {"bank_reference": "ПП-9"})
    assert TopUp.objects.get(pk=top_up.pk).status == "CONFIRMED"


def test_a_wallet_shows_its_statement_and_every_number_leads_to_its_entry(world, enter):
    creator = world.paid_creator()
    wallet = Account.objects.get(owner=creator)
    entry = LedgerEntry.objects.get(to_account=wallet)
    client = enter("finance")

    page = client.get(page_url(wallet))

    assert f"850,00{FIRM}₽" in seen(page)
    assert "Сходится с журналом" in seen(page)
    assert page_url(entry) in page.content.decode()
    assert entry.reference in seen(client.get(page_url(entry)))


def test_the_ledger_goes_on_from_the_last_entry_and_never_counts(world, enter, django_assert_max_num_queries):
    for _ in range(2):
        world.completed_deal()
    client = enter("finance")
    admin = admins()["ledgerentry"]
    admin.list_per_page, kept = 3, admin.list_per_page
    try:
        first = client.get(list_url("ledgerentry"))
        newest = [row.pk for row in first.context["cl"].result_list]
        second = client.get(list_url("ledgerentry") + first.context["cl"].older_url)
        older = [row.pk for row in second.context["cl"].result_list]
    finally:
        admin.list_per_page = kept

    assert newest + older == list(LedgerEntry.objects.order_by("-id").values_list("id", flat=True)[:6])


def test_the_ledger_is_found_by_reference_and_by_deal(world, enter):
    mine, other = world.completed_deal(), world.completed_deal()
    client = enter("finance")
    reference = f"ESCROW_FUND:{mine.escrow.id}"

    by_reference = client.get(list_url("ledgerentry"), {"q": reference}).context["cl"].result_list
    by_deal = client.get(list_url("ledgerentry"), {"q": str(mine.id)}).context["cl"].result_list

    assert [entry.reference for entry in by_reference] == [reference]
    assert {entry.job_id for entry in by_deal} == {mine.id}
    assert other.id not in {entry.job_id for entry in by_deal}


def test_a_second_signer_adds_a_commission_rule_and_a_limit(world, enter):
    client = enter("finance_approver")
    rule = "/backoffice/core/commissionrule/add_rule/"
    limit = "/backoffice/core/limit/set_value/"

    refused = client.post(rule, {"scope": "NICHE", "bps": "12,5", "note": "Акция"}, headers=MODAL)
    client.post(rule, {"scope": "NICHE", "niche": "PETS", "bps": "12,5", "note": "Акция для питомцев"}, headers=MODAL)
    client.post(limit, {"key": "PAYOUT_MIN", "currency": "KZT", "value": "500", "note": "Дорогие переводы"}, headers=MODAL)

    assert refused.status_code == 200
    assert CommissionRule.objects.get(niche="PETS").bps == 1_250
    assert Limit.objects.get(key="PAYOUT_MIN", currency="KZT").value == 50_000
    assert enter("finance").post(rule, {}).status_code == 403


def test_a_second_signer_sets_the_length_of_a_clock_in_hours(world, enter):
    client = enter("finance_approver")
    where = "/backoffice/core/limit/set_value/"

    refused = client.post(where, {"key": "TIMER_REVIEW_WORK", "value": "1,5", "note": "Бренды отвечают быстро"}, headers=MODAL)
    client.post(where, {"key": "TIMER_REVIEW_WORK", "value": "72", "note": "Бренды отвечают быстро"}, headers=MODAL)

    limit = Limit.objects.get(key="TIMER_REVIEW_WORK")
    assert refused.status_code == 200
    assert limit.value == 72
    assert "72 ч" in seen(client.get(list_url("limit")))
    assert "72 ч" in seen(client.get(page_url(limit)))


def test_amounts_are_written_with_thin_spaces(world, enter):
    world.payout(creator=world.paid_creator(price_quote=90_000), amount_cents=6_000_000)

    page = seen(enter("finance").get(list_url("payout")))

    assert f"60{THIN}000,00{FIRM}₽" in page
    assert Payout.objects.count() == 1
