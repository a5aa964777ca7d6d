"""Addresses: what a name stands for when it is asked, and whether that lies outside this machine and its networks."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from sampling.evidence.address import is_public

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""A name and a port to all addresses that the name stands for now; an unknown name raises OSError."""

_NOBODYS = "192.0.2.1"


async def resolve(host: str, port: int) -> Sequence[str]:
    """Give what the system resolves a name to; an unknown name raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_outside(address: str) -> bool:
    """Tell whether an address is of the open internet and not one of this machine's own."""
    # Only an address of this machine can be bound to; where even nobody's can, there is no telling.
    return is_public(address) and not (_is_bindable(address) and not _is_bindable(_NOBODYS))


def is_named(host: str, port: int, private_hosts: frozenset[str]) -> bool:
    """Tell whether a host is among those named as `host` or `host:port`."""
    return not private_hosts.isdisjoint((host, f"{host}:{port}"))


def _is_bindable(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return True
    return False
