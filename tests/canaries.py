"""What nobody may find in a log line, an event, a parcel or a refusal, through the whole suite.

The worlds of the tests are full of it: addresses, passwords, tokens, cards, what people say to each other, where they are paid, and
their chats. A handler beside the real one reads each log line as it would be written; a trigger, which only test databases have, reads
each row of the mailbox; and `tests.api.callers` reads each refusal.
"""

import logging
import re

from django.db import connection

from core.logging import JSONFormatter

# Each is a regular expression that Python and PostgreSQL read alike.
SHAPES = {
    "an e-mail address": r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
    "a token": r"(mk_|ugc_out_|whsec_)[\w+/-]{16,}",
    "a signed token": r"eyJ[\w-]{8,}\.[\w-]{8,}\.",
    "a bot's token": r"\d{8,}:[\w-]{30,}",
    "a telephone": r"\+7\d{10}",
    "an IBAN": r"\m[A-Z]{2}\d{2}[A-Z0-9]{11,30}\M",
    "a chat": r"\m50000\d{4}\M",
    "a password": r"correct-horse-battery",
    "where a person is paid": r"\mwallet-\d+-\d+\M",
    "what people say": r"I love tea\.|I see it otherwise\.|The brief asked for something else\.|Come and film our tea\.|\mHello-\d+-\d+",
}
CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])")
# On a developer's machine without a bot, what the bot would say is printed, and that is the whole point of it.
PRINTED = "telegram_console"
TABLES = ("outbox_event", "outbox_delivery", "outbox_attempt")
TRIGGER = """
    CREATE OR REPLACE FUNCTION refuse_canary() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE shape text;
    BEGIN
        FOREACH shape IN ARRAY TG_ARGV LOOP
            IF to_jsonb(NEW)::text ~ shape THEN
                RAISE EXCEPTION 'a canary in %: %', TG_TABLE_NAME, shape;
            END IF;
        END LOOP;
        RETURN NULL;
    END $$
"""


def in_python(shape: str) -> re.Pattern[str]:
    """The same shape for Python, which knows no `\\m` and `\\M`."""
    return re.compile(shape.replace(r"\m", r"\b").replace(r"\M", r"\b"))


COMPILED = {what: in_python(shape) for what, shape in SHAPES.items()}


def canaries_in(text: str) -> list[str]:
    """What of all this stands in the text."""
    found = [f"{what}: {match[0]}" for what, shape in COMPILED.items() if (match := shape.search(text))]
    return found + [f"a card: {match[0]}" for match in CARD.finditer(text) if is_card(match[0])]


def is_card(text: str) -> bool:
    """Whether the digits add up as those of a card do."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 and len(set(digits)) > 1


class Guard(logging.Handler):
    """Reads every line that the console gets, and remembers what should not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JSONFormatter())
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """The line is read."""
        line = self.format(record)
        if PRINTED in line:
            return
        if '"dropped"' in line:
            self.leaks.append(f"a field that core.logging does not know in {line[:300]}")
        self.leaks += [f"{what} in {line[:300]}" for what in canaries_in(line)]

    def taken(self) -> list[str]:
        """What was found since the last question."""
        leaks, self.leaks = self.leaks, []
        return leaks


def watch_mailbox() -> None:
    """The test database refuses rows of the mailbox with a canary in them."""
    shapes = ", ".join(f"$shape${shape}$shape$" for shape in SHAPES.values())
    with connection.cursor() as cursor:
        cursor.execute(TRIGGER)
        for table in TABLES:
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER zz_canary AFTER INSERT OR UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION refuse_canary({shapes})"
            )
