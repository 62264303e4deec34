"""The Bot API server of our own: what it must do as Telegram does, so that tests against it mean something."""

import json
import threading
import time
import urllib.error
import urllib.request
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from bot.faults import Fault, Script, Trouble
from bot.loopback import Limits, LoopbackServer


@pytest.fixture
def server():
    with LoopbackServer() as made:
        yield made


def call(server: LoopbackServer, method: str, *, token: str | None = None, **fields: Any) -> tuple[int, dict[str, Any]]:
    """The status and the answer."""
    body = json.dumps(fields).encode()
    request = urllib.request.Request(f"{server.url}/bot{token or server.token}/{method}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def test_it_listens_on_this_machine_alone(server):
    assert server.server_address[0] == "127.0.0.1"


def test_a_message_is_kept_and_answered_with_its_number(server):
    status, answer = call(server, "sendMessage", chat_id=7, text="Hello")

    assert (status, answer["ok"], answer["result"]["chat"]["id"]) == (200, True, 7)
    assert [(message.id, message.text) for message in server.sent_to(7)] == [(answer["result"]["message_id"], "Hello")]


@pytest.mark.parametrize(("token", "status"), [("1:another", 401), ("nonsense", 404)])
def test_another_token_is_refused(server, token, status):
    assert call(server, "sendMessage", token=token, chat_id=7, text="Hello")[0] == status
    assert server.messages == []


def test_what_is_faster_than_telegram_allows_is_refused_and_counted(server):
    server.limits = Limits(chat_rest=0.5, per_second=3)

    statuses = [call(server, "sendMessage", chat_id=chat_id, text="Hello")[0] for chat_id in (1, 1, 2, 3)]

    assert statuses == [200, 429, 200, 429]
    assert server.too_fast == {"CHAT": 1, "ALL": 1}
    assert server.busiest_second() == 4
    assert server.shortest_rest() < 0.5


def test_a_flood_says_for_how_long(server):
    server.script.next_for(7, [Fault(Trouble.FLOOD, seconds=9)])

    status, answer = call(server, "sendMessage", chat_id=7, text="Hello")

    assert (status, answer["parameters"], server.messages) == (429, {"retry_after": 9}, [])


def test_a_script_goes_from_the_next_to_the_usual(server):
    blocked = Fault(Trouble.BLOCKED)
    server.limits = Limits(chat_rest=0)
    server.script.next_for(7, [None, Fault(Trouble.BROKEN)])
    server.script.always_for(7, blocked)

    assert [call(server, "sendMessage", chat_id=7, text="Hello")[0] for _ in range(4)] == [200, 500, 403, 403]
    server.script.always_for(7, None)
    assert call(server, "sendMessage", chat_id=7, text="Hello")[0] == 200


def test_chance_is_the_same_for_the_same_seed_and_about_as_often_as_told():
    def faults(seed: int) -> list[Fault | None]:
        script = Script()
        script.by_chance([(0.1, Fault(Trouble.BROKEN)), (0.2, Fault(Trouble.BLOCKED))], seed=seed)
        return [script.fault_of(1) for _ in range(2_000)]

    told = faults(5)
    assert told == faults(5) != faults(6)
    troubles = [fault.trouble for fault in told if fault]
    assert 140 < troubles.count(Trouble.BROKEN) < 260
    assert 320 < troubles.count(Trouble.BLOCKED) < 480


def test_updates_are_fetched_again_until_they_are_passed(server):
    first, second = server.say(7, "/start", username="anna"), server.press(7, "a-token")

    assert [each["update_id"] for each in call(server, "getUpdates")[1]["result"]] == [first, second]
    assert [each["update_id"] for each in call(server, "getUpdates", offset=second)[1]["result"]] == [second]
    assert call(server, "getUpdates", offset=second + 1)[1]["result"] == []


def test_a_long_poll_ends_when_somebody_writes(server):
    threading.Timer(0.3, server.membership, [7], {"old": "member", "new": "kicked"}).start()
    began = time.monotonic()

    (update,) = call(server, "getUpdates", timeout=10)[1]["result"]

    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert 0.2 < time.monotonic() - began < 5


def test_while_there_is_a_webhook_nobody_may_poll(server):
    call(server, "setWebhook", url="https://market.example/telegram", secret_token="s" * 40)

    assert call(server, "getUpdates")[0] == 409
    call(server, "deleteWebhook")
    assert call(server, "getUpdates")[0] == 200


def test_what_the_bot_api_does_not_know_this_one_does_not_know_either(server):
    assert call(server, "sendMoney", chat_id=7)[0] == 404
    assert call(server, "sendMessage", chat_id=7, text="x" * 4_097)[0] == 400


def test_the_sandbox_shows_what_people_would_have_read(monkeypatch):
    out, shown = StringIO(), threading.Event()
    made: list[LoopbackServer] = []

    class Waited(LoopbackServer):
        def __enter__(self):
            made.append(self)
            threading.Thread(target=write, args=[self]).start()
            return super().__enter__()

    def write(server: LoopbackServer) -> None:
        markup = {"inline_keyboard": [[{"text": "Open", "url": "https://market.example"}]]}
        call(server, "sendMessage", chat_id=7, text="Hello", reply_markup=markup)
        shown.set()
        server.is_closing.set()

    monkeypatch.setattr("bot.management.commands.run_telegram_loopback.LoopbackServer", Waited)
    call_command("run_telegram_loopback", "--port", "0", stdout=out)

    assert shown.is_set()
    assert f"TELEGRAM_API_URL={made[0].url}" in out.getvalue()
    assert "── 7 ──\nHello\n   [Open]\n" in out.getvalue()
