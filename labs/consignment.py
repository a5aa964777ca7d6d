"""A consignment: sealed units on their way to one laboratory, under blind codes."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle


class ConsignmentState(StrEnum):
    """Where a consignment stands."""

    DRAFT = "draft"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    RECEIVED = "received"
    PARTLY_RECEIVED = "partly_received"
    REFUSED = "refused"
    LOST = "lost"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


class ConsignmentEvent(StrEnum):
    """What happened to a consignment."""

    PACKED = "packed"
    HANDED_OVER = "handed_over"
    RECEIVED = "received"
    PARTLY_RECEIVED = "partly_received"
    REFUSED = "refused"
    LOST = "lost"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


_S, _E = ConsignmentState, ConsignmentEvent

CONSIGNMENT: Lifecycle[ConsignmentState, ConsignmentEvent] = Lifecycle(
    noun="consignment",
    initial=_S.DRAFT,
    moves={
        (_S.DRAFT, _E.PACKED): _S.PACKED,
        (_S.DRAFT, _E.CANCELLED): _S.CANCELLED,
        (_S.PACKED, _E.HANDED_OVER): _S.HANDED_OVER,
        (_S.PACKED, _E.CANCELLED): _S.CANCELLED,
        (_S.HANDED_OVER, _E.RECEIVED): _S.RECEIVED,
        (_S.HANDED_OVER, _E.PARTLY_RECEIVED): _S.PARTLY_RECEIVED,
        (_S.HANDED_OVER, _E.REFUSED): _S.REFUSED,
        (_S.HANDED_OVER, _E.LOST): _S.LOST,
        (_S.RECEIVED, _E.RECONCILED): _S.RECONCILED,
        (_S.PARTLY_RECEIVED, _E.RECONCILED): _S.RECONCILED,
        (_S.REFUSED, _E.RECONCILED): _S.RECONCILED,
        (_S.LOST, _E.RECONCILED): _S.RECONCILED,
    },
)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in a consignment, as the laboratory may see it: no seller, no brand, no platform."""

    blind_code: str
    seal_no: str
    category: str
    items: tuple[str, ...]
    """The test items ordered, by code."""


@dataclass(frozen=True, slots=True)
class Consignment:
    """Who receives what, and where it stands."""

    id: UUID
    number: str
    lab: str
    state: ConsignmentState
    purpose: str
    """`first` or `retest`."""
    lines: tuple[Line, ...]
    manifest_sha256: str | None = None
