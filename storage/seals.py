"""The registry of seals: issued in batches, applied once, looked at, opened with a reason, or made void."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import Digest
from sampling.dossier import SealBatch
from sampling.errors import WrongSealNumber
from sampling.seal import SEAL, Seal, SealEvent, SealKind, SealState, is_ours, numbered, read_number
from sampling.text import Text
from storage import events, numbers
from storage.errors import Conflict, NotFound
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import SealRow

MOST = 10_000
"""So many numbers are issued at once at most."""
ISSUED = "issued"
NEVER_ISSUED = Text(
    "封签号 {number} 从未发放：请核对封签，或先发放一批封签号。",
    "The seal number {number} was never issued: look at the seal again, or issue a batch of numbers first.",
)
USED = Text(
    "封签号 {number} 已经用过或已作废：封签号不得重复使用，请换一枚新封签。",
    "The seal number {number} was used or made void already: a number is never used again, so take a fresh seal.",
)


@dataclass(frozen=True, slots=True)
class Applying:
    """One seal as it is put on a unit: who stood by, what it is where it is foreign, and the picture."""

    number: str
    witness: str
    kind: SealKind = SealKind.TAPE
    photo: Digest | None = None


def issue(unit: Session, kind: SealKind, count: int, *, by: str, at: datetime) -> SealBatch:
    """Give so many fresh numbers of a kind, 10,000 at most; none of them was ever given before."""
    if not 0 < count <= MOST:
        raise Conflict(f"a batch has 1 to {MOST} seals, not {count}")
    batch, fresh = new_id(), list[str]()
    while len(fresh) < count:
        number = numbered(kind, numbers.take(unit, f"seal:{kind}"))
        fresh += [number] if number else []
    unit.add_all(
        SealRow(number=number, kind=kind, state=SEAL.initial, batch_id=batch, issued_by=by, issued_at=at)
        for number in fresh
    )
    data = {"kind": kind.value, "numbers": fresh}
    events.append(unit, batch, SEAL.noun, batch, ISSUED, by=by, at=at, data=data)
    return SealBatch(batch, kind, tuple(fresh), by, at)


def apply(unit: Session, unit_id: UUID, case_id: UUID, applying: Applying, *, by: str, at: datetime) -> Seal:
    """Put an issued seal on a unit, or register a foreign one as it is put on; a used number raises Conflict.

    A number that is mistyped, or has our form and was never issued, raises WrongSealNumber.
    """
    number = read_number(applying.number)
    row = _find(unit, number)
    if row is None:
        row = _foreign(unit, number, applying.kind, by=by, at=at)
    if row.state is not SealState.ISSUED:
        raise Conflict(f"the seal {number} is {row.state} already: a number is never used again")
    row.unit_id, row.applied_by, row.witness, row.applied_at = unit_id, by, applying.witness, at
    row.photo = applying.photo
    data = {
        "unit": str(unit_id), "kind": row.kind.value, "batch": str(row.batch_id) if row.batch_id else None,
        "issued_by": row.issued_by, "issued_at": row.issued_at.isoformat(), "witness": applying.witness,
        "photo": applying.photo,
    }  # fmt: skip
    return _move(unit, row, SealEvent.APPLIED, case_id, by=by, at=at, data=data)


def look_at(unit: Session, number: str, whole: bool, case_id: UUID, *, reason: str, by: str, at: datetime) -> Seal:
    """Write down that a seal was looked at; one that is not whole is broken without an explanation."""
    row = _held(unit, number)
    if whole:
        return _move(unit, row, SealEvent.VERIFIED, case_id, by=by, at=at, data={})
    return _end(unit, row, SealEvent.BROKEN, case_id, reason, by=by, at=at)


def open_seal(unit: Session, number: str, case_id: UUID, *, reason: str, by: str, at: datetime) -> Seal:
    """Break a verified seal with authority: who does it and why are kept."""
    return _end(unit, _held(unit, number), SealEvent.OPENED, case_id, reason, by=by, at=at)


def void(unit: Session, number: str, *, reason: str, by: str, at: datetime) -> Seal:
    """Take a number out of use that was never applied: torn, lost or misprinted."""
    row = _held(unit, read_number(number))
    return _end(unit, row, SealEvent.VOIDED, row.batch_id or new_id(), reason, by=by, at=at)


def find(unit: Session, number: str) -> Seal | None:
    """Give the seal of that number, or None; a mistyped one raises WrongSealNumber."""
    row = unit.get(SealRow, read_number(number))
    return None if row is None else record_of(Seal, row)


def refusal(unit: Session, typed: str) -> Text | None:
    """Give the sentence why a seal of that number cannot be put on a unit, or None where it can."""
    try:
        found = find(unit, typed)
    except WrongSealNumber as wrong:
        return wrong.sentence
    number = read_number(typed)
    if found is None:
        return _told(NEVER_ISSUED, number) if is_ours(number) else None
    return None if found.state is SealState.ISSUED else _told(USED, number)


def of_units(unit: Session, unit_ids: Sequence[UUID]) -> tuple[Seal, ...]:
    """Give the seals on these units, in the order of their numbers."""
    rows = unit.scalars(select(SealRow).where(SealRow.unit_id.in_(unit_ids)).order_by(SealRow.number))
    return tuple(record_of(Seal, row) for row in rows)


def free(unit: Session, kind: SealKind, limit: int) -> tuple[str, ...]:
    """Give numbers that are issued and not yet used, the lowest first."""
    wanted = select(SealRow.number).where(SealRow.state == SealState.ISSUED, SealRow.kind == kind)
    return tuple(unit.scalars(wanted.order_by(SealRow.number).limit(limit)))


def batch(unit: Session, batch_id: UUID) -> SealBatch | None:
    """Give a batch as its log says it was issued, or None where that log is broken or lacks it."""
    log = events.history(unit, batch_id)
    if events.breaks(log) or not log or log[0].type != ISSUED:
        return None
    told = log[0]
    return SealBatch(batch_id, SealKind(told.data["kind"]), tuple(told.data["numbers"]), told.actor, told.at)


def _foreign(unit: Session, number: str, kind: SealKind, *, by: str, at: datetime) -> SealRow:
    if is_ours(number):
        raise WrongSealNumber(_told(NEVER_ISSUED, number))
    row = SealRow(number=number, kind=kind, state=SEAL.initial, batch_id=None, issued_by=by, issued_at=at)
    unit.add(row)
    unit.flush()
    return row


def _told(sentence: Text, number: str) -> Text:
    return Text(sentence.zh.format(number=number), sentence.en.format(number=number))


def _find(unit: Session, number: str) -> SealRow | None:
    unit.flush()
    return unit.get(SealRow, number, with_for_update=True, populate_existing=True)


def _held(unit: Session, number: str) -> SealRow:
    row = _find(unit, number)
    if row is None:
        raise NotFound(f"there is no seal {number}")
    return row


def _end(unit: Session, row: SealRow, event: SealEvent, case_id: UUID, reason: str, *, by: str, at: datetime) -> Seal:
    SEAL.move(row.state, event)
    row.ended_by, row.ended_at, row.reason = by, at, reason
    return _move(unit, row, event, case_id, by=by, at=at, data={"reason": reason})


def _move(
    unit: Session, row: SealRow, event: SealEvent, case_id: UUID, *, by: str, at: datetime, data: Mapping[str, object]
) -> Seal:
    """The number is the key here, so the common move of rows with an id does not fit."""
    row.state = SEAL.move(row.state, event)
    events.append(unit, case_id, SEAL.noun, row.number, event.value, by=by, at=at, data=data)
    return record_of(Seal, row)
