"""A capture's proof: sealed by our own key first, then stamped by a time-stamping authority, and its lifecycle."""

from enum import StrEnum

from sampling.lifecycle import Lifecycle


class CaptureState(StrEnum):
    """How far the proof of a capture goes; none is ever kept unsealed."""

    SEALED = "sealed"
    TIMESTAMPED = "timestamped"


class CaptureEvent(StrEnum):
    """What was added to the proof of a capture."""

    TIMESTAMPED = "timestamped"


CAPTURE: Lifecycle[CaptureState, CaptureEvent] = Lifecycle(
    noun="capture",
    initial=CaptureState.SEALED,
    moves={(CaptureState.SEALED, CaptureEvent.TIMESTAMPED): CaptureState.TIMESTAMPED},
)
"""The first valid stamp moves it; the stamps of further authorities are written into the history without a move."""
