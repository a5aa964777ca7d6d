"""The address: whether a visit may be paid to it at all, told before any browser starts."""

from collections.abc import Set
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

LONGEST = 8_192
"""Characters; browsers and servers agree on hardly any longer address."""

_INNER_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain", "arpa")
_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_CLOSED = tuple(
    ip_network(text)
    for text in (
        "168.63.129.16/32",  # a cloud's own service for its machines, at an address that counts as public
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",  # tunnels and other special uses
        "2002::/16",
        "3fff::/20",
    )
)


def refusal(url: str, *, private_hosts: Set[str] = frozenset()) -> str | None:
    """Give why the address is not visited, or None: `length`, `scheme`, `credentials`, `host` or `address`.

    `private_hosts` lists `host` or `host:port` that may be visited although they are private. What a name stands for
    is asked when the connection is made.
    """
    if len(url) > LONGEST:
        return "length"
    parts, host = _parted(url)
    if parts is None:
        return "host"
    if parts.scheme not in {"http", "https"}:
        return "scheme"
    if "@" in parts.netloc:
        return "credentials"
    if not host or any(sign.isspace() or ord(sign) < 32 or sign in "\\%" for sign in host):
        return "host"
    if {host, f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"} & private_hosts:
        return None
    return None if _is_outside(host) else "address"


def is_public(text: str) -> bool:
    """Tell whether an IP address is of the open internet, also when it is an IPv4 address in IPv6 dress."""
    try:
        address = _plain(ip_address(text))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _CLOSED)


def _parted(url: str) -> tuple[SplitResult | None, str]:
    try:
        parts = urlsplit(url)
        _ = parts.port  # one that is no port raises only here
    except ValueError:
        return None, ""
    return parts, (parts.hostname or "").rstrip(".")


def _is_outside(host: str) -> bool:
    literal = _literal(host)
    if literal is not None:
        return is_public(literal)
    return "." in host and host.rpartition(".")[2] not in _INNER_NAMES


def _literal(host: str) -> str | None:
    """Give the IP address that a browser reads from the host, if any: 0x7f.1, 2130706433 and 0177.1 are loopback."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    parts = host.split(".")
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    if len(parts) > 4 or any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(parts)):
        return "no address"
    return str(IPv4Address(sum(number << 8 * (3 - i) for i, number in enumerate(numbers[:-1])) + numbers[-1]))


def _number(part: str) -> int:
    """Give the number that browsers read from a part of a host: hexadecimal, octal or decimal; else ValueError."""
    text = part.lower()
    if not text.isascii() or not text.isalnum():
        raise ValueError(part)
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address in IPv6 dress is judged by what it reaches."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
