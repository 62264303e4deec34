"""Chats in Telegram: found, seen as far as is needed, unlinked with a notice; codes are nowhere."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.notifications.models import Notification
from core.telegram import care
from core.telegram.codes import digest
from core.telegram.models import BindingAttempt, TelegramAccount, TelegramCode
from core.telegram.services import mark_unreachable, unlink
from outbox.models import Delivery, Event
from tests.backoffice.pages import dialog_url, list_url, page_url, seen
from tests.core.mailbox.rows import parcel

REASON = "Телефон потерян, человек просит."


def rows_in(page, *accounts: TelegramAccount) -> list[bool]:
    return [page_url(account) in page.content.decode() for account in accounts]


def test_the_chat_is_masked(world, enter):
    account = world.chat(telegram_id=912_345_678, username="teamaria")
    client = enter("support")

    for page in (client.get(list_url("telegramaccount")), client.get(page_url(account))):
        assert "912345678" not in page.content.decode()
        assert "teamaria" not in page.content.decode()
        assert "•••678" in seen(page)


def test_tabs_hold_who_is_out_of_reach_who_bound_again_and_who_is_suspicious(world, enter):
    calm, away, back, strange = world.chat(), world.chat(), world.chat(), world.chat()
    mark_unreachable(away.chat_id)
    unlink(by=back.user)
    back = world.chat(person=back.user)
    for _ in range(3):
        BindingAttempt.objects.create(telegram_user_id=strange.telegram_user_id, is_right=False)
    client = enter("moderator")

    expected = {"all": [True] * 4, "unreachable": [False, True, False, False]}
    expected |= {"again": [False, False, True, False], "suspicious": [False, False, False, True]}
    for tab, shown in expected.items():
        assert rows_in(client.get(list_url("telegramaccount"), {"tab": tab}), calm, away, back, strange) == shown, tab


def test_unlinking_tells_the_person_and_leaves_a_trail(world, enter):
    account = world.chat()
    waiting = parcel("PENDING", recipient_id=account.user_id)
    client = enter("support")

    client.post(dialog_url(account, "unlink"), {"reason": REASON})

    assert not TelegramAccount.objects.filter(pk=account.pk).exists()
    assert Notification.objects.filter(user=account.user_id, type="TELEGRAM_UNBOUND").count() == 1
    assert Event.objects.filter(type="TELEGRAM_UNBOUND", aggregate=f"user:{account.user_id}").count() == 1
    assert Delivery.objects.get(pk=waiting.pk).state == "SKIPPED"
    entry = AuditEntry.objects.get(action="TELEGRAM_UNBOUND", subject_id=str(account.pk))
    assert entry.reason == REASON


@pytest.mark.parametrize(("role", "refusal"), [("moderator", Forbidden), ("engineer", Forbidden), ("support", Invalid)])
def test_a_refusal_leaves_the_chat_as_it_was(world, role, refusal):
    account = world.chat()
    before = (AuditEntry.objects.count(), Notification.objects.count(), Event.objects.count())

    with pytest.raises(refusal):
        care.unlink_for(account.id, by=world.staff(role), reason=" " if role == "support" else REASON)

    assert TelegramAccount.objects.filter(pk=account.pk).exists()
    assert (AuditEntry.objects.count(), Notification.objects.count(), Event.objects.count()) == before


def test_what_is_unlinked_already_is_not_found(world):
    account = world.chat()
    support = world.staff("support")
    care.unlink_for(account.id, by=support, reason=REASON)

    with pytest.raises(NotFound):
        care.unlink_for(account.id, by=support, reason=REASON)


def test_the_last_message_that_did_not_arrive_is_sent_again(world, enter):
    account = world.chat()
    older, newer = (parcel("DEAD", recipient_id=account.user_id) for _ in range(2))
    client = enter("support")

    client.post(dialog_url(account, "resend"))

    assert [Delivery.objects.get(pk=row.pk).state for row in (older, newer)] == ["DEAD", "PENDING"]


def test_tries_to_link_are_shown_and_codes_are_not(world, enter):
    person = world.creator()
    code = world.telegram_code(person=person)
    account = world.chat(person=person)

    page = enter("support").get(page_url(account))

    assert "Код подошёл" in seen(page)
    assert "Запрошен код" in seen(page)
    assert code not in page.content.decode()
    assert digest(code) not in page.content.decode()
    assert TelegramCode.objects.filter(user=person).exists()


def test_moderators_look_and_do_nothing(world, enter):
    account = world.chat()
    client = enter("moderator")

    page = client.get(page_url(account)).content.decode()

    assert dialog_url(account, "unlink") not in page
    assert client.post(dialog_url(account, "unlink"), {"reason": REASON}).status_code == 403
    assert TelegramAccount.objects.filter(pk=account.pk).exists()
