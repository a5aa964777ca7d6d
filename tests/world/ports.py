"""Ports that nobody else takes meanwhile: below those that the system gives away by itself, each given once."""

import os
import socket
from itertools import count

_FIRST, _SPAN, _STEP = 11_000, 9_000, 7
_GIVEN = count(os.getpid() * 64 // _STEP)
"""Each process begins at a place of its own."""


def free_ports(many: int) -> list[int]:
    """Give ports at which nobody listens, nor at their ten-thousandth neighbours, which some servers take as well."""
    found: list[int] = []
    for place in _GIVEN:
        port = _FIRST + place * _STEP % _SPAN
        if _is_free(port) and _is_free(port + 10_000):
            found.append(port)
        if len(found) == many:
            break
    return found


def free_port() -> int:
    """Give one port at which nobody listens."""
    return free_ports(1)[0]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
