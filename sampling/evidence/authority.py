"""Time-stamping authorities: those the shipped data names, and those an installation adds with their certificates.

None of the shipped ones is asked or believed until the installation gives its certificates: a public root that nobody
here has compared with the authority's own announcement proves nothing.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sampling.digest import Digest, sha256
from sampling.errors import UnknownAuthority, WrongStamp
from sampling.evidence.timestamp import certificates


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority that stamps: where it is asked, and the only certificates that count for it."""

    code: str
    url: str
    chain: bytes
    """PEM, its own certificate first and the root last."""
    qualified: bool = False
    """Whether it is a qualified trust service (Regulation (EU) 910/2014, article 42)."""

    @property
    def chain_sha256(self) -> Digest:
        """The number to compare with what the authority announces."""
        return sha256(self.chain)


def codes() -> tuple[str, ...]:
    """Give the codes of the shipped authorities, in the order of the data."""
    return tuple(_shipped())


def authority(code: str, chain: bytes, *, url: str | None = None) -> Authority:
    """Give the authority of a code with its certificates; without `url` the shipped one, or UnknownAuthority."""
    entry = _shipped().get(code, {})
    address = url or entry.get("url")
    if address is None:
        raise UnknownAuthority(f"no authority {code!r} is known; give its address, or one of {', '.join(codes())}")
    try:
        found = certificates(chain)
    except WrongStamp as error:
        raise UnknownAuthority(f"{code}: {error}") from error
    if len(found) < 2 or found[-1].issuer != found[-1].subject:
        raise UnknownAuthority(f"{code}: the certificates do not lead from the authority's own to its root")
    return Authority(code, address, chain, bool(entry.get("qualified", False)))


def source(code: str) -> Mapping[str, Any]:
    """Give what the shipped data says of an authority: `url`, `qualified`, `status`, `source`."""
    return _shipped()[code]


@cache
def _shipped() -> Mapping[str, Mapping[str, Any]]:
    shipped: Mapping[str, Mapping[str, Any]] = tomllib.loads(
        (files("rulebooks") / "timestamps.toml").read_text(encoding="utf-8")
    )["authorities"]
    return shipped
