"""What a page of one row is made of: panels of facts, tables and texts. Rooms fill it, one template draws it."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclasses.dataclass(frozen=True)
class Fact:
    """One line: what it is, and its value."""

    label: Text
    value: Any


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows under headings. Headings listed in `numbers` (by position) stand on the right. Empty says what comes next."""

    headings: Sequence[Text]
    rows: Sequence[Sequence[Any]]
    empty: Text = ""
    numbers: Sequence[int] = ()

    def cells(self) -> list[list[dict[str, Any]]]:
        """Each cell with its heading, for narrow screens, and its side."""
        return [
            [{"heading": self.headings[place], "value": value, "number": place in self.numbers} for place, value in enumerate(row)]
            for row in self.rows
        ]

    def heads(self) -> list[dict[str, Any]]:
        """The headings with their side."""
        return [{"text": text, "number": place in self.numbers} for place, text in enumerate(self.headings)]


@dataclasses.dataclass(frozen=True)
class Panel:
    """A titled box: facts, a table, or both. `more` is a link to the whole list."""

    title: Text
    facts: Sequence[Fact] = ()
    table: Table | None = None
    note: Any = ""
    more: str = ""


@dataclasses.dataclass(frozen=True)
class Page:
    """The page of one row. `notices` are (tone, text) pairs that stand on top."""

    heading: Any
    state: Any = ""
    subheading: Any = ""
    main: Sequence[Panel] = ()
    side: Sequence[Panel] = ()
    notices: Sequence[tuple[str, Any]] = ()
