"""Resealing: a seal is broken with authority and another takes its place, in one entry that names both."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from sampling.custody import CARRIER, UNIT, Handover, UnitEvent
from sampling.digest import Digest
from sampling.seal import SEAL, SealKind
from storage import consignments, custody, moves, seals
from storage.custody import BROKEN_SEAL, Circumstances
from storage.errors import Conflict
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
    old_whole: bool = True
    """How the seal before was found by whoever looked at it."""


def reseal(unit: Session, unit_id: UUID, resealing: Resealing, *, by: str, at: datetime) -> Handover:
    """Break the whole seal of a unit and put another on, and give the entry of its chain.

    A unit that was opened for its test is only sealed anew. One whose seal was found broken gets no other: that entry
    is given instead. A used number, a unit that a laboratory or carrier holds and one whose manifest is written raise
    Conflict, a mistyped number WrongSealNumber.
    """
    row = moves.load(unit, UnitRow, unit_id)
    if refusal := refused(unit, unit_id):
        raise Conflict(refusal)
    old, reason = custody.seal_on(unit, unit_id), f"{resealing.reason} ({resealing.authority})"
    UNIT.move(row.state, UnitEvent.RESEALED)
    if (found := seals.find(unit, old)) is not None and found.state not in SEAL.final:
        if not resealing.old_whole:
            return custody.look_at_seal(unit, unit_id, False, by=by, at=at, found=Circumstances(BROKEN_SEAL))
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


def refused(unit: Session, unit_id: UUID) -> str | None:
    """Give why the station may put no other seal on a unit now, or None."""
    held, _ = custody.standing(unit, unit_id)
    if held == CARRIER or held.startswith("lab:"):
        return f"the unit is with {held}"
    if consignments.awaits(unit, unit_id):
        return "the unit is packed, and its manifest names its seal: take the consignment apart first"
    return None
