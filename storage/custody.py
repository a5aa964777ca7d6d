"""Units, seals and handovers of samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sampling.custody import SEAL, UNIT, Handover, Role, SealEvent, Unit, UnitEvent
from storage import moves
from storage.errors import Conflict
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import HandoverRow, SealRow, UnitRow
from storage.schema.sample import SampleRow


@dataclass(frozen=True, slots=True)
class Sealing:
    """One unit as it is sealed: which part, the seal's number, the two persons and the picture."""

    role: Role
    seal_no: str
    witness: str
    lot: str
    place: str
    photo: str | None = None


def seal(unit: Session, sample_id: UUID, sealings: Sequence[Sealing], *, by: str, at: datetime) -> tuple[Unit, ...]:
    """Split a sample into sealed units; a seal number in use, or a witness who is the sealer, raises Conflict."""
    sample = moves.load(unit, SampleRow, sample_id)
    units = []
    for sealing in sealings:
        row = UnitRow(
            id=new_id(), sample_id=sample_id, code=f"{sample.code}-{sealing.role.value}", role=sealing.role,
            state=UNIT.initial, lot=sealing.lot, place=sealing.place,
        )  # fmt: skip
        unit.add(row)
        unit.flush()
        unit.add(
            SealRow(number=sealing.seal_no, unit_id=row.id, state=SEAL.initial, applied_by=by, witness=sealing.witness,
                    applied_at=at, photo=sealing.photo)
        )  # fmt: skip
        unit.flush()
        data = {"seal": sealing.seal_no, "role": sealing.role.value, "witness": sealing.witness}
        moves.move(unit, row, UNIT, UnitEvent.SEALED, case_id=sample_id, by=by, at=at, data=data)
        units.append(record_of(Unit, row, seal_no=sealing.seal_no))
    return tuple(units)


def hand_over(
    unit: Session,
    unit_id: UUID,
    event: UnitEvent,
    *,
    released_by: str,
    received_by: str,
    place: str,
    step: str,
    seal_ok: bool,
    condition: str,
    by: str,
    at: datetime,
) -> None:
    """Write one handover and move the unit; a broken seal compromises it instead."""
    row = moves.load(unit, UnitRow, unit_id)
    seq = (unit.scalar(select(func.max(HandoverRow.seq)).where(HandoverRow.unit_id == unit_id)) or 0) + 1
    unit.add(
        HandoverRow(id=new_id(), unit_id=unit_id, seq=seq, at=at, released_by=released_by, received_by=received_by,
                    place=place, step=step, seal_ok=seal_ok, condition=condition)
    )  # fmt: skip
    _check_seal(unit, row, seal_ok, by=by, at=at)
    data = {"from": released_by, "to": received_by, "place": place, "step": step, "condition": condition}
    moved = event if seal_ok else UnitEvent.SEAL_BROKEN
    moves.move(unit, row, UNIT, moved, case_id=row.sample_id, by=by, at=at, data=data)
    row.place = place


def record(unit: Session, unit_id: UUID, event: UnitEvent, *, by: str, at: datetime) -> None:
    """Move a unit without a handover: opened, tested, retained, disposed."""
    row = moves.load(unit, UnitRow, unit_id)
    if event is UnitEvent.OPENED:
        seal_row = _seal(unit, unit_id)
        moves.move(unit, _Sealed(seal_row), SEAL, SealEvent.OPENED, case_id=row.sample_id, by=by, at=at)
    moves.move(unit, row, UNIT, event, case_id=row.sample_id, by=by, at=at)


def units(unit: Session, sample_id: UUID) -> tuple[Unit, ...]:
    """Give the units of a sample, the test unit first."""
    rows = unit.execute(
        select(UnitRow, SealRow.number)
        .join(SealRow, SealRow.unit_id == UnitRow.id)
        .where(UnitRow.sample_id == sample_id)
        .order_by(UnitRow.role)
    )
    return tuple(record_of(Unit, row, seal_no=number) for row, number in rows)


def of_role(unit: Session, sample_id: UUID, role: Role) -> Unit:
    """Give the test or the backup unit of a sample, or raise Conflict when it was never sealed."""
    for found in units(unit, sample_id):
        if found.role is role:
            return found
    raise Conflict(f"the sample has no unit {role}")


def handovers(unit: Session, unit_id: UUID) -> tuple[Handover, ...]:
    """Give the chain of a unit, oldest first."""
    rows = unit.scalars(select(HandoverRow).filter_by(unit_id=unit_id).order_by(HandoverRow.seq))
    return tuple(record_of(Handover, row) for row in rows)


class _Sealed:
    """A seal as a row with an id; its number is its key."""

    def __init__(self, row: SealRow) -> None:
        self.row, self.id = row, row.number

    @property
    def state(self) -> object:
        return self.row.state

    @state.setter
    def state(self, value: object) -> None:
        self.row.state = value  # type: ignore[assignment]


def _seal(unit: Session, unit_id: UUID) -> SealRow:
    return unit.scalars(select(SealRow).filter_by(unit_id=unit_id).with_for_update()).one()


def _check_seal(unit: Session, row: UnitRow, seal_ok: bool, *, by: str, at: datetime) -> None:
    found = SealEvent.VERIFIED if seal_ok else SealEvent.BROKEN
    moves.move(unit, _Sealed(_seal(unit, row.id)), SEAL, found, case_id=row.sample_id, by=by, at=at)
