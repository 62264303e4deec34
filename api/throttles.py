"""How often one may knock: fixed windows, counted in one table that all server processes share.

The count is one statement outside the transaction of the command, by the clock of the database. Routes name a scope:

    throttle_scope = "search"                      # every action of the view
    throttle_scope = {"create": "apply"}           # this action; the others have none

All rates stand in RATES. THROTTLE_MULTIPLIER stretches them for demonstrations and tests of something else; 1 in production.
"""

import ipaddress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from api.errors import RateLimited
from api.models import ThrottleCounter
from api.parsers import read_object
from core.base.addresses import client_address
from core.base.errors import Refusal

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds, counted by `ip`, `user` (a guest: the address), or `account` (the e-mail in the body)."""

    calls: int
    seconds: int
    by: str = "user"


RATES: dict[str, tuple[Rate, ...]] = {
    "login": (Rate(5, MINUTE, "ip"), Rate(10, HOUR, "account")),
    "register": (Rate(5, HOUR, "ip"),),
    "password_reset": (Rate(5, HOUR, "ip"), Rate(3, HOUR, "account")),
    "password": (Rate(10, HOUR),),
    "export": (Rate(5, HOUR),),
    "email_link": (Rate(20, HOUR, "ip"),),
    "email_resend": (Rate(5, HOUR),),
    "verification": (Rate(10, HOUR),),
    "write": (Rate(60, MINUTE),),
    "apply": (Rate(20, MINUTE),),
    "invite": (Rate(10, MINUTE), Rate(200, 24 * HOUR)),
    "money": (Rate(20, MINUTE),),
    "report": (Rate(20, HOUR),),
    "chat": (Rate(12, 30),),
    "dispute_message": (Rate(12, 30),),
    "search": (Rate(60, MINUTE),),
    "telegram_code": (Rate(3, 10 * MINUTE),),
    "telegram_confirm": (Rate(120, MINUTE, "ip"),),
    "telegram_updates": (Rate(3_000, MINUTE, "ip"),),  # Telegram speaks for everybody who writes to the bot
    "live": (Rate(120, MINUTE),),
    "webhook_test": (Rate(10, MINUTE),),
    "consumer": (Rate(120, MINUTE),),
    "consumer_ack": (Rate(1200, MINUTE),),  # clients of the original acknowledge one by one
}

COUNT = """
    INSERT INTO api_throttlecounter AS counter (key, bucket, calls, expires_at)
    SELECT wanted.key, floor(extract(epoch FROM clock_timestamp()) / wanted.seconds)::bigint, 1,
           to_timestamp((floor(extract(epoch FROM clock_timestamp()) / wanted.seconds) + 1) * wanted.seconds)
    FROM unnest(%s::text[], %s::int[]) AS wanted (key, seconds)
    ORDER BY wanted.key
    ON CONFLICT (key) DO UPDATE SET
        calls = CASE WHEN counter.bucket = excluded.bucket THEN counter.calls + 1 ELSE 1 END,
        bucket = excluded.bucket,
        expires_at = excluded.expires_at
    RETURNING key, calls, greatest(1, ceil(extract(epoch FROM expires_at - clock_timestamp())))::int
"""


def client_ip(request: HttpRequest) -> str:
    """The address of the caller, as far as it can be believed."""
    return client_address(request.META)


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 that one IPv6 customer has."""
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else address


def caller(request: Any, rate: Rate) -> str | None:
    """Whose count this is. None when the rate does not apply: there is no readable account in the body."""
    if rate.by == "account":
        return account_in_body(request)
    if rate.by == "user" and request.user.is_authenticated:
        return str(request.user.pk)
    if rate.by == "user" and request.auth is not None:
        return f"{type(request.auth).__name__}:{request.auth.pk}"
    return network_of(client_ip(request._request))


def account_in_body(request: Any) -> str | None:
    """A digest of the e-mail that somebody tries, so that the table of counters names nobody."""
    try:
        email = read_object(request._request).get("email")
    except Refusal:
        return None
    if not isinstance(email, str):
        return None
    return salted_hmac("api.throttles", email.strip().lower(), algorithm="sha256").hexdigest()


def count(request: Any, scope: str) -> dict[str, str]:
    """The call is counted in this scope. Returns the RateLimit headers. Raises RateLimited when the window is full."""
    wanted = {}
    for rate in RATES[scope]:
        who = caller(request, rate)
        if who is not None:
            wanted[f"{scope}:{rate.by}:{rate.seconds}:{who}"] = rate
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [list(wanted), [rate.seconds for rate in wanted.values()]])
        counted = cursor.fetchall()
    left = [(allowed(wanted[key]) - calls, seconds, allowed(wanted[key])) for key, calls, seconds in counted]
    remaining, seconds, limit = min(left, key=lambda found: (found[0], -found[1]))
    headers = {"RateLimit-Limit": str(limit), "RateLimit-Remaining": str(max(0, remaining)), "RateLimit-Reset": str(seconds)}
    if remaining < 0:
        refusal = RateLimited(max(seconds for remaining, seconds, _ in left if remaining < 0))
        refusal.headers = refusal.headers | headers  # type: ignore[misc]
        raise refusal
    return headers


def allowed(rate: Rate) -> int:
    """How many calls this rate lets through here and now."""
    return rate.calls * settings.THROTTLE_MULTIPLIER


def forget_old_counters() -> int:
    """Counters of windows that are over are gone. Returns how many went."""
    return ThrottleCounter.objects.filter(expires_at__lt=Now()).delete()[0]
