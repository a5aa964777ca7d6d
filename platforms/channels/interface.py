"""What a channel is: one function from a delivery and its notice to the message to send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from platforms.delivery import Delivery
from platforms.keys import SharedSecret, SigningKey
from platforms.notice import Notice


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out; without a URL there is nothing to send, and the delivery is made at once."""

    headers: Mapping[str, str]
    body: bytes
    url: str | None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks: the base address of our own pages, and every key that may sign now."""

    source: str
    keys: Sequence[SigningKey | SharedSecret]


class Channel(Protocol):
    """One way to announce a notice."""

    def __call__(
        self, delivery: Delivery, notice: Notice, *, endpoint: str | None, sender: Sender, at: datetime
    ) -> Message:
        """Give the message; the same delivery gives the same body at every try."""
