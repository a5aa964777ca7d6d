"""Disposal: the end of a kept unit, proposed by one officer, approved by a second, and carried out before a witness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.custody import UnitEvent, UnitState
from sampling.digest import Digest
from sampling.errors import RefusedDisposal
from sampling.lifecycle import Lifecycle
from sampling.sample import SampleState
from sampling.text import Text


class DisposalState(StrEnum):
    """Where a proposal to dispose of one unit stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"


class DisposalEvent(StrEnum):
    """What happened to a proposal to dispose of one unit."""

    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"


class DisposalMethod(StrEnum):
    """What becomes of a unit that is not kept any longer."""

    DESTROYED = "destroyed"
    GIVEN_BACK = "given_back"


_S, _E = DisposalState, DisposalEvent

DISPOSAL: Lifecycle[DisposalState, DisposalEvent] = Lifecycle(
    noun="disposal",
    initial=_S.PROPOSED,
    moves={
        (_S.PROPOSED, _E.APPROVED): _S.APPROVED,
        (_S.PROPOSED, _E.REFUSED): _S.REFUSED,
        (_S.APPROVED, _E.REFUSED): _S.REFUSED,
        (_S.APPROVED, _E.DONE): _S.DONE,
    },
)

ENDS = {DisposalMethod.DESTROYED: UnitEvent.DISPOSED, DisposalMethod.GIVEN_BACK: UnitEvent.GIVEN_BACK}
"""The entry of custody by which each method ends a unit's chain."""

_A = SampleState
SETTLED = frozenset({_A.FINAL, _A.DISPOSAL, _A.FOLLOW_UP, _A.CLOSED, _A.VOID, _A.UNTESTABLE, _A.DIVERTED})
"""The states of a sample about which nothing is open."""
MAY_END = (UnitState.RETAINED, UnitState.COMPROMISED)
"""The states of a unit that may be disposed of."""
RETESTED = frozenset({_A.UNDER_REVIEW, _A.REINSPECTION})
"""The states of a sample whose twin may be needed for a second test."""


@dataclass(frozen=True, slots=True)
class Disposal:
    """One proposal to dispose of one unit, with who did what about it."""

    id: UUID
    unit_id: UUID
    method: DisposalMethod
    reason: str
    state: DisposalState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None
    done_by: str | None = None
    witness: str | None = None
    done_at: datetime | None = None
    photo: Digest | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """One order of an officer to keep a unit, whatever its date says."""

    id: UUID
    unit_id: UUID
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a unit may be disposed of at an instant."""

    unit: UnitState
    sample: SampleState
    release_at: datetime | None
    held: bool
    objection_open: bool
    clock_open: bool
    """Whether a deadline of a party of the case has not passed yet."""


class Obstacle(StrEnum):
    """Why a unit may not be disposed of."""

    NOT_KEPT = "not_kept"
    ON_HOLD = "on_hold"
    OBJECTION_OPEN = "objection_open"
    RETEST_OPEN = "retest_open"
    CASE_OPEN = "case_open"
    CLOCK_OPEN = "clock_open"
    NO_DATE = "no_date"
    TOO_EARLY = "too_early"
    SAME_PERSON = "same_person"


SENTENCES: dict[Obstacle, Text] = {
    Obstacle.NOT_KEPT: Text("该份样品不在留存状态。", "The unit is not in the store."),
    Obstacle.ON_HOLD: Text("该份样品已被责令保全。", "The unit is on hold by order of an officer."),
    Obstacle.OBJECTION_OPEN: Text("对该样品的异议尚未处理完毕。", "An objection to the sample is open."),
    Obstacle.RETEST_OPEN: Text("该样品的审查或复检尚未完成。", "A review or re-test of the sample is open."),
    Obstacle.CASE_OPEN: Text("该样品的案件尚未了结。", "The case of the sample has not ended."),
    Obstacle.CLOCK_OPEN: Text("仍有当事人的期限尚未届满。", "A deadline of a party has not passed."),
    Obstacle.NO_DATE: Text("尚未确定可处置日期。", "No release date is set."),
    Obstacle.TOO_EARLY: Text("尚未到可处置日期。", "The release date has not come."),
    Obstacle.SAME_PERSON: Text("提出人不得批准自己的处置提议。", "Who proposed a disposal does not approve it."),
}


def expect_none(found: Sequence[Obstacle]) -> None:
    """Raise RefusedDisposal with every sentence where anything stands in the way."""
    if found:
        raise RefusedDisposal(tuple(code.value for code in found), tuple(SENTENCES[code] for code in found))


def obstacles(standing: Standing, now: datetime) -> tuple[Obstacle, ...]:
    """Give everything that keeps a unit from being disposed of now; none means that it may be."""
    found = {
        Obstacle.NOT_KEPT: standing.unit not in MAY_END,
        Obstacle.ON_HOLD: standing.held,
        Obstacle.OBJECTION_OPEN: standing.objection_open or standing.sample is SampleState.OBJECTED,
        Obstacle.RETEST_OPEN: standing.sample in RETESTED,
        Obstacle.CASE_OPEN: standing.sample not in SETTLED | RETESTED | {SampleState.OBJECTED},
        Obstacle.CLOCK_OPEN: standing.clock_open,
        Obstacle.NO_DATE: standing.release_at is None,
        Obstacle.TOO_EARLY: standing.release_at is not None and now < standing.release_at,
    }
    return tuple(code for code, there in found.items() if there)
