"""A notice: what is demanded of whom by when, in a signed document of numbered versions."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sampling.lifecycle import Lifecycle


class NoticeKind(StrEnum):
    """What a notice is for."""

    SAMPLING = "sampling"
    RESULT = "result"
    DELISTING = "delisting"


class NoticeState(StrEnum):
    """Where one listed demand stands; being overdue is a level beside it, not a state."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    CONTESTED = "contested"
    REFUSED = "refused"
    CLAIMED_DONE = "claimed_done"
    VERIFIED_DOWN = "verified_down"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class NoticeEvent(StrEnum):
    """What happened to a listed demand."""

    APPROVED = "approved"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    CONTESTED = "contested"
    REFUSED = "refused"
    CLAIMED_DONE = "claimed_done"
    FOUND_LIVE = "found_live"
    FOUND_DOWN = "found_down"
    RELISTED = "relisted"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


_S, _E = NoticeState, NoticeEvent

NOTICE: Lifecycle[NoticeState, NoticeEvent] = Lifecycle(
    noun="notice",
    initial=_S.DRAFT,
    moves={
        (_S.DRAFT, _E.APPROVED): _S.APPROVED,
        # What it says fell before it went out.
        (_S.DRAFT, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.APPROVED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.APPROVED, _E.ISSUED): _S.ISSUED,
        (_S.ISSUED, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED,
        (_S.ISSUED, _E.CLAIMED_DONE): _S.CLAIMED_DONE,
        (_S.ISSUED, _E.CONTESTED): _S.CONTESTED,
        (_S.ISSUED, _E.REFUSED): _S.REFUSED,
        (_S.ISSUED, _E.FOUND_DOWN): _S.VERIFIED_DOWN,
        (_S.ISSUED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.ISSUED, _E.CLOSED): _S.CLOSED,
        (_S.ACKNOWLEDGED, _E.CLAIMED_DONE): _S.CLAIMED_DONE,
        (_S.ACKNOWLEDGED, _E.CONTESTED): _S.CONTESTED,
        (_S.ACKNOWLEDGED, _E.REFUSED): _S.REFUSED,
        (_S.ACKNOWLEDGED, _E.FOUND_DOWN): _S.VERIFIED_DOWN,
        (_S.ACKNOWLEDGED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.ACKNOWLEDGED, _E.CLOSED): _S.CLOSED,
        (_S.CONTESTED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.CONTESTED, _E.ISSUED): _S.ISSUED,
        (_S.REFUSED, _E.ISSUED): _S.ISSUED,
        (_S.REFUSED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.CLAIMED_DONE, _E.FOUND_LIVE): _S.ISSUED,
        (_S.CLAIMED_DONE, _E.FOUND_DOWN): _S.VERIFIED_DOWN,
        (_S.CLAIMED_DONE, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.VERIFIED_DOWN, _E.RELISTED): _S.ISSUED,
        (_S.VERIFIED_DOWN, _E.CLOSED): _S.CLOSED,
        (_S.VERIFIED_DOWN, _E.WITHDRAWN): _S.WITHDRAWN,
    },
)


_LETTERS = {NoticeKind.SAMPLING: "S", NoticeKind.RESULT: "R", NoticeKind.DELISTING: "D"}


def human_number(*, prefix: str, year: int, kind: NoticeKind, number: int) -> str:
    """Give the number people quote, such as `MSA-2026-D-000123`: issuer, year, kind, count of that year."""
    return f"{prefix}-{year:04d}-{_LETTERS[kind]}-{number:06d}"


def may_approve(*, author: str, approver: str) -> bool:
    """Tell whether the approver is a second person; spelling in another case or width is still the same one."""
    first, second = (unicodedata.normalize("NFKC", name).strip().casefold() for name in (author, approver))
    return bool(second) and first != second


@dataclass(frozen=True, slots=True)
class Notice:
    """One demand about one listing to one recipient; `document` is the newest signed version."""

    id: UUID
    number: str
    kind: NoticeKind
    sample_id: UUID
    recipient: str
    state: NoticeState
    level: int
    """How often it was escalated; 0 at first."""
    version: int
    document: dict[str, Any]
    sha256: str
    jws: str
    issued_at: datetime | None
    due_at: datetime | None
    ref: str = "L1"
