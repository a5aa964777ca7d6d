"""A consent: what a person says to an offer that is another one at the payment than it was at the draw."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle


class ConsentState(StrEnum):
    """Where a question about a changed offer stands; while it is asked the sample is not bought."""

    ASKED = "asked"
    GIVEN = "given"
    DENIED = "denied"
    RAN_OUT = "ran_out"
    MOOT = "moot"


class ConsentEvent(StrEnum):
    """What was answered, that nobody answered in time, or that nobody needs an answer any more."""

    GIVEN = "given"
    DENIED = "denied"
    RAN_OUT = "ran_out"
    LAPSED = "lapsed"


_S, _E = ConsentState, ConsentEvent

CONSENT: Lifecycle[ConsentState, ConsentEvent] = Lifecycle(
    noun="consent",
    initial=_S.ASKED,
    moves={
        (_S.ASKED, _E.GIVEN): _S.GIVEN,
        (_S.ASKED, _E.DENIED): _S.DENIED,
        (_S.ASKED, _E.RAN_OUT): _S.RAN_OUT,
        (_S.ASKED, _E.LAPSED): _S.MOOT,
    },
)


@dataclass(frozen=True, slots=True)
class Consent:
    """One question put to the coordinator: whether the sample may be bought as the later capture shows it."""

    id: UUID
    sample_id: UUID
    drawn_id: UUID
    """The capture of the draw."""
    shown_id: UUID
    """The capture just before the payment."""
    reason: str
    """A code: `seller_changed`, `goods_changed` or `price_risen`."""
    state: ConsentState
    asked_at: datetime
    due_at: datetime | None = None
    """From then on nobody may answer it any more; None for a question that is older than the limit."""
    decided_at: datetime | None = None
    decided_by: str | None = None
    note: str | None = None
    """Why it was given or denied, in the words of whoever decided."""
