"""A Bot API server on 127.0.0.1: real HTTP, for tests and for a sandbox without Telegram.

It keeps every message, measures how fast they come, refuses what is faster than Telegram allows, and can be told what goes wrong.
"""

import dataclasses
import itertools
import json
import socket
import struct
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

from bot.faults import DELIVERING, Fault, Refusal, Script, Trouble, refusal_of

TOKEN = "1000000001:loopback-loopback-loopback-loopback"  # noqa: S105 - opens nothing but this server
BODY_MAX = 1_000_000
POLL_SECONDS_MAX = 50
NEVER = 600.0  # how long a late answer is held back at most


@dataclasses.dataclass(frozen=True)
class Message:
    """A message that a chat has got."""

    id: int
    chat_id: int
    text: str
    at: float  # seconds of a steady clock
    fields: dict[str, Any]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons below it, row by row."""
        markup = self.fields.get("reply_markup") or {}
        return [button for row in markup.get("inline_keyboard", []) for button in row]


@dataclasses.dataclass(frozen=True)
class Limits:
    """How fast messages may come: seconds between two for one chat, and how many within any second for all of them."""

    chat_rest: float = 1.0
    per_second: int = 30


class LoopbackServer(ThreadingHTTPServer):
    """Telegram, as far as a bot sees it. Use it as a context manager."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, port: int = 0, limits: Limits | None = None, on_message: Callable[[Message], None] | None = None) -> None:
        super().__init__(("127.0.0.1", port), Answerer)
        self.token = TOKEN
        self.username = "loopback_bot"
        self.script = Script()
        self.limits = limits or Limits()
        self.on_message = on_message
        self.messages: list[Message] = []
        self.requests: list[tuple[float, int]] = []  # of every sendMessage: when, and for which chat
        self.refused: list[tuple[float, int, int]] = []  # when, which chat, by which status
        self.too_fast: Counter[str] = Counter()  # what broke a limit: CHAT, ALL
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.webhook: dict[str, Any] = {}
        self.is_closing = threading.Event()
        self._updates: deque[dict[str, Any]] = deque()
        self._ids = itertools.count(1)
        self._update_ids = itertools.count(time.time_ns() // 1_000_000)  # never those of an earlier server, which the bot remembers
        self._changed = threading.Condition()
        self._chat_at: dict[int, float] = {}
        self._recent: deque[float] = deque()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="telegram-loopback", daemon=True).start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.is_closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who has gone away is not worth a traceback."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def sent_to(self, chat_id: int) -> list[Message]:
        """The messages that a chat has got, in the order of their coming."""
        with self._changed:
            return [message for message in self.messages if message.chat_id == chat_id]

    def wait_for_messages(self, count: int, seconds: float = 10) -> list[Message]:
        """All messages, once there are so many of them or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.messages) >= count, seconds)
            return list(self.messages)

    def busiest_second(self) -> int:
        """The most messages that were asked for within any second."""
        moments = sorted(at for at, _chat in self.requests)
        starts = 0
        most = 0
        for ends, at in enumerate(moments):
            while at - moments[starts] >= 1:
                starts += 1
            most = max(most, ends - starts + 1)
        return most

    def shortest_rest(self) -> float:
        """The shortest time between two messages for one chat, in seconds."""
        last: dict[int, float] = {}
        rests: dict[int, list[float]] = defaultdict(list)
        for at, chat_id in sorted(self.requests):
            if chat_id in last:
                rests[chat_id].append(at - last[chat_id])
            last[chat_id] = at
        return min((rest for each in rests.values() for rest in each), default=float("inf"))

    # ── What people do ───────────────────────────────────────────────────────

    def push(self, **update: Any) -> int:
        """The bot has one more update to fetch. Returns its id."""
        with self._changed:
            update_id = next(self._update_ids)
            self._updates.append({"update_id": update_id, **update})
            self._changed.notify_all()
            return update_id

    def say(self, chat_id: int, text: str, *, username: str | None = None, chat_type: str = "private") -> int:
        """A person writes to the bot."""
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}] if text.startswith("/") else []
        return self.push(
            message={
                "message_id": next(self._ids),
                "date": int(time.time()),
                "chat": {"id": chat_id, "type": chat_type, **({"title": "A group"} if chat_type != "private" else {})},
                "from": person(chat_id, username),
                "text": text,
                "entities": entities,
            }
        )

    def press(self, chat_id: int, callback: str, *, message_id: int = 1, presser_id: int | None = None) -> int:
        """A person presses a button below a message."""
        return self.push(
            callback_query={
                "id": str(next(self._ids)),
                "from": person(presser_id or chat_id, None),
                "chat_instance": str(chat_id),
                "message": {"message_id": message_id, "date": int(time.time()), "chat": {"id": chat_id, "type": "private"}},
                "data": callback,
            }
        )

    def membership(self, chat_id: int, *, old: str, new: str) -> int:
        """A person has blocked the bot (`kicked`) or lets it write again (`member`)."""
        bot = {"id": 1, "is_bot": True, "first_name": "Bot", "username": self.username}
        until = {"until_date": 0}
        return self.push(
            my_chat_member={
                "chat": {"id": chat_id, "type": "private"},
                "from": person(chat_id, None),
                "date": int(time.time()),
                "old_chat_member": {"user": bot, "status": old, **(until if old == "kicked" else {})},
                "new_chat_member": {"user": bot, "status": new, **(until if new == "kicked" else {})},
            }
        )

    # ── What the bot gets ────────────────────────────────────────────────────

    def fetch(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """The updates from this one on, after a wait if there is none; those before it are forgotten."""
        with self._changed:
            while self._updates and self._updates[0]["update_id"] < offset:
                self._updates.popleft()
            self._changed.wait_for(lambda: self._updates or self.is_closing.is_set(), min(seconds, POLL_SECONDS_MAX))
            return list(itertools.islice(self._updates, limit))

    def breaks_limit(self, chat_id: int) -> bool:
        """Whether this message comes sooner than Telegram takes it. Every one counts, as it does there."""
        with self._changed:
            at = time.monotonic()
            self.requests.append((at, chat_id))
            while self._recent and at - self._recent[0] >= 1:
                self._recent.popleft()
            self._recent.append(at)
            fast_chat = at - self._chat_at.get(chat_id, float("-inf")) < self.limits.chat_rest
            fast_all = len(self._recent) > self.limits.per_second
            self._chat_at[chat_id] = at
            self.too_fast.update([name for name, is_so in (("CHAT", fast_chat), ("ALL", fast_all)) if is_so])
            return fast_chat or fast_all

    def deliver(self, chat_id: int, fields: dict[str, Any]) -> Message:
        """The chat has the message."""
        with self._changed:
            message = Message(next(self._ids), chat_id, fields.get("text", ""), time.monotonic(), fields)
            self.messages.append(message)
            self._changed.notify_all()
        if self.on_message is not None:
            self.on_message(message)
        return message


def person(user_id: int, username: str | None) -> dict[str, Any]:
    """A person as Telegram describes one."""
    return {"id": user_id, "is_bot": False, "first_name": "Person", **({"username": username} if username else {})}


def _get_me(server: LoopbackServer, fields: dict[str, Any]) -> Any:
    return {"id": 1, "is_bot": True, "first_name": "Bot", "username": server.username, "can_join_groups": True}


def _get_updates(server: LoopbackServer, fields: dict[str, Any]) -> Any:
    if server.webhook:
        return Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
    return server.fetch(int(fields.get("offset", 0)), int(fields.get("limit", 100)), float(fields.get("timeout", 0)))


def _set_webhook(server: LoopbackServer, fields: dict[str, Any]) -> Any:
    server.webhook = fields if fields.get("url") else {}
    return True


def _delete_webhook(server: LoopbackServer, fields: dict[str, Any]) -> Any:
    server.webhook = {}
    return True


def _webhook_info(server: LoopbackServer, fields: dict[str, Any]) -> Any:
    return {"url": server.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}


def _edit(server: LoopbackServer, fields: dict[str, Any]) -> Any:
    chat = {"id": int(fields.get("chat_id", 0)), "type": "private"}
    return {"message_id": int(fields.get("message_id", 0)), "date": int(time.time()), "chat": chat}


def _take_note(server: LoopbackServer, fields: dict[str, Any]) -> Any:
    return True


METHODS: dict[str, Callable[[LoopbackServer, dict[str, Any]], Any]] = {
    "getMe": _get_me,
    "getUpdates": _get_updates,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "editMessageReplyMarkup": _edit,
    "editMessageText": _edit,
    **dict.fromkeys(("answerCallbackQuery", "setMyCommands", "deleteMyCommands", "sendChatAction", "logOut", "close"), _take_note),
}


class Answerer(BaseHTTPRequestHandler):
    """One connection."""

    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, format: str, *args: Any) -> None:
        """Paths hold the token: nothing is logged."""

    def do_POST(self) -> None:
        """Every method of the Bot API is asked for by POST or GET."""
        head, _slash, method = self.path.partition("?")[0].rpartition("/")
        if head != f"/bot{self.server.token}":
            self.read_fields()
            refusal = Refusal(401, "Unauthorized") if ":" in head else Refusal(404, "Not Found")
            return self.refuse(refusal)
        if method == "sendMessage":
            return self.send_message()
        fields = self.read_fields()
        self.server.calls.append((method, fields))
        if method not in METHODS:
            return self.refuse(Refusal(404, "Not Found: method not found"))
        result = METHODS[method](self.server, fields)
        return self.refuse(result) if isinstance(result, Refusal) else self.answer(result)

    def do_GET(self) -> None:
        """As by POST."""
        self.do_POST()

    def send_message(self) -> None:
        """The message goes the way that the script says."""
        # What chat it is for stands in the body; a reset before the body is one before anything is kept of it.
        fields = self.read_fields()
        self.server.calls.append(("sendMessage", fields))
        chat_id = int(fields.get("chat_id", 0))
        if self.server.breaks_limit(chat_id):
            return self.refuse(refusal_of(Fault(Trouble.FLOOD, seconds=1)))
        fault = self.server.script.fault_of(chat_id)
        if len(fields.get("text", "")) > 4096:
            return self.refuse(Refusal(400, "Bad Request: message is too long"))
        message = self.server.deliver(chat_id, fields) if fault is None or fault.trouble in DELIVERING else None
        if fault is not None and fault.trouble in (Trouble.RESET_BEFORE, Trouble.RESET_AFTER):
            return self.reset()
        if fault is not None and fault.trouble is Trouble.LATE:
            self.server.is_closing.wait(min(fault.seconds, NEVER))
        elif fault is not None:
            refusal = refusal_of(fault)
            self.server.refused.append((time.monotonic(), chat_id, refusal.status))
            return self.refuse(refusal)
        assert message is not None
        chat = {"id": chat_id, "type": "private"}
        return self.answer({"message_id": message.id, "date": int(time.time()), "chat": chat, "text": message.text})

    # ── HTTP ─────────────────────────────────────────────────────────────────

    def read_fields(self) -> dict[str, Any]:
        """The arguments of the call, from JSON or from a form whose nested values are JSON."""
        length = int(self.headers.get("Content-Length", 0))
        if length > BODY_MAX:
            raise ConnectionAbortedError
        body = self.rfile.read(length)
        if "json" in self.headers.get("Content-Type", ""):
            return json.loads(body or b"{}")
        query = self.path.partition("?")[2] if self.command == "GET" else body.decode()
        form = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        return {name: json.loads(value) if value[:1] in ("{", "[") and name != "text" else value for name, value in form.items()}

    def answer(self, result: Any) -> None:
        self.respond(200, {"ok": True, "result": result})

    def refuse(self, refusal: Refusal) -> None:
        answer: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
        self.respond(refusal.status, answer | ({"parameters": refusal.parameters} if refusal.parameters else {}))

    def respond(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """The connection is torn down, not closed: the caller reads an error and no end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
