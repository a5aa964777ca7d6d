"""A transfer: one photo or film on its way in, piece by piece, until all of it is kept under its hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sampling.digest import Digest
from sampling.lifecycle import Lifecycle
from sampling.media import Medium, Refusal
from sampling.sample import SampleEvent, SampleState

LASTS = timedelta(days=7)
"""How long a transfer that was left may be taken up again."""


class TransferState(StrEnum):
    """Where one photo or film stands."""

    OPEN = "open"
    COMPLETE = "complete"
    REFUSED = "refused"
    EXPIRED = "expired"


class TransferEvent(StrEnum):
    """What happened to one photo or film on its way."""

    COMPLETED = "completed"
    REFUSED = "refused"
    DROPPED = "dropped"
    LAPSED = "lapsed"


_S, _E = TransferState, TransferEvent

TRANSFER: Lifecycle[TransferState, TransferEvent] = Lifecycle(
    noun="transfer",
    initial=_S.OPEN,
    moves={
        (_S.OPEN, _E.COMPLETED): _S.COMPLETE,
        (_S.OPEN, _E.REFUSED): _S.REFUSED,
        (_S.OPEN, _E.DROPPED): _S.EXPIRED,
        (_S.OPEN, _E.LAPSED): _S.EXPIRED,
    },
)

_A, _AT = SampleEvent, SampleState

AWAITED: Mapping[tuple[Medium, SampleEvent], frozenset[SampleState]] = {
    (Medium.PHOTO, _A.RECEIVED): frozenset({_AT.SHIPPED}),
    (Medium.PHOTO, _A.UNBOXED): frozenset({_AT.RECEIVED}),
    (Medium.PHOTO, _A.SEALED): frozenset({_AT.UNBOXED}),
    # One uncut film runs from the closed parcel to the seal, so it is often sent when all is done.
    (Medium.FILM, _A.UNBOXED): frozenset({_AT.RECEIVED, _AT.UNBOXED, _AT.SEALED, _AT.REJECTED}),
}
"""The states of a sample in which a photo or film of an act is taken."""


def awaited(medium: Medium, purpose: SampleEvent, state: SampleState) -> bool:
    """Tell whether a photo or film of an act is taken of a sample in this state."""
    return state in AWAITED.get((medium, purpose), frozenset())


@dataclass(frozen=True, slots=True)
class Announced:
    """What the sender says of a file before its first byte: for which act, what it is, and how large."""

    purpose: SampleEvent
    medium: Medium
    type: str
    size: int
    sha256: Digest | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One photo or film of a sample, as far as it has come."""

    id: UUID
    sample_id: UUID
    owner: str
    """The user's name."""
    purpose: SampleEvent
    medium: Medium
    type: str
    size: int
    announced: Digest | None
    """The hash that the sender named beforehand."""
    received: int
    """Bytes that are kept."""
    state: TransferState
    refusal: Refusal | None
    sha256: Digest | None
    """Of the complete file."""
    fingerprint: int | None
    opened_at: datetime
    ended_at: datetime | None
