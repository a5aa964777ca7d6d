"""Instants as evidence writes them: UTC, in milliseconds, with a Z."""

from datetime import UTC, datetime


def text_of(instant: datetime) -> str:
    """Give an instant in the one form that evidence writes."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant_of(text: object) -> datetime:
    """Give the instant that a text in that very form names; anything else raises ValueError."""
    if not isinstance(text, str) or not text.endswith("Z"):
        raise ValueError(f"{text!r} is no instant in UTC")
    instant = datetime.fromisoformat(text)
    if text_of(instant) != text:
        raise ValueError(f"{text!r} is not written as evidence writes instants")
    return instant
