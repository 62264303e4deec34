"""Every kind of notice, in both languages, without a hole."""

import re
from string import Formatter

import pytest
from django.utils import translation

from core.notifications.models import Notification
from core.notifications.registry import CANCELED_BY, KINDS, render
from core.notifications.steps import notify

SAMPLES = {
    "job_id": "0199f0c0-0000-7000-8000-000000000001",
    "title": "Review of our tea",
    "name": "Anna",
    "amount_cents": 12_345_678,
    "currency": "RUB",
    "reason": "The text is too short.",
    "canceled_by": "STAFF",
    "version": 3,
    "hours": 24,
    "rating": 5,
    "comment": "Show the package.",
    "conversation_id": "0199f0c0-0000-7000-8000-000000000002",
    "method": "•••• 4242",
    "due_at": "2026-03-05T14:00:00+00:00",
    "timer": "REVIEW_WORK",
    "place": "dashboard/work/0199f0c0-0000-7000-8000-000000000001",
}
CYRILLIC = re.compile("[А-Яа-яЁё]")
HOLES = re.compile(r"[{}]|“”|«»|  |: *$|, *\.|None|^[.,:]")


def placeholders(text: object) -> set[str]:
    return {name for _before, name, *_rest in Formatter().parse(str(text)) if name}


@pytest.mark.parametrize("type", KINDS)
def test_a_notice_reads_whole_in_russian_and_in_english(type):
    facts = {name: SAMPLES[name] for name in KINDS[type].needs()}

    with translation.override("ru"):
        russian = render(type, facts)
    with translation.override("en"):
        english = render(type, facts)

    for text in (*russian, *english):
        assert text
        assert not HOLES.search(text), text
    assert CYRILLIC.search(russian[0])
    assert not CYRILLIC.search("".join(english))


@pytest.mark.parametrize("type", KINDS)
def test_both_languages_speak_of_the_same_facts(type):
    kind = KINDS[type]
    spoken = {}
    for language in ("ru", "en"):
        with translation.override(language):
            spoken[language] = [placeholders(kind.title), placeholders(kind.body)]

    assert spoken["ru"] == spoken["en"]


@pytest.mark.parametrize("type", KINDS)
def test_a_notice_has_a_category_and_a_link_within_the_site(type):
    kind = KINDS[type]

    assert kind.category in Notification.Category.values
    assert kind.href.startswith("/")
    assert not kind.href.startswith("//")


def test_money_stands_with_thin_spaces_and_its_sign():
    facts = {"title": "Tea", "amount_cents": 12_345_678, "currency": "RUB"}

    with translation.override("ru"):
        assert "123\u202f456,78\u00a0₽" in render("ESCROW_FUNDED", facts)[1]
    with translation.override("en"):
        assert "123\u202f456.78\u00a0₽" in render("ESCROW_FUNDED", facts)[1]


@pytest.mark.parametrize("who", CANCELED_BY)
def test_a_cancellation_says_who_and_why(who):
    with translation.override("en"):
        body = render("JOB_CANCELED_CREATOR", {"title": "Tea", "canceled_by": who, "reason": "Sold out."})[1]

        assert body == f"“Tea”. {CANCELED_BY[who]} Reason: Sold out."


def test_an_empty_reason_is_not_mentioned():
    with translation.override("en"):
        assert render("APPLICATION_REJECTED", {"title": "Tea", "reason": ""})[1] == "“Tea”."
        assert render("JOB_CANCELED_BRAND", {"title": "Tea", "canceled_by": "BRAND", "reason": ""})[1] == "“Tea”. Canceled by the brand."


def test_braces_that_people_write_stay_text():
    with translation.override("en"):
        body = render("CHANGES_REQUESTED", {"title": "{title}", "comment": "{money} {0.__class__}"})[1]

    assert body == "“{title}”: {money} {0.__class__}"


def test_a_kind_that_this_version_does_not_know_breaks_no_page():
    with translation.override("ru"):
        assert render("RETIRED_LONG_AGO", {}) == ("Новое событие", "")


def test_a_notice_with_a_hole_is_refused_when_it_is_written(world):
    with pytest.raises(KeyError, match="comment"):
        notify([world.brand()], "CHANGES_REQUESTED", facts={"title": "Tea", "job_id": SAMPLES["job_id"]})

    assert not Notification.objects.filter(type="CHANGES_REQUESTED").exists()
