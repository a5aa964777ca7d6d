"""The portal: the notice lies in the platform's inbox from the moment it is issued, so nothing is sent."""

from datetime import datetime

from platforms.channels.interface import Message, Sender
from platforms.delivery import Delivery
from platforms.notice import Notice


def message(delivery: Delivery, notice: Notice, *, endpoint: str | None, sender: Sender, at: datetime) -> Message:
    """Give a message without a URL: the committed inbox row is the delivery."""
    return Message({}, b"", None)
