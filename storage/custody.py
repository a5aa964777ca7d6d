"""Units of samples and their chains of custody: sealed, handed over, looked at, opened, corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from sampling import chain
from sampling.custody import (
    STATION,
    STEPS,
    UNIT,
    BusinessStep,
    Handover,
    Role,
    Unit,
    UnitEvent,
)
from sampling.digest import Digest
from sampling.disposal import MAY_END
from sampling.seal import SealKind
from storage import events, ledger, moves, seals
from storage.errors import Conflict
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import HandoverRow, SealRow, TwinRow, UnitRow
from storage.schema.evidence import LedgerEntryRow
from storage.schema.sample import SampleRow
from storage.seals import Applying

CORRECTED = "corrected"
BROKEN_SEAL = "broken_seal"
"""The condition of a unit whose seal was found broken."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """One unit as it is sealed: which part, the seal's number, the two persons and the picture.

    The kind counts for a foreign seal alone; a number of ours says its own.
    """

    role: Role
    seal_no: str
    witness: str
    lot: str
    place: str
    photo: Digest | None = None
    kind: SealKind = SealKind.TAPE


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a unit was found at an entry: its condition, its temperature in degrees Celsius, pictures, and when.

    `happened_at` is the time by the clock of the device that wrote it down, in its own zone; None means now.
    """

    condition: str = "intact"
    temperature: Decimal | None = None
    photos: tuple[Digest, ...] = ()
    happened_at: datetime | None = None


AS_USUAL = Circumstances()


def seal(
    unit: Session, sample_id: UUID, sealings: Sequence[Sealing], *, by: str, at: datetime, holder: str = STATION
) -> tuple[Unit, ...]:
    """Split a sample into sealed units that the holder keeps.

    A seal number in use, or a witness who is the sealer, raises Conflict; a mistyped number WrongSealNumber.
    """
    sample = moves.load(unit, SampleRow, sample_id)
    made = []
    for sealing in sealings:
        row = UnitRow(
            id=new_id(), sample_id=sample_id, code=f"{sample.code}-{sealing.role.value}", role=sealing.role,
            state=UNIT.initial, lot=sealing.lot, place=sealing.place,
        )  # fmt: skip
        unit.add(row)
        unit.flush()
        applying = Applying(sealing.seal_no, sealing.witness, sealing.kind, sealing.photo)
        applied = seals.apply(unit, row.id, sample_id, applying, by=by, at=at)
        data = {"seal": applied.number, "role": row.role.value, "witness": sealing.witness, "code": row.code,
                "lot": sealing.lot}  # fmt: skip
        write(
            unit, row, UnitEvent.SEALED, by=by, at=at, released_by=by, received_by=holder, place=sealing.place,
            seal_no=applied.number, data=data,
        )  # fmt: skip
        made.append(record_of(Unit, row, seal_no=applied.number, stands_in=False))
    return tuple(made)


def hand_over(
    unit: Session,
    unit_id: UUID,
    event: UnitEvent,
    *,
    released_by: str,
    received_by: str,
    place: str,
    seal_ok: bool | None,
    by: str,
    at: datetime,
    step: BusinessStep | None = None,
    found: Circumstances = AS_USUAL,
) -> Handover:
    """Write one entry and move the unit; a broken seal compromises it instead.

    Who does not hold the unit cannot give it away, and no clock may be ahead of ours: either raises RefusedCustody.
    """
    row = moves.load(unit, UnitRow, unit_id)
    number = seal_on(unit, unit_id)
    if seal_ok is not None:
        seals.look_at(unit, number, seal_ok, row.sample_id, reason=found.condition, by=by, at=at)
    return write(
        unit, row, UnitEvent.SEAL_BROKEN if seal_ok is False else event, by=by, at=at, released_by=released_by,
        received_by=received_by, place=place, step=step or STEPS[event], seal_no=number, seal_ok=seal_ok, found=found,
    )  # fmt: skip


def look_at_seal(
    unit: Session, unit_id: UUID, whole: bool, *, by: str, at: datetime, found: Circumstances = AS_USUAL
) -> Handover:
    """Write down what the holder saw of the seal; a broken one compromises the unit."""
    held, place = standing(unit, unit_id)
    return hand_over(
        unit, unit_id, UnitEvent.INSPECTED, released_by=held, received_by=held, place=place, seal_ok=whole, by=by,
        at=at, found=found,
    )  # fmt: skip


def open_unit(unit: Session, unit_id: UUID, *, reason: str, by: str, at: datetime) -> Handover:
    """Break the verified seal of a unit with authority, for a reason, to take it into test."""
    row = moves.load(unit, UnitRow, unit_id)
    number = seal_on(unit, unit_id)
    seals.open_seal(unit, number, row.sample_id, reason=reason, by=by, at=at)
    held, place = standing(unit, unit_id)
    return write(
        unit, row, UnitEvent.OPENED, by=by, at=at, released_by=held, received_by=held, place=place, seal_no=number,
        reason=reason,
    )  # fmt: skip


def put(
    unit: Session, unit_id: UUID, place: str, *, by: str, at: datetime, found: Circumstances = AS_USUAL
) -> Handover:
    """Write down where its holder keeps a unit from now on: one that came into the store, or was moved inside it."""
    row = moves.load(unit, UnitRow, unit_id)
    held, _ = standing(unit, unit_id)
    event = UnitEvent.MOVED if row.state in MAY_END else UnitEvent.RETAINED
    return write(unit, row, event, by=by, at=at, released_by=held, received_by=held, place=place, found=found)


def end(
    unit: Session,
    unit_id: UUID,
    event: UnitEvent,
    *,
    received_by: str | None,
    place: str,
    reason: str,
    by: str,
    at: datetime,
    found: Circumstances = AS_USUAL,
) -> Handover:
    """End the chain of a unit whose disposal was approved: destroyed by its holder, or given back to another party.

    One that is given back to nobody raises RefusedCustody.
    """
    row = moves.load(unit, UnitRow, unit_id)
    held, _ = standing(unit, unit_id)
    return write(
        unit, row, event, by=by, at=at, released_by=held, received_by=received_by or held, place=place, found=found,
        reason=reason,
    )  # fmt: skip


def record(unit: Session, unit_id: UUID, event: UnitEvent, *, by: str, at: datetime, place: str | None = None) -> None:
    """Write down what the holder did to a unit: tested, retained, lost.

    A seal is opened by `open_unit`, and a unit ends by `end` once its disposal was approved.
    """
    if event in (UnitEvent.OPENED, UnitEvent.RESEALED, UnitEvent.DISPOSED, UnitEvent.GIVEN_BACK):
        raise Conflict("a seal is opened, and a unit disposed of, with a reason")
    row = moves.load(unit, UnitRow, unit_id)
    held, stands = standing(unit, unit_id)
    write(unit, row, event, by=by, at=at, released_by=held, received_by=held, place=place or stands)


def correct(
    unit: Session,
    unit_id: UUID,
    seq: int,
    *,
    reason: str,
    by: str,
    at: datetime,
    released_by: str | None = None,
    received_by: str | None = None,
    place: str | None = None,
    found: Circumstances | None = None,
) -> Handover:
    """State an earlier entry anew, by an entry of its own; what is not given stays as it was.

    The event, its step and its seal check moved the unit, so they stay; who held it must still follow.
    """
    row = moves.load(unit, UnitRow, unit_id)
    entries = handovers(unit, unit_id)
    wrong = next((one for one in chain.effective(entries) if (one.corrects or one.seq) == seq), None)
    if wrong is None:
        raise Conflict(f"unit {row.code} has no entry {seq} to correct")
    told = found or Circumstances(wrong.condition, wrong.temperature, wrong.photos)
    made = _entry(
        row.id, entries, wrong.event, by=by, at=at, released_by=released_by or wrong.released_by,
        received_by=received_by or wrong.received_by, place=place or wrong.place, step=wrong.step,
        seal_no=wrong.seal_no, seal_ok=wrong.seal_ok, found=replace(told, happened_at=told.happened_at or wrong.at),
        old_seal_no=wrong.old_seal_no, corrects=seq, reason=reason,
        offset_minutes=None if told.happened_at else wrong.offset_minutes,
    )  # fmt: skip
    kept = _keep(unit, row, entries, made)
    data = {**_told(kept), "corrects": seq, "reason": reason}
    events.append(unit, row.sample_id, UNIT.noun, row.id, CORRECTED, by=by, at=at, data=data)
    row.place = chain.effective([*entries, kept])[-1].place
    unit.flush()
    return kept


def units(unit: Session, sample_id: UUID) -> tuple[Unit, ...]:
    """Give the units of a sample, the test unit first."""
    seal = _newest.subquery()
    rows = unit.execute(
        select(UnitRow, seal.c.number, TwinRow.id)
        .outerjoin(seal, seal.c.unit_id == UnitRow.id)
        .outerjoin(TwinRow, (TwinRow.unit_id == UnitRow.id) & TwinRow.decided_at.is_not(None))
        .where(UnitRow.sample_id == sample_id)
        .order_by(UnitRow.role)
    )
    return tuple(record_of(Unit, row, seal_no=number, stands_in=twin is not None) for row, number, twin in rows)


def of_role(unit: Session, sample_id: UUID, role: Role) -> Unit:
    """Give the unit that stands as the test or the backup unit of a sample, or raise Conflict when there is none."""
    found = standing_as(unit, sample_id, role)
    if found is None:
        raise Conflict(f"the sample has no unit {role}")
    return found


def standing_as(unit: Session, sample_id: UUID, role: Role) -> Unit | None:
    """Give the unit of a role, or None; a backup unit that took the place of the test unit is that one from then on."""
    sealed = units(unit, sample_id)
    twin = next((one for one in sealed if one.stands_in), None)
    if twin is not None and role is Role.TEST:
        return twin
    return next((one for one in sealed if one.role is role and not one.stands_in), None)


def get(unit: Session, unit_id: UUID) -> Unit:
    """Give one unit with the seal that is on it, or raise NotFound."""
    row = moves.read(unit, UnitRow, unit_id)
    return next(one for one in units(unit, row.sample_id) if one.id == unit_id)


def handovers(unit: Session, unit_id: UUID) -> tuple[Handover, ...]:
    """Give the chain of a unit, oldest first."""
    rows = unit.scalars(select(HandoverRow).filter_by(unit_id=unit_id).order_by(HandoverRow.seq))
    return tuple(_handover(row) for row in rows)


def holder(unit: Session, unit_id: UUID) -> str | None:
    """Give the party that has the unit now."""
    return chain.holder(handovers(unit, unit_id))


def enter(unit: Session, limit: int, *, at: datetime) -> int:
    """Enter entries of custody into the ledger that are not in it yet, oldest first; give how many those were."""
    known = select(LedgerEntryRow.place).where(
        LedgerEntryRow.kind == ledger.CUSTODY, LedgerEntryRow.subject == cast(HandoverRow.id, Text)
    )
    wanted = select(HandoverRow).where(HandoverRow.hash != "", ~known.exists()).order_by(HandoverRow.id).limit(limit)
    rows = unit.scalars(wanted).all()
    for row in rows:
        ledger.append(unit, ledger.CUSTODY, row.id, row.hash, at=at)
    return len(rows)


def write(
    unit: Session,
    row: UnitRow,
    event: UnitEvent,
    *,
    by: str,
    at: datetime,
    released_by: str,
    received_by: str,
    place: str,
    step: BusinessStep | None = None,
    seal_no: str | None = None,
    seal_ok: bool | None = None,
    found: Circumstances = AS_USUAL,
    old_seal_no: str | None = None,
    reason: str | None = None,
    data: Mapping[str, object] | None = None,
) -> Handover:
    """Bind an entry to the unit's chain, move the unit and write both into the case's history; give the entry."""
    UNIT.move(row.state, event)  # a move that is not possible is told as such, before any rule of the chain
    entries = handovers(unit, row.id)
    made = _entry(
        row.id, entries, event, by=by, at=at, released_by=released_by, received_by=received_by, place=place,
        step=step or STEPS[event], seal_no=seal_no, seal_ok=seal_ok, found=found, old_seal_no=old_seal_no,
        corrects=None, reason=reason, offset_minutes=None,
    )  # fmt: skip
    kept = _keep(unit, row, entries, made)
    moves.move(unit, row, UNIT, event, case_id=row.sample_id, by=by, at=at, data={**_told(kept), **(data or {})})
    row.place = place
    unit.flush()
    return kept


def _entry(
    unit_id: UUID,
    entries: Sequence[Handover],
    event: UnitEvent,
    *,
    by: str,
    at: datetime,
    released_by: str,
    received_by: str,
    place: str,
    step: BusinessStep,
    seal_no: str | None,
    seal_ok: bool | None,
    found: Circumstances,
    old_seal_no: str | None,
    corrects: int | None,
    reason: str | None,
    offset_minutes: int | None,
) -> Handover:
    happened = found.happened_at or at
    offset = happened.utcoffset()
    if offset is None:
        raise Conflict("the time of an entry needs its zone")
    return Handover(
        id=new_id(), unit_id=unit_id, seq=len(entries) + 1, event=event, at=happened,
        offset_minutes=int(offset.total_seconds()) // 60 if offset_minutes is None else offset_minutes,
        recorded_at=at, by=by, released_by=released_by, received_by=received_by, place=place, step=step,
        seal_no=seal_no, seal_ok=seal_ok, condition=found.condition, temperature=found.temperature,
        photos=found.photos, old_seal_no=old_seal_no, corrects=corrects, reason=reason,
    )  # fmt: skip


def _keep(unit: Session, row: UnitRow, entries: Sequence[Handover], made: Handover) -> Handover:
    kept = chain.extend(row.code, entries, made)
    columns = {field.name: getattr(kept, field.name) for field in fields(kept)}
    unit.add(HandoverRow(**{**columns, "photos": list(kept.photos)}))
    unit.flush()
    return kept


def _told(entry: Handover) -> dict[str, object]:
    """What the history of the case says of an entry; its hash stands for all the rest."""
    return {
        "from": entry.released_by, "to": entry.received_by, "place": entry.place, "step": entry.step.value,
        "condition": entry.condition, "seq": entry.seq, "hash": entry.hash,
    }  # fmt: skip


def standing(unit: Session, unit_id: UUID) -> tuple[str, str]:
    """Give who holds a unit and where it is, or raise Conflict where it was never sealed."""
    counted = chain.effective(handovers(unit, unit_id))
    if not counted:
        raise Conflict("a unit that was never sealed has no holder")
    return counted[-1].received_by, counted[-1].place


def seal_on(unit: Session, unit_id: UUID) -> str:
    """Give the number of the seal that was put on a unit last."""
    return unit.scalars(_newest.where(SealRow.unit_id == unit_id)).one().number


_newest = select(SealRow).distinct(SealRow.unit_id).order_by(SealRow.unit_id, SealRow.applied_at.desc())
"""The seal on each unit: the one that was put on last."""


def _handover(row: HandoverRow) -> Handover:
    utc = {"at": row.at.astimezone(UTC), "recorded_at": row.recorded_at.astimezone(UTC)}
    return record_of(Handover, row, photos=tuple(row.photos), **utc)
