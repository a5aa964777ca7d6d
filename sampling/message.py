"""A message: what a shopper and a seller said to each other about one order, and whether it gives the cover away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.digest import Digest

LONGEST = 2000
"""How many characters one message has at most."""
SHORTEST = 2
"""A value of fewer characters occurs in any text."""
_ASIDE = re.compile(r"[\W_]+")


class Speaker(StrEnum):
    """Who said it."""

    SHOPPER = "shopper"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the talk with a seller; it is never changed."""

    id: UUID
    sample_id: UUID
    speaker: Speaker
    said_at: datetime
    """As the shop's chat shows it, or as the shopper remembers it."""
    text: str | None
    """None where it is sealed, or where there is a picture alone."""
    is_sealed: bool
    picture: Digest | None
    """It may show the buyer's name, so it belongs in the restricted part."""
    written_by: str
    written_at: datetime


def names_cover(text: str, cover: Mapping[str, str]) -> bool:
    """Tell whether a text has any value of the cover in it, however it is spaced, cased or cut by signs.

    A value of Latin letters or digits counts where it stands as words of its own, any other wherever it stands.
    """
    words, run = f" {_spaced(text)} ", _joined(text)
    return any(_occurs(value, words, run) for value in cover.values())


def _occurs(value: str, words: str, run: str) -> bool:
    joined = _joined(value)
    if len(joined) < SHORTEST:
        return False
    if not joined.isascii():
        return joined in run
    # A telephone number is written with or without its gaps; a short word would be found inside any other.
    return f" {_spaced(value)} " in words or (len(joined) > 6 and joined in run)


def _spaced(text: str) -> str:
    return _ASIDE.sub(" ", text.casefold()).strip()


def _joined(text: str) -> str:
    return _ASIDE.sub("", text.casefold())
