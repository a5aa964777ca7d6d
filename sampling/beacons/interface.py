"""What a beacon's adapter is given and gives: a pinned chain, an answer from outside, a proved value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sampling.errors import WrongBeacon

Answer = Mapping[str, Any]
"""What a relay or a person gave: JSON, not yet believed."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One public source of randomness with all that is pinned about it."""

    code: str
    kind: str
    genesis: int
    period: int
    first: int
    relays: tuple[str, ...] = ()
    chain_hash: str = ""
    public_key: str = ""
    chain_index: int = 0
    certificates: tuple[str, ...] = ()
    status: str = "unconfirmed"
    source: str = ""

    def due(self, round_: int) -> datetime:
        """Give the instant at which a round comes out."""
        return datetime.fromtimestamp(self.genesis + (round_ - self.first) * self.period, UTC)

    def round_at(self, moment: datetime) -> int:
        """Give the first round that comes out at the moment or after it."""
        seconds = -(-int(moment.timestamp() * 1_000_000) // 1_000_000) - self.genesis
        return max(self.first, self.first - (-seconds // self.period))


@dataclass(frozen=True, slots=True)
class Pulse:
    """The value of one round, and what was proved about it and what was not."""

    chain: str
    round: int
    value: bytes
    proved: tuple[str, ...]
    unproved: tuple[str, ...]
    answer: Answer
    """What a stranger needs to prove it again."""


Adapter = Callable[[Chain, int, Answer], Pulse]
"""(chain, round, answer) → the proved value; an answer of another chain or round, or a bad one, raises WrongBeacon."""


def whole(answer: Answer, name: str) -> int:
    """Give a field that must be a whole number."""
    value = answer.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WrongBeacon(f"the beacon's {name} is no whole number")
    return value


def word(answer: Answer, name: str) -> str:
    """Give a field that must be a text."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise WrongBeacon(f"the beacon's {name} is no text")
    return value


def octets(answer: Answer, name: str) -> bytes:
    """Give a field that must be hexadecimal."""
    try:
        return bytes.fromhex(word(answer, name))
    except ValueError:
        raise WrongBeacon(f"the beacon's {name} is not hexadecimal") from None
