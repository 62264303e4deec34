"""What looks like a way past the marketplace is marked, and what only looks a little like one is not."""

import pytest

from core.jobs.moderation.marks import SHOWN_MAX, leaks


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Пишите на tea@example.com", ["EMAIL"]),
        ("Пишите в телеграм или t.me/tea_shop", ["MESSENGER", "MESSENGER"]),
        ("Мой ник @tea_shop", ["HANDLE"]),
        ("Звоните: +7 (900) 123-45-67", ["PHONE"]),
        ("WhatsApp 8 900 123 45 67", ["MESSENGER", "PHONE"]),
        ("Бюджет 100 000 рублей, срок 3-5 дней, 15 секунд", []),
        ("Заварите чай при 95 градусах и расскажите о вкусе", []),
        ("", []),
    ],
)
def test_contacts_are_found_and_numbers_are_not_taken_for_them(text, kinds):
    assert [kind for kind, _words in leaks({"description": text})] == kinds


def test_the_notes_and_the_brief_are_read_too_and_five_are_enough():
    many = {"notes": "a@b.ru", "brief": {"contacts": [f"{letter}@shop.ru" for letter in "cdefgh"], "urgent": True, "count": 3}}

    found = leaks(many)

    assert found[:2] == [("EMAIL", "a@b.ru"), ("EMAIL", "c@shop.ru")]
    assert len(found) == SHOWN_MAX
