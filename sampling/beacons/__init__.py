"""Public beacons: each kind's adapter, and the chains that are pinned in the shipped data."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sampling.beacons import drand, nist, witnessed
from sampling.beacons.interface import Adapter, Answer, Chain, Pulse
from sampling.errors import UnknownBeacon

BEACONS: Mapping[str, Adapter] = {"drand": drand.read, "nist": nist.read, "ceremony": witnessed.read}


def codes() -> tuple[str, ...]:
    """Give the codes of the pinned chains, in the order of the shipped data."""
    return tuple(_shipped()["chains"])


def chain(code: str) -> Chain:
    """Give a pinned chain, or raise UnknownBeacon."""
    entries = _shipped()["chains"]
    if code not in entries:
        raise UnknownBeacon(f"no beacon {code!r} is known; the beacons are {', '.join(entries)}")
    return chain_of(code, entries[code])


def chain_of(code: str, entry: Mapping[str, Any]) -> Chain:
    """Give the chain that a mapping describes."""
    lists = {name: tuple(entry[name]) for name in ("relays", "certificates") if name in entry}
    return Chain(code=code, **{**entry, **lists})


def limit(name: str) -> timedelta:
    """Give one of the shipped waits: `lead`, `wait` or `gap`."""
    return timedelta(minutes=_shipped()["waits"][f"{name}_minutes"])


def read(chain_: Chain, round_: int, answer: Answer) -> Pulse:
    """Give the proved value of a round, by the adapter of the chain's kind."""
    return BEACONS[chain_.kind](chain_, round_, answer)


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads((files("rulebooks") / "beacons.toml").read_text(encoding="utf-8"))
