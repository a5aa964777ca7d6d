"""Resealing: a seal is broken with authority and another takes its place, in one entry that names both."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from sampling.custody import UNIT, Handover, UnitEvent
from sampling.digest import Digest
from sampling.seal import SEAL, SealKind
from storage import custody, moves, seals
from storage.schema.custody import UnitRow
from storage.seals import Applying


@dataclass(frozen=True, slots=True)
class Resealing:
    """One seal that takes another's place: its number, the witness, on whose authority and why, the picture."""

    seal_no: str
    witness: str
    authority: str
    reason: str
    photo: Digest | None = None
    kind: SealKind = SealKind.TAPE


def reseal(unit: Session, unit_id: UUID, resealing: Resealing, *, by: str, at: datetime) -> Handover:
    """Break the whole seal of a unit and put another on, and give the entry of its chain.

    A unit that was opened for its test is only sealed anew. A used number raises Conflict, a mistyped WrongSealNumber.
    """
    row = moves.load(unit, UnitRow, unit_id)
    old, reason = custody.seal_on(unit, unit_id), f"{resealing.reason} ({resealing.authority})"
    UNIT.move(row.state, UnitEvent.RESEALED)
    if (found := seals.find(unit, old)) is not None and found.state not in SEAL.final:
        seals.look_at(unit, old, True, row.sample_id, reason=reason, by=by, at=at)
        seals.open_seal(unit, old, row.sample_id, reason=reason, by=by, at=at)
    applying = Applying(resealing.seal_no, resealing.witness, resealing.kind, resealing.photo)
    applied = seals.apply(unit, unit_id, row.sample_id, applying, by=by, at=at)
    held, place = custody.standing(unit, unit_id)
    return custody.write(
        unit, row, UnitEvent.RESEALED, by=by, at=at, released_by=held, received_by=held, place=place,
        seal_no=applied.number, old_seal_no=old, reason=reason,
        data={"old_seal": old, "seal": applied.number, "authority": resealing.authority},
    )  # fmt: skip
