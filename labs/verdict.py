"""A verdict: the record of what results say against limits, with the rule, the margin and every reason."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle


class Outcome(StrEnum):
    """What follows from results and limits; three-valued logic and two reviews."""

    PASS = "pass"
    FAIL = "fail"
    REVIEW = "review"
    INDETERMINATE = "indeterminate"
    HOLD = "hold"


class VerdictState(StrEnum):
    """Where a verdict stands."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    VOID = "void"


class VerdictEvent(StrEnum):
    """What happened to a verdict."""

    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    VOIDED = "voided"


VERDICT: Lifecycle[VerdictState, VerdictEvent] = Lifecycle(
    noun="verdict",
    initial=VerdictState.PROVISIONAL,
    moves={
        (VerdictState.PROVISIONAL, VerdictEvent.CONFIRMED): VerdictState.CONFIRMED,
        (VerdictState.PROVISIONAL, VerdictEvent.VOIDED): VerdictState.VOID,
        (VerdictState.CONFIRMED, VerdictEvent.REPLACED): VerdictState.REPLACED,
        (VerdictState.CONFIRMED, VerdictEvent.VOIDED): VerdictState.VOID,
    },
)


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """What one item's result says against its limit."""

    item: str
    outcome: Outcome
    limit_id: str | None
    raw_text: str
    margin: Decimal | None
    """The distance to the limit in the limit's unit; negative on the failing side."""
    p_conform: Decimal | None
    """The probability of conformity where an uncertainty was reported, to four places."""
    near_limit: bool
    severity: str | None
    reasons: tuple[str, ...]
    mandatory: bool = True
    """Whether it can fail the sample; an item of the label, or a voluntary one, only adds its reasons."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a verdict was given on: with the stored results and limits, enough to give it again.

    One on results has their category, what was ordered and the ids; one after a retest the verdicts it weighs.
    """

    category: str = ""
    ordered: tuple[str, ...] = ()
    results: tuple[UUID, ...] = ()
    first: UUID | None = None
    retest: UUID | None = None
    third: UUID | None = None
    policy: str | None = None
    on: date | None = None
    """The day whose limits applied; None for one judged by those of its own day."""

    @property
    def weighed(self) -> tuple[UUID, ...]:
        """The verdicts that it weighs; none of one on results."""
        return tuple(id_ for id_ in (self.first, self.retest, self.third) if id_ is not None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The composite verdict on one sample."""

    id: UUID
    sample_id: UUID
    outcome: Outcome
    severity: str | None
    items: tuple[ItemVerdict, ...]
    reasons: tuple[str, ...]
    rule_version: str
    engine_version: str
    state: VerdictState
    judged_at: datetime
    confirmed_by: str | None = None
    purpose: str = "first"
    """`first`, `retest`, `arbitration` of a third laboratory, or `final`, which weighs them."""
    basis: Basis | None = None
    """None for one that was given before bases were kept."""
