"""Kept units: from when each may be disposed of, reckoned anew by an entry of its own when its case changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from labs.objection import OBJECTION
from labs.verdict import Outcome, VerdictState
from sampling import rulebook
from sampling.custody import SHELF_LIFE, Unit
from sampling.disposal import SETTLED, Disposal, DisposalState, Hold, Standing
from sampling.retention import KEEP, KEPT, Ended, Ending, Release, duties, release, span_of
from sampling.sample import SampleEvent, SampleState
from storage import campaigns, custody, events, moves, samples, verdicts
from storage.errors import Conflict
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import SealRow, TwinRow, UnitRow
from storage.schema.lab import DeadlineRow, ObjectionRow
from storage.schema.retention import DisposalRow, HoldRow, ReleaseRow
from storage.schema.sample import SampleRow

NOUN = "retention"
DATED, REDATED, REOPENED = "dated", "redated", "reopened"
ENDINGS = {Outcome.PASS: Ending.PASSED, Outcome.FAIL: Ending.FAILED}
SETTLING = frozenset({
    SampleEvent.WINDOW_CLOSED, SampleEvent.REINSPECTED, SampleEvent.VOIDED, SampleEvent.FOUND_UNTESTABLE,
    SampleEvent.DIVERTED,
})  # fmt: skip
"""What leaves nothing about a sample to be contested."""


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """One kept unit with all that decides about it."""

    unit: Unit
    sample_id: UUID
    sample: str
    """The code of its sample."""
    release: Release | None
    """None before the first reckoning."""
    hold: Hold | None
    disposal: Disposal | None
    """The proposal that lives."""
    standing: Standing


def redate(unit: Session, sample_id: UUID, *, by: str, at: datetime) -> tuple[str, ...]:
    """Reckon from when each kept unit of a sample may be disposed of; give what was written, nothing where all stands.

    The old date stays beside the new one, and the history of the case says what it was.
    """
    sample = samples.get(unit, sample_id)
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    kept, ended = duties(rules), _ended(unit, sample_id, sample.state)
    wrote = []
    for part in custody.units(unit, sample_id):
        if part.state not in KEPT:
            continue
        moves.load(unit, UnitRow, part.id)  # of two who reckon at once the second finds the first one's entry
        before, fresh = last(unit, part.id), release(kept, ended, part.expires_on, rules.zone)
        if fresh != (before or KEEP):
            wrote.append(_write(unit, part, before, fresh, by=by, at=at))
    return tuple(wrote)


def last(unit: Session, unit_id: UUID) -> Release | None:
    """Give what counts of a unit's dates, or None before the first reckoning."""
    wanted = select(ReleaseRow).filter_by(unit_id=unit_id).order_by(ReleaseRow.seq.desc()).limit(1)
    row = unit.scalars(wanted).first()
    return None if row is None else _release(row)


def dates(unit: Session, unit_id: UUID) -> tuple[Release, ...]:
    """Give every date that a unit ever had, the first one first."""
    rows = unit.scalars(select(ReleaseRow).filter_by(unit_id=unit_id).order_by(ReleaseRow.seq))
    return tuple(_release(row) for row in rows)


def tell_shelf_life(unit: Session, unit_id: UUID, expires_on: date, *, by: str, at: datetime) -> None:
    """Write down the last day of a unit's shelf life; the date of its release follows at once."""
    row = moves.load(unit, UnitRow, unit_id)
    if row.expires_on == expires_on:
        return
    first, latest = possible_days(unit, unit_id)
    if not first <= expires_on <= latest:
        raise Conflict(f"no shelf life of unit {row.code} ends on {expires_on}")
    row.expires_on = expires_on
    unit.flush()
    data = {"unit": row.code, "expires_on": expires_on.isoformat()}
    events.append(unit, row.sample_id, NOUN, unit_id, SHELF_LIFE, by=by, at=at, data=data)
    redate(unit, row.sample_id, by=by, at=at)


def possible_days(unit: Session, unit_id: UUID) -> tuple[date, date]:
    """Give the first and the last day that the shelf life of a unit may end on, by the day it was sealed."""
    sealed = next(iter(custody.handovers(unit, unit_id)), None)
    if sealed is None:
        raise Conflict("nobody has written down yet when the unit was sealed")
    return span_of(sealed.at.astimezone(_zone(unit, unit_id)).date())


def known_end(unit: Session, unit_id: UUID) -> date | None:
    """Give the day up to which a unit is known to be kept: of its shelf life, or else of its duty; None without one."""
    dated, row = last(unit, unit_id), moves.read(unit, UnitRow, unit_id)
    if row.expires_on is not None or dated is None or dated.release_at is None:
        return row.expires_on
    # The instant of the release is the first of the day after.
    return (dated.release_at - timedelta(microseconds=1)).astimezone(_zone(unit, unit_id)).date()


def _zone(unit: Session, unit_id: UUID) -> ZoneInfo:
    sample = samples.get(unit, moves.read(unit, UnitRow, unit_id).sample_id)
    return rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook).zone


def kept(unit: Session, *, at: datetime) -> tuple[KeptUnit, ...]:
    """Give every kept unit, those that may be disposed of the longest first and those without a date last."""
    return _read(unit, at)


def get(unit: Session, unit_id: UUID, *, at: datetime) -> KeptUnit:
    """Give one kept unit, held until the unit of work ends, or raise Conflict when it is not kept by now."""
    row = moves.load(unit, UnitRow, unit_id)
    found = _read(unit, at, UnitRow.id == unit_id)
    if not found:
        raise Conflict(f"unit {row.code} is {row.state} by now")
    return found[0]


def to_redate(unit: Session) -> tuple[UUID, ...]:
    """Give the samples of which a unit is kept and something is settled, or was when it was dated; oldest first."""
    dated = select(ReleaseRow.id).where(ReleaseRow.unit_id == UnitRow.id).exists()
    wanted = select(UnitRow.sample_id).join(SampleRow, SampleRow.id == UnitRow.sample_id)
    wanted = wanted.where(UnitRow.state.in_(KEPT), SampleRow.state.in_(SETTLED) | dated).distinct()
    return tuple(unit.scalars(wanted.order_by(UnitRow.sample_id)))


def standing_hold(unit: Session, unit_id: UUID) -> Hold | None:
    """Give the hold that forbids to dispose of a unit, or None."""
    row = moves.one(unit, HoldRow, unit_id=unit_id, lifted_at=None)
    return record_of(Hold, row) if row else None


def campaigns_of_kept(unit: Session) -> tuple[UUID, ...]:
    """Give the campaigns of which a unit is or was kept, oldest first."""
    wanted = select(SampleRow.campaign_id).join(UnitRow, UnitRow.sample_id == SampleRow.id)
    wanted = wanted.join(ReleaseRow, ReleaseRow.unit_id == UnitRow.id).distinct().order_by(SampleRow.campaign_id)
    return tuple(unit.scalars(wanted))


def _read(unit: Session, at: datetime, *rules: ColumnElement[bool]) -> tuple[KeptUnit, ...]:
    """All in one question: a store may hold thousands of units."""
    every = aliased(ReleaseRow)
    newest = select(func.max(every.seq)).where(every.unit_id == UnitRow.id).scalar_subquery()
    seal = select(SealRow.number).where(SealRow.unit_id == UnitRow.id).order_by(SealRow.applied_at.desc()).limit(1)
    objection = select(ObjectionRow.id).where(
        ObjectionRow.sample_id == UnitRow.sample_id, ObjectionRow.state.not_in(OBJECTION.final)
    )
    clock = select(DeadlineRow.id).where(DeadlineRow.sample_id == UnitRow.sample_id, DeadlineRow.due_at > at)
    twin = select(TwinRow.id).where(TwinRow.unit_id == UnitRow.id, TwinRow.decided_at.is_not(None))
    live = (DisposalRow.unit_id == UnitRow.id) & (DisposalRow.state != DisposalState.REFUSED)
    wanted = (
        select(UnitRow, SampleRow.code, SampleRow.state, ReleaseRow, HoldRow, DisposalRow, seal.scalar_subquery(),
               objection.exists(), clock.exists(), twin.exists())
        .join(SampleRow, SampleRow.id == UnitRow.sample_id)
        .outerjoin(ReleaseRow, (ReleaseRow.unit_id == UnitRow.id) & (ReleaseRow.seq == newest))
        .outerjoin(HoldRow, (HoldRow.unit_id == UnitRow.id) & HoldRow.lifted_at.is_(None))
        .outerjoin(DisposalRow, live)
        .where(UnitRow.state.in_(KEPT), *rules)
        .order_by(ReleaseRow.release_at.nulls_last(), UnitRow.code)
    )  # fmt: skip
    return tuple(_kept(*row) for row in unit.execute(wanted.execution_options(populate_existing=True)).tuples())


def _kept(
    part: UnitRow, code: str, state: SampleState, dated: ReleaseRow | None, hold: HoldRow | None,
    disposal: DisposalRow | None, seal_no: str | None, objection_open: bool, clock_open: bool, stands_in: bool,
) -> KeptUnit:  # fmt: skip
    known = _release(dated) if dated else None
    standing = Standing(
        unit=part.state,
        sample=state,
        release_at=known.release_at if known else None,
        held=hold is not None,
        objection_open=objection_open,
        clock_open=clock_open,
    )
    return KeptUnit(
        record_of(Unit, part, seal_no=seal_no, stands_in=stands_in), part.sample_id, code, known,
        record_of(Hold, hold) if hold else None, record_of(Disposal, disposal) if disposal else None, standing,
    )  # fmt: skip


def _ended(unit: Session, sample_id: UUID, state: SampleState) -> Ended:
    """How a case ended, from its verdict and its history; while anything is open, it has not."""
    if state not in SETTLED:
        return Ended()
    verdict = verdicts.effective(unit, sample_id)
    history = [entry for entry in events.history(unit, sample_id) if entry.noun == "sample"]
    settled = max((entry.at for entry in history if entry.type in SETTLING), default=None)
    if state in (SampleState.VOID, SampleState.UNTESTABLE, SampleState.DIVERTED) or verdict is None:
        return Ended(Ending.UNJUDGED, settled, settled)
    ending = ENDINGS.get(verdict.outcome) if verdict.state is VerdictState.CONFIRMED else None
    return Ended(ending, verdict.judged_at.astimezone(UTC), settled)


def _write(unit: Session, part: Unit, before: Release | None, fresh: Release, *, by: str, at: datetime) -> str:
    number = unit.scalar(select(func.count()).select_from(ReleaseRow).where(ReleaseRow.unit_id == part.id)) or 0
    unit.add(ReleaseRow(id=new_id(), unit_id=part.id, seq=number + 1, by=by, at=at, **_columns(fresh)))
    unit.flush()
    what = REOPENED if fresh.release_at is None else REDATED if before else DATED
    data: Mapping[str, Any] = {"unit": part.code, **_told(fresh), "before": _told(before) if before else None}
    events.append(unit, part.sample_id, NOUN, part.id, what, by=by, at=at, data=data)
    return what


def _columns(one: Release) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _told(one: Release) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(one).items() if value
    }


def _release(row: ReleaseRow) -> Release:
    utc = {name: at.astimezone(UTC) for name in ("release_at", "starts_at") if (at := getattr(row, name)) is not None}
    return record_of(Release, row, **utc)
