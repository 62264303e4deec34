"""What each kind of notice looks like in Telegram, in both languages."""

import html
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from bot.messages import TEXT_MAX, Button, message_of
from core.base.money import money_text
from core.notifications.models import Notification
from core.notifications.registry import KINDS
from core.timers.kinds import KINDS as TIMERS

SAMPLES: dict[str, Any] = {
    "amount_cents": 123_456,
    "currency": "RUB",
    "canceled_by": "BRAND",
    "due_at": "2026-12-01T09:00:00+00:00",
    "timer": next(iter(TIMERS)),
    "title": "Tea & <b>biscuits</b>",
    "name": "Tom & Co",
    "reason": "<script>1</script>",
}
SOME_ID = UUID("01937c00-0000-7000-8000-000000abcdef")


def notice(type: str, **facts: Any) -> Notification:
    """A notice of this kind that has everything its text needs."""
    kind = KINDS[type]
    told = {name: SAMPLES.get(name, "7") for name in kind.needs()} | facts
    return Notification(id=SOME_ID, type=type, category=kind.category, facts=told, href=kind.href.format_map(told))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("type", KINDS)
def test_every_kind_says_what_happened_to_what_and_how_much_and_leads_there(type, language, settings):
    settings.APP_BASE_URL = "https://market.example"
    told = notice(type)

    message = message_of(told, chat_id=1, language=language)

    with translation.override(language):
        title = html.escape(str(KINDS[type].title).format_map(told.facts), quote=False)
    head, _line, body = message.text.partition("\n")
    assert head == f"<b>{title}</b>"
    assert "{" not in message.text
    if "title" in KINDS[type].needs():
        assert "Tea &amp; &lt;b&gt;biscuits&lt;/b&gt;" in message.text
    if "amount_cents" in KINDS[type].needs():
        with translation.override(language):
            assert money_text(123_456, "RUB") in body
    assert "<script>" not in message.text
    (button,) = [button for row in message.buttons for button in row]
    assert button == Button("Открыть" if language == "ru" else "Open", url=f"https://market.example{told.href}")


def test_the_two_languages_say_it_in_their_own_words():
    told = {name: [message_of(notice(name), chat_id=1, language=language).text for language in ("ru", "en")] for name in KINDS}

    assert [name for name, (russian, english) in told.items() if russian == english] == []


def test_where_telegram_takes_no_button_the_link_is_a_line(settings):
    settings.APP_BASE_URL = "http://127.0.0.1:8000"

    message = message_of(notice("BALANCE_ADJUSTED"), chat_id=1, language="en")

    assert message.text.endswith("\n\nhttp://127.0.0.1:8000/dashboard/balance")
    assert message.markup is None


def test_a_repeat_says_that_it_is_one_and_of_what():
    texts = [message_of(notice("BALANCE_ADJUSTED"), chat_id=1, language=language, is_repeat=True).text for language in ("ru", "en")]

    assert [text.partition("\n")[0].partition("</b> ")[2] for text in texts] == ["(повтор) #abcdef", "(repeat) #abcdef"]


@pytest.mark.parametrize("letter", ["а", "&", "😀"])
def test_a_long_text_is_cut_where_telegram_would_refuse_it_and_the_link_stays(letter, settings):
    settings.APP_BASE_URL = "http://testserver"

    text = message_of(notice("BALANCE_ADJUSTED", reason=letter * 6_000), chat_id=1, language="ru").text

    assert TEXT_MAX - 20 < len(text.encode("utf-16-le")) // 2 <= TEXT_MAX
    assert text.endswith("…\n\nhttp://testserver/dashboard/balance")
    assert html.unescape(text).count(letter) > 700


def test_answers_stand_above_the_link(settings):
    settings.APP_BASE_URL = "https://market.example"
    answers = (Button("Yes", callback="a"), Button("No", callback="b"))

    markup = message_of(notice("INVITATION_SENT"), chat_id=1, language="en", answers=answers).markup

    assert [[(each.text, each.url, each.callback_data) for each in row] for row in markup.inline_keyboard] == [
        [("Yes", None, "a"), ("No", None, "b")],
        [("Open", "https://market.example/dashboard/invitations", None)],
    ]
