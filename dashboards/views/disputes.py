"""Objections as pages show them: dates with their rules, what may be decided, what keeps a re-test, their history."""

from dataclasses import dataclass
from datetime import datetime

from labs.objection import OBJECTION, Objection, ObjectionDecision, ObjectionState
from sampling.calendar import Deadline
from sampling.sample import Sample
from storage import clock, impasse, objections, samples
from storage.acts import disputes
from storage.events import Entry
from storage.unit import Unit

DECIDED = (ObjectionState.LODGED, ObjectionState.SUPPLEMENT_ASKED, ObjectionState.SUPPLEMENTED)
LATE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Option:
    """One decision, and the code of what stands against it now."""

    decision: ObjectionDecision
    bar: str | None


@dataclass(frozen=True, slots=True)
class ObjectionCase:
    """An objection with its sample and all that an officer needs to decide about it."""

    objection: Objection
    sample: Sample
    dates: tuple[Deadline, ...]
    passed: frozenset[str]
    """The rules whose date has passed while the objection is open; none of them closes it."""
    options: tuple[Option, ...]
    held: str | None
    """Why its re-test does not go on."""
    history: tuple[Entry, ...]

    @property
    def possible(self) -> tuple[ObjectionDecision, ...]:
        """What may be decided now."""
        return tuple(option.decision for option in self.options if option.bar is None)

    @property
    def may_withdraw(self) -> bool:
        """Whether its party may still take it back."""
        return self.objection.state in DECIDED


@dataclass(frozen=True, slots=True)
class Docket:
    """The objections by what can be done with them."""

    open: tuple[ObjectionCase, ...]
    retests: tuple[ObjectionCase, ...]
    late: tuple[ObjectionCase, ...]


def load_docket(unit: Unit) -> Docket:
    """Give the objections to decide, those that are re-tested, and the newest that came too late."""
    at, late = clock.now(unit), objections.in_state(unit, ObjectionState.LATE)[-LATE_SHOWN:]
    return Docket(
        _cases(unit, objections.in_state(unit, *DECIDED), at),
        _cases(unit, objections.in_state(unit, ObjectionState.REINSPECT), at),
        _cases(unit, late[::-1], at),
    )


def load_case(unit: Unit, objection: Objection, sample: Sample, at: datetime) -> ObjectionCase:
    """Give one objection to a sample as it stands at an instant."""
    dates, is_open = objections.dates(unit, objection.id), objection.state not in OBJECTION.final
    bars = disputes.bars(unit, objection, at) if is_open else {}
    return ObjectionCase(
        objection,
        sample,
        dates,
        frozenset(one.rule for one in dates if is_open and one.due_at <= at),
        tuple(Option(decision, bar) for decision, bar in bars.items()),
        impasse.reason(unit, objection, at),
        objections.history(unit, objection),
    )


def _cases(unit: Unit, found: tuple[Objection, ...], at: datetime) -> tuple[ObjectionCase, ...]:
    return tuple(load_case(unit, one, samples.get(unit, one.sample_id), at) for one in found)
