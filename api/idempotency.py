"""One answer per Idempotency-Key: a client that lost the reply asks again and gets the same one.

Order: sign-in, throttle and permission are judged first; then the key is claimed in the transaction of the command. A twin
that runs at the same moment waits on the unique index, for three seconds at most. So a killed process leaves no locked key:
its row goes with its transaction.

- Stored: success, 404, and 409. Never stored: 400, 401, 403, 429 and 5xx; the same key may be used again after those.
- A replay has the status, the bytes and the Location of the first answer, including its `requestId`; `X-Request-Id` is the
  same id, and `Idempotency-Replayed: true` says what it is. The log line of the replay knows both ids.
- A key belongs to the person; for a guest, to the address. The fingerprint covers method, path, query and body in canonical
  form, and is keyed, so that the table is no oracle for what a body held.
- Routes whose answer holds a secret (sign-in, tokens) set `replayable = False`: the header is ignored there, nothing is kept.
- Keys are kept for seven days. The ledger's references protect the money for ever, with any key or none.
"""

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import structlog
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from api.codes import CODES
from api.errors import KeyReused, RequestInFlight, answer
from api.models import IdempotencyKey
from api.parsers import read_object
from api.renderers import JSON
from api.throttles import client_ip, network_of
from core.base import clock, trace
from core.base.errors import Invalid, Refusal

log = structlog.get_logger("api.idempotency")

KEPT = timedelta(days=7)
PATIENCE = "3s"
STORED_REFUSALS = frozenset({404, 409})
KEY_CHARS_MIN, KEY_CHARS_MAX = 8, 255

CLAIM = """
    INSERT INTO api_idempotencykey (principal, key, fingerprint, location, request_id)
    VALUES (%s, %s, %s, '', %s)
    ON CONFLICT (principal, key) DO NOTHING
    RETURNING id
"""


def read_key(header: str) -> str:
    """The key, without the quotes it may stand in. Raises Invalid."""
    key = header[1:-1] if len(header) >= 2 and header[0] == header[-1] == '"' else header
    if not KEY_CHARS_MIN <= len(key) <= KEY_CHARS_MAX or not all("!" <= character <= "~" for character in key):
        raise Invalid(form=[_("Idempotency-Key must be 8 to 255 visible ASCII characters.")])
    return key


def principal_of(request: Any) -> str:
    """Whose key it is."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    if request.auth is not None:
        return f"{type(request.auth).__name__.lower()}:{request.auth.pk}"
    return f"guest:{network_of(client_ip(request._request))}"


def fingerprint_of(request: HttpRequest) -> str:
    """What the request asks for, as a keyed digest. Raises Invalid, UnsupportedMediaType for a body that cannot be read."""
    body = orjson.dumps(read_object(request), option=orjson.OPT_SORT_KEYS)
    query = sorted(request.GET.items())
    asked = orjson.dumps([request.method, request.path, query]) + b"\n" + body
    return salted_hmac("api.idempotency", asked, algorithm="sha256").hexdigest()


def answer_once(request: Any, header: str, command: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to the command, carried out now or some time before. Raises Invalid, KeyReused, RequestInFlight."""
    key, principal = read_key(header), principal_of(request)
    fingerprint = fingerprint_of(request._request)
    with transaction.atomic():
        claimed = claim(principal, key, fingerprint)
        if claimed is None:
            return replay(IdempotencyKey.objects.get(principal=principal, key=key), fingerprint)
        response = carry_out(command)
        IdempotencyKey.objects.filter(id=claimed).update(
            status=response.status_code, body=response.content, location=response.headers.get("Location", "")
        )
    return response


def claim(principal: str, key: str, fingerprint: str) -> int | None:
    """The id of the new row, or None when the key was used before. Raises RequestInFlight while a twin is still at work."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        try:
            cursor.execute(CLAIM, [principal, key, fingerprint, trace.request_id()])
        except OperationalError as waited:
            if isinstance(waited.__cause__, LockNotAvailable):
                raise RequestInFlight from waited
            raise
        inserted = cursor.fetchone()
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return inserted[0] if inserted else None


def carry_out(command: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of the command, also when it is a no that would be the same next time. Any other no undoes the claim."""
    try:
        with transaction.atomic():
            return command()
    except Refusal as refusal:
        if CODES[refusal.code].status not in STORED_REFUSALS:
            raise
        return answer(refusal)


def replay(stored: IdempotencyKey, fingerprint: str) -> HttpResponse:
    """The stored answer. Raises KeyReused when the key stood for another request."""
    if not hmac.compare_digest(stored.fingerprint, fingerprint):
        raise KeyReused
    log.info("replayed", request_id=trace.request_id(), first_request_id=stored.request_id)
    headers = {"Idempotency-Replayed": "true", "X-Request-Id": stored.request_id}
    if stored.location:
        headers["Location"] = stored.location
    return HttpResponse(bytes(stored.body), status=stored.status, content_type=JSON, headers=headers)


def forget_person(user: Any) -> None:
    """No answer that this person was ever given is kept."""
    IdempotencyKey.objects.filter(principal=f"user:{user.pk}").delete()


def forget_old_keys() -> int:
    """Keys older than a week are gone. Returns how many went."""
    return IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
