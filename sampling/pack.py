"""A pack: how much is in it, so that prices of large and small ones can be compared."""

import re
from dataclasses import dataclass
from decimal import Decimal

from sampling.weights import Packs

_AMOUNT = r"(?P<amount>[0-9]{1,6}(?:\.[0-9]{1,4})?)\s*(?P<unit>[a-z]+|[^\W\d_a-z×]+)"
_LEFT = re.compile(r"(?:(?P<times>[0-9]{1,4})\s*[x×*]\s*)?" + _AMOUNT)
_RIGHT = re.compile(_AMOUNT + r"\s*[x×*]\s*(?P<times>[0-9]{1,4})\s*(?P<counter>\D?)")


@dataclass(frozen=True, slots=True)
class Pack:
    """How much a pack holds of a basis: grams, millilitres or pieces."""

    amount: Decimal
    basis: str


def read_pack(text: str, packs: Packs) -> Pack | None:
    """Give what a text such as `500g`, `12 x 250 ml` or `100克×3袋` says, None where it is not certain."""
    plain = text.strip().lower()
    found = _RIGHT.fullmatch(plain) or _LEFT.fullmatch(plain)
    if found is None:
        return None
    said = found.groupdict()
    known = packs.units.get(said["unit"])
    if known is None or (said.get("counter") or packs.counters[0]) not in packs.counters:
        return None
    basis, many = known
    amount = Decimal(said["amount"]) * many * int(said["times"] or 1)
    return Pack(amount, basis) if amount else None
