"""Which addresses may be called. Whoever names an address must not make us knock at doors behind our own wall.

An address is judged twice: as it is spelled, when it is saved and before each call; and as what its name resolves to, before each
call. The call then goes to the very address that was judged, so that a name which means something else a moment later changes nothing.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({443, 8443})
PLAIN = frozenset({80, 8000, 8080})  # of http, which only a developer's machine may use
LENGTH_MAX = 2_000
NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
VISIBLE = re.compile(r"[\x21-\x7e]+")
# Names that only mean something inside somebody's network.
INNER = ("localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa")

# Everything that is not the public network, by the registries of special addresses; and one address of a cloud's own servers.
INNER_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",
    )
)
PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
# Within it: protocol assignments with Teredo, examples, and 6to4, which hides an address of IPv4.
INNER_IPV6 = tuple(ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))


class Refused(Exception):
    """This address is not called. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Rules:
    """What this machine allows: plain http, and addresses of its own, for developers and tests."""

    plain: bool = False
    loopback: bool = False


@dataclass(frozen=True)
class Place:
    """An address as it is spelled: nothing in it can be read in two ways."""

    scheme: str
    host: str  # a name in lower case, or an address without brackets
    port: int
    target: str  # path and query
    literal: Address | None

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def read(url: str, rules: Rules) -> Place:
    """The place that this address names. Raises Refused for what is odd, hidden, or inside."""
    if len(url) > LENGTH_MAX or not VISIBLE.fullmatch(url) or "\\" in url:
        raise Refused("ADDRESS_MALFORMED")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as malformed:
        raise Refused("ADDRESS_MALFORMED") from malformed
    scheme = parts.scheme.lower()
    if scheme != "https" and not (scheme == "http" and rules.plain):
        raise Refused("ADDRESS_NOT_HTTPS")
    if "@" in parts.netloc or "%" in parts.netloc or parts.fragment or url.endswith("#"):
        raise Refused("ADDRESS_MALFORMED")
    literal = _literal(parts.netloc, host)
    if literal is not None:
        judge([literal], rules)
    else:
        _judge_name(host, rules)
    if port is None:
        port = 443 if scheme == "https" else 80
    is_own = rules.loopback and (host == "localhost" or (literal is not None and literal.is_loopback))
    if not is_own and port not in (PORTS if scheme == "https" else PLAIN):
        raise Refused("ADDRESS_PORT")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(scheme, host, port, target, literal)


def _literal(netloc: str, host: str) -> Address | None:
    """The address of the network that stands in place of a name. Raises Refused for one in any but the usual spelling.

    A name whose last part is a number would be read as an address by some: 127.1, 0x7f.1, 2130706433, 0177.0.0.1.
    """
    try:
        if netloc.startswith("["):
            return ipaddress.IPv6Address(host)
        last = host.rpartition(".")[2]
        if last.isdigit() or last.startswith("0x"):
            return ipaddress.IPv4Address(host)
    except ValueError as malformed:
        raise Refused("ADDRESS_MALFORMED") from malformed
    return None


def _judge_name(host: str, rules: Rules) -> None:
    """Nothing happens when this is a full name of the public network. Raises Refused."""
    if rules.loopback and host == "localhost":
        return
    if any(host == inner or host.endswith(f".{inner}") for inner in INNER):
        raise Refused("ADDRESS_NOT_PUBLIC")
    if not NAME.fullmatch(host):
        raise Refused("ADDRESS_MALFORMED")


def judge(found: Iterable[Address], rules: Rules) -> list[Address]:
    """The addresses, when every single one may be called. Raises Refused for none, or when one of them is inside."""
    addresses = list(found)
    if not addresses:
        raise Refused("NAME_UNKNOWN")
    for address in addresses:
        if not is_public(address) and not (rules.loopback and address.is_loopback):
            raise Refused("ADDRESS_NOT_PUBLIC")
    return addresses


def is_public(address: Address) -> bool:
    """Whether this is an address of the public network, and hides none that is not."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in INNER_IPV4)
    return address in PUBLIC_IPV6 and not any(address in network for network in INNER_IPV6) and address.scope_id is None
