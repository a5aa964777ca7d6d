"""The clock: how far a machine's time stands from that of the servers it spoke to."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

_HALF_SECOND = 0.5
"""Servers tell whole seconds, cut and not rounded."""


def offset_ms(answers: Iterable[tuple[datetime, str]]) -> int | None:
    """Give by how many milliseconds our clock is ahead of the servers': the median over answers, None without any.

    Each answer is the time of its arrival by our clock and what its Date header said.
    """
    found = [(at - told).total_seconds() for at, text in answers if (told := _told(text)) is not None]
    return round(median(seconds - _HALF_SECOND for seconds in found) * 1000) if found else None


def _told(text: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
