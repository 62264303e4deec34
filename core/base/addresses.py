"""From where a call comes, as far as it can be believed."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings


def client_address(environment: Mapping[str, Any]) -> str:
    """The address of the caller. X-Forwarded-For is believed as far as our own proxies wrote it: NUM_PROXIES hops from the right."""
    address = environment.get("REMOTE_ADDR") or ""
    if settings.NUM_PROXIES:
        hops = [hop.strip() for hop in environment.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        address = hops[-min(settings.NUM_PROXIES, len(hops))] if hops else address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - stands for "unknown": a socket file, or a broken proxy
