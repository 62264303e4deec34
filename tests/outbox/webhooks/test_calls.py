"""The call itself: what leaves, to whom, and what each answer means. Over real HTTP on loopback."""

import datetime as dt
import itertools
import socket
import ssl
import time
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from outbox.channels import Failed, Outcome, Sent, Skip, Unknown, Wait
from outbox.webhooks import calls
from outbox.webhooks.addresses import Rules
from outbox.webhooks.calls import Calls, Message, seconds_of
from outbox.webhooks.signatures import headers, new_secret
from tests.outbox.webhooks.receiver import NotSigned, Receiver, drip, hang_up, receiving, verified

OWN = Rules(plain=True, loopback=True)
SECRET = new_secret()
BODY = b'{"type":"ESCROW_FUNDED"}'
UID = "0199f0c0-0000-7000-8000-000000000001"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def caller() -> Iterator[Calls]:
    made = Calls(OWN)
    yield made
    made.close()


def message(url: str, **said: object) -> Message:
    return Message(**{"url": url, "uid": UID, "body": BODY, "secrets": (SECRET,)} | said)


def outcome(made: Calls, url: str, **said: object) -> Outcome:
    return made.post(message(url, **said)).result(timeout=15)


def names(*answers: list[str]):
    """A resolver that gives these answers in turn, the last one for ever, and remembers what it was asked."""
    turn = itertools.chain(answers, itertools.repeat(answers[-1]))
    asked: list[str] = []

    async def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(turn)

    resolver.asked = asked
    return resolver


def test_what_is_posted_is_signed_and_says_who_posts(receiver, caller):
    assert outcome(caller, receiver.url) == Sent(status=204)

    (got,) = receiver.got
    assert verified(got.headers, got.body, SECRET) == {"type": "ESCROW_FUNDED"}
    assert got.path == "/hook?of=brand"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("ugc-marketplace-webhooks/")
    assert got.id == UID


def test_who_does_not_know_the_secret_finds_the_message_wrong(receiver, caller):
    outcome(caller, receiver.url)

    (got,) = receiver.got
    for wrong in (
        (got.headers, got.body, new_secret()),
        (got.headers, got.body + b" ", SECRET),
        (got.headers | {"webhook-id": "1"}, got.body, SECRET),
    ):
        with pytest.raises(NotSigned):
            verified(*wrong)


def test_two_secrets_sign_so_that_either_receiver_is_content(receiver, caller):
    old, new = new_secret(), new_secret()

    outcome(caller, receiver.url, secrets=(new, old))

    (got,) = receiver.got
    assert verified(got.headers, got.body, old) == verified(got.headers, got.body, new)


def test_the_example_of_the_specification_is_signed_as_it_says():
    signed = headers(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        ((200, {}, b"thanks"), Sent(status=200)),
        ((299, {}, b""), Sent(status=299)),
        ((410, {}, b""), Skip(code="GONE", status=410)),
        ((400, {}, b""), Failed(code="HTTP_400", status=400)),
        ((404, {"Retry-After": "5"}, b""), Failed(code="HTTP_404", status=404)),
        ((429, {}, b""), Failed(code="HTTP_429", status=429)),
        ((429, {"Retry-After": "47"}, b""), Wait(code="HTTP_429", status=429, seconds=47.0)),
        ((429, {"Retry-After": "0"}, b""), Wait(code="HTTP_429", status=429, seconds=30.0)),
        ((503, {"Retry-After": "999999"}, b""), Wait(code="HTTP_503", status=503, seconds=3600.0)),
        ((503, {"Retry-After": "soon"}, b""), Unknown(code="HTTP_503", status=503)),
        ((500, {}, b""), Unknown(code="HTTP_500", status=500)),
        ((200, {"Content-Encoding": "gzip"}, b"not gzip"), Sent(status=200)),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_answer_means_what_its_status_says(receiver, caller, answer, means):
    receiver.script = [answer]

    assert outcome(caller, receiver.url) == means


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 30.0),
        ("29", 30.0),
        ("31", 31.0),
        ("3601", 3600.0),
        ("-1", None),
        ("", None),
        ("1e9", None),
        ("99999999999999999999", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 30.0),
    ],
)
def test_a_wait_is_bounded(text, seconds):
    assert seconds_of(text) == seconds


def test_a_wait_may_be_a_date():
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)

    assert seconds_of(format_datetime(later, usegmt=True)) == pytest.approx(120, abs=3)


def test_who_asks_to_wait_for_a_day_has_failed(receiver, caller):
    receiver.always = (503, {"Retry-After": "60"}, b"")

    assert isinstance(outcome(caller, receiver.url, age_seconds=3_600), Wait)
    assert isinstance(outcome(caller, receiver.url, age_seconds=90_000), Unknown)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_nobody_follows_it(receiver, caller, status):
    with receiving() as inner:
        receiver.script = [(status, {"Location": inner.url}, b"")]

        assert outcome(caller, receiver.url) == Failed(code="REDIRECT", status=status)
        assert inner.got == []


def test_a_redirect_to_the_secrets_of_a_cloud_is_not_followed(receiver, caller):
    receiver.script = [(302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")]

    assert outcome(caller, receiver.url) == Failed(code="REDIRECT", status=302)


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_call_goes_to_the_address_that_was_judged_and_keeps_the_name(receiver):
    resolver = names(["127.0.0.1"])
    caller = Calls(Rules(plain=True, loopback=True), resolver=resolver)

    # No system knows this name: had anybody looked it up once more, nothing would have arrived.
    result = caller.post(message(f"http://localhost:{receiver.port}/")).result(timeout=15)
    caller.close()

    assert isinstance(result, Sent)
    assert resolver.asked == ["localhost"]
    assert receiver.got[0].headers["host"] == f"localhost:{receiver.port}"


def test_a_name_that_turns_inside_after_it_was_judged_arrives_nowhere_inside(receiver, monkeypatch):
    """Rebinding: public when judged, loopback at the second look. There is no second look, and the next call is refused."""
    monkeypatch.setattr("outbox.webhooks.addresses.PLAIN", frozenset({receiver.port}))
    monkeypatch.setattr("outbox.webhooks.addresses.is_public", lambda address: str(address) == "127.0.0.2")  # and nobody listens there
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.port))])
    resolver = names(["127.0.0.2"], ["127.0.0.1"])
    caller = Calls(Rules(plain=True), resolver=resolver)
    url = f"http://rebinding.example.com:{receiver.port}/"

    first, second = outcome(caller, url), outcome(caller, url)
    caller.close()

    assert first == Failed(code="CONNECT_FAILED")
    assert second == Failed(code="ADDRESS_NOT_PUBLIC")
    assert receiver.got == []


def test_a_name_with_one_address_inside_is_not_called_at_the_other(receiver):
    caller = Calls(Rules(plain=True), resolver=names(["1.1.1.1", "127.0.0.1"]))

    assert outcome(caller, "http://half.example.com/") == Failed(code="ADDRESS_NOT_PUBLIC")
    caller.close()


@pytest.mark.parametrize("answer", [[], ["not an address"]])
def test_a_name_that_nobody_knows_is_a_failure(answer):
    caller = Calls(Rules(plain=True), resolver=names(answer))

    assert outcome(caller, "http://unknown.example.com/") == Failed(code="NAME_UNKNOWN")
    caller.close()


def test_an_address_that_was_saved_and_is_not_allowed_any_more_is_not_called(receiver):
    caller = Calls(Rules())

    assert outcome(caller, receiver.url) == Failed(code="ADDRESS_NOT_HTTPS")
    assert receiver.got == []
    caller.close()


def test_a_proxy_in_the_environment_is_not_asked(receiver, caller, monkeypatch):
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert isinstance(outcome(caller, receiver.url), Sent)
        assert proxy.got == []


# ── Slow, silent and endless ─────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_there_is_a_failure(caller):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]

    assert outcome(caller, f"http://127.0.0.1:{port}/") == Failed(code="CONNECT_FAILED")


def test_a_receiver_that_hangs_up_may_have_heard(receiver, caller):
    receiver.script = [hang_up]

    assert outcome(caller, receiver.url) == Unknown(code="ANSWER_BROKEN")


def test_an_answer_that_is_not_http_may_have_been_one(receiver, caller):
    receiver.script = [drip(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", 0, 0)]

    assert outcome(caller, receiver.url) == Unknown(code="ANSWER_BROKEN")


def test_a_head_that_comes_drop_by_drop_ends_with_the_time(receiver, caller, monkeypatch):
    monkeypatch.setattr(calls, "TOTAL_SECONDS", 1)
    receiver.script = [drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", 0.1, 40)]
    began = time.monotonic()

    result = outcome(caller, receiver.url)

    assert result == Unknown(code="NO_ANSWER")
    assert time.monotonic() - began < 3


def test_a_body_that_comes_drop_by_drop_is_not_waited_for(receiver, caller, monkeypatch):
    monkeypatch.setattr(calls, "ANSWER_SECONDS", 0.3)
    receiver.script = [drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 0.1, 40)]
    began = time.monotonic()

    result = outcome(caller, receiver.url)

    assert result == Sent(status=200)
    assert time.monotonic() - began < 3


def test_a_body_without_end_is_heard_for_its_first_64_kibibytes(receiver, caller):
    written = []

    def endless(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2_000):
            handler.wfile.write(b"x" * 65_536)
            written.append(65_536)

    receiver.script = [endless]
    began = time.monotonic()

    assert outcome(caller, receiver.url) == Sent(status=200)
    assert time.monotonic() - began < 5
    time.sleep(0.2)
    assert sum(written) < 32 * 1024 * 1024


def test_many_are_called_at_once(receiver, caller):
    receiver.always = lambda handler: (time.sleep(0.5), handler.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n"))
    began = time.monotonic()

    futures = [caller.post(message(receiver.url)) for _ in range(8)]

    assert {type(future.result(timeout=15)) for future in futures} == {Sent}
    assert time.monotonic() - began < 3


def test_cookies_of_one_receiver_are_not_shown_to_another(receiver, caller):
    receiver.script = [(200, {"Set-Cookie": "who=first"}, b"")]

    outcome(caller, receiver.url)
    outcome(caller, receiver.url)

    assert "cookie" not in receiver.got[1].headers


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def certificate(folder: Path, name: str) -> Path:
    """A certificate of this name that vouches for itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.mark.parametrize(("named", "means"), [("localhost", Sent(status=204)), ("other.example.com", Failed(code="TLS_FAILED"))])
def test_the_certificate_has_to_be_that_of_the_name_although_an_address_is_called(tmp_path, named, means):
    file = certificate(tmp_path, named)
    asked = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    with receiving() as receiver:
        receiver.socket = server.wrap_socket(receiver.socket, server_side=True)
        caller = Calls(OWN, resolver=names(["127.0.0.1"]), context=ssl.create_default_context(cafile=str(file)))

        result = outcome(caller, f"https://localhost:{receiver.port}/")
        caller.close()

        assert result == means
        assert asked == ["localhost"]
        assert len(receiver.got) == isinstance(means, Sent)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate(tmp_path, "localhost"))
    with receiving() as receiver:
        receiver.socket = server.wrap_socket(receiver.socket, server_side=True)
        caller = Calls(OWN, resolver=names(["127.0.0.1"]))

        assert outcome(caller, f"https://localhost:{receiver.port}/") == Failed(code="TLS_FAILED")
        assert receiver.got == []
        caller.close()
