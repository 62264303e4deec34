"""All that is kept about a person, to take along: written row by row, so that a long past takes no more memory than a short one."""

from collections.abc import Iterator
from itertools import chain
from typing import IO

from core.money.faults import one_moment
from core.people.models import User
from core.privacy.belongings import ALL, Belongings

ROWS_AT_ONCE = 500


def write_personal_data(file: IO[bytes], *, by: User) -> None:
    """The file holds one JSON object with everything about this person, all of it as it was at one moment."""
    with one_moment():
        for place, belongings in enumerate(ALL):
            file.write(b"{" if place == 0 else b",")
            for part in _written(belongings, by):
                file.write(part.encode())
    file.write(b"}")


def _written(belongings: Belongings, by: User) -> Iterator[str]:
    """`"jobs":[…]`, or `"account":{…}`, in parts."""
    rows = belongings.of(by).iterator(chunk_size=ROWS_AT_ONCE)
    yield f'"{belongings.name}":'
    if belongings.is_single:
        yield next(rows, "null")
        return
    first = next(rows, None)
    yield "["
    if first is not None:
        yield first
        yield from chain.from_iterable((",", row) for row in rows)
    yield "]"
