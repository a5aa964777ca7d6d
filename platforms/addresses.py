"""Which addresses we may connect to: a public receiver, never our own network or another's inside."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

# `is_global` of the standard library says yes to NAT64, 6to4, multicast and more, and its answer changes
# with the Python version; so the tables stand here (IANA special-purpose registries, RFC 6890).
_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relay, retired
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking, AMT
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, retired
        "3fff::/20",  # documentation
    )
)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")

# RFC 3986 3.3 and 3.4; the per cent sign stays, since what came encoded is not encoded again.
_IN_A_PATH = "/?%:@!$&'()*+,;=~-._"

PORTS = frozenset({443, 8443})
LONGEST_URL = 2048

# WHATWG URL, "ends in a number": resolvers read 127.1, 0x7f.1 and 2130706433 as addresses.
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a checked URL leads; `private_ok` only for a host that the settings name."""

    scheme: str
    host: str
    port: int
    path: str
    private_ok: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a URL is not asked: a code."""

    code: str


def target(url: str, *, allow_private: frozenset[str] = frozenset()) -> Target | Refusal:
    """Give where the URL leads, or why we do not go there; names in `allow_private` may be `host` or `host:port`."""
    if len(url) > LONGEST_URL or not url.isprintable() or any(char in url for char in " \\"):
        return Refusal("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = ascii_host(parts.hostname or "")
    except ValueError:
        return Refusal("malformed")
    if parts.username is not None or parts.password is not None:
        return Refusal("userinfo")
    if parts.scheme not in ("https", "http"):
        return Refusal("scheme")
    port = port or (443 if parts.scheme == "https" else 80)
    allowed = bool(allow_private & {host, f"{host}:{port}"})
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_IN_A_PATH)
    found = Target(parts.scheme, host, port, path, allowed)
    code = None if allowed else _public_only(found)
    return found if code is None else Refusal(code)


def ascii_host(host: str) -> str:
    """Give the host in lower-case ASCII without a closing dot; one that has no such form raises ValueError."""
    return host.encode("idna").decode("ascii").lower().removesuffix(".")


def refusal_of(address: str) -> str | None:
    """Give the code why a resolved address is refused, or None for a public one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "not_an_address"
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return "special"
        inner = _inner(found)
        if inner is None:
            public = found in _GLOBAL_V6 and not any(found in net for net in _SPECIAL_V6)
            return None if public else "special"
        found = inner
    return "special" if any(found in net for net in _SPECIAL_V4) else None


def _public_only(found: Target) -> str | None:
    labels = found.host.split(".")
    if found.scheme != "https":
        return "not_https"
    if ":" in found.host or _NUMBER.fullmatch(labels[-1]):
        return "literal_address"
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return "host"
    return None if found.port in PORTS else "port"


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _MAPPED or address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None
