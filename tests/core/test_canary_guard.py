"""Those who look for canaries find them: a guard that sees nothing proves nothing."""

import json
import logging

import pytest
from django.db import DatabaseError, transaction

from outbox.models import Event
from tests.canaries import CARD, Guard, canaries_in, is_card
from tests.outbox.test_sequencer import write_event

PLANTED = [
    "brand-1@example.com",
    "mk_abcdefghijklmnopqrst",
    "ugc_out_abcdefghijklmnopqrst",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
    "123456789:AAF-abcdefghijklmnopqrstuvwxyz12345",
    "+79035550199",
    "DE89370400440532013000",
    "500000017",
    "correct-horse-battery-9",
    "wallet-12345-7",
    "Hello-12345-7",
    "I love tea.",
]


def record(text: str, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("a.room", logging.WARNING, __file__, 1, text, (), None)
    made.__dict__.update(fields)
    return made


@pytest.mark.parametrize("canary", [*PLANTED, "5555 5555 5555 4444", "4111111111111111"])
def test_a_canary_is_seen_in_any_text(canary):
    assert canaries_in(json.dumps({"text": f"it was {canary} again"})) != []


@pytest.mark.parametrize(
    "text",
    ["2026-11-23T22:40:00.123456Z", "019ae2a4-1234-7abc-8def-0123456789ab", "amount 1234567890", "job:019ae2a41234", "4111111111111112"],
)
def test_what_is_nobodys_is_no_canary(text):
    assert canaries_in(text) == []


@pytest.mark.parametrize("canary", ["500000017", "wallet-12345-7", "I love tea."])
def test_a_line_with_what_the_scrubber_does_not_know_is_a_leak(canary):
    guard = Guard()

    guard.handle(record(f"nothing but {canary}"))

    assert len(guard.taken()) == 1
    assert guard.taken() == []


def test_a_line_that_the_scrubber_has_cleaned_is_no_leak():
    guard = Guard()

    guard.handle(record("new login by brand-1@example.com with card 5555 5555 5555 4444"))

    assert guard.taken() == []


@pytest.mark.parametrize("canary", PLANTED)
def test_the_mailbox_of_the_tests_takes_no_row_with_a_canary(db, canary):
    event = write_event("job:canary")

    with pytest.raises(DatabaseError, match="a canary in outbox_event"), transaction.atomic():
        Event.objects.filter(id=event.id).update(payload={"said": f"it was {canary}"})

    Event.objects.filter(id=event.id).update(payload={"said": "nothing"})


def test_the_digits_of_a_card_add_up():
    assert is_card("5555555555554444")
    assert not is_card("5555555555554445")
    assert not is_card("0000000000000000")
    assert CARD.search("a number of 1234567890123 in a sentence")
