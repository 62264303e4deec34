"""Names that nobody answers for: a look-up may last for ever, a call may not, and there are never more than so many look-ups."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from outbox.channels import Failed, Outcome, Sent
from outbox.webhooks import names
from outbox.webhooks.addresses import Rules
from outbox.webhooks.calls import Calls, Message
from outbox.webhooks.signatures import new_secret
from tests.outbox.webhooks.receiver import receiving

SECRET = new_secret()
OWN = Rules(plain=True, loopback=True)


class Silence:
    """The system's look-up, which gives no answer until it is let."""

    def __init__(self, answer: str = "127.0.0.1") -> None:
        self.is_over = threading.Event()
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: object) -> list[tuple]:
        self.asked.append(host)
        self.is_over.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.answer, port))]


@pytest.fixture
def silence(monkeypatch) -> Iterator[Silence]:
    made = Silence()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    monkeypatch.setattr(names, "LOOKUPS_MAX", 3)
    monkeypatch.setattr(names, "SECONDS_MAX", 0.3)
    yield made
    made.is_over.set()


@pytest.fixture
def caller(silence) -> Iterator[Calls]:
    made = Calls(OWN)
    yield made
    made.close()


def outcomes(caller: Calls, *urls: str) -> list[Outcome]:
    futures = [caller.post(Message(url, "1", b"{}", (SECRET,))) for url in urls]
    return [future.result(timeout=5) for future in futures]


def looking() -> int:
    """How many threads look a name up."""
    return sum(thread.name == "webhook-names" for thread in threading.enumerate())


def test_calls_to_names_that_nobody_answers_for_end_in_time_and_leave_few_look_ups_behind(silence, caller):
    urls = [f"http://silent-{number}.example.com/" for number in range(10)]
    began = time.monotonic()

    found = outcomes(caller, *urls) + outcomes(caller, *urls)

    assert set(found) == {Failed(code="NAME_TIMEOUT")}
    assert time.monotonic() - began < 2
    assert (looking(), len(silence.asked)) == (3, 3)


def test_a_name_is_looked_up_once_for_all_who_call_it(silence, caller):
    outcomes(caller, *["http://silent.example.com/"] * 5)

    assert silence.asked == ["silent.example.com"]


def test_who_needs_no_name_is_called_meanwhile_and_afterwards_everybody_is(silence, caller):
    with receiving() as receiver:
        outcomes(caller, *[f"http://silent-{number}.example.com/" for number in range(5)])
        assert outcomes(caller, receiver.url) == [Sent(status=204)]

        silence.is_over.set()
        while looking():
            time.sleep(0.01)
        assert outcomes(caller, f"http://localhost:{receiver.port}/") == [Sent(status=204)]


def test_a_look_up_holds_up_nobody_who_closes(silence, caller):
    outcomes(caller, "http://silent.example.com/")
    began = time.monotonic()

    caller.close()

    assert time.monotonic() - began < 1
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "webhook-names")
