"""A message: what a shopper and a seller said to each other about one order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.digest import Digest

LONGEST = 2000
"""How many characters one message has at most."""


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
