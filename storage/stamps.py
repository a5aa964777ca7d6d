"""Stamps: what time-stamping authorities have still to prove, what they proved, and when the next is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from sampling.digest import Digest
from sampling.evidence.capture import CAPTURE, CaptureEvent, CaptureState
from sampling.evidence.parts import SIGNATURE, stamp_paths
from sampling.evidence.timestamp import Stamp
from storage import events, moves
from storage.objects import Objects
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.evidence import CheckpointRow, StampRequestRow, StampRow
from storage.schema.sample import CaptureRow

CAPTURED, CHECKPOINT = "capture", "checkpoint"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that one authority is still to stamp."""

    noun: str
    subject_id: UUID
    authority: str
    next_at: datetime
    tries: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer that holds, by the hashes of the stored files."""

    subject_id: UUID
    authority: str
    response: Digest
    chain: Digest
    serial: str
    stamped_at: datetime


def plan(unit: Session, authorities: Collection[str], now: datetime) -> None:
    """Ask every authority for each sealed capture and each checkpoint that nobody was asked to stamp yet.

    All are asked for at once, before the first is: a capture that one has stamped does not forget the others.
    """
    signed = CaptureRow.files.has_key(SIGNATURE)
    fresh = select(CaptureRow.id).where(CaptureRow.state == CaptureState.SEALED, signed)
    for noun, subjects in ((CAPTURED, fresh), (CHECKPOINT, select(CheckpointRow.id))):
        for code in sorted(authorities):
            wanted = subjects.add_columns(*map(literal, (noun, code)), literal(now), literal(0))
            table = CaptureRow if noun == CAPTURED else CheckpointRow
            done = select(StampRow.id).filter_by(noun=noun, authority=code).where(StampRow.subject_id == table.id)
            rows = insert(StampRequestRow).from_select(
                ["subject_id", "noun", "authority", "next_at", "tries"], wanted.where(~done.exists())
            )
            unit.execute(rows.on_conflict_do_nothing())


def due(unit: Session, authority: str, now: datetime, limit: int) -> tuple[Request, ...]:
    """Give what an authority is to be asked for now, the longest waiting first."""
    wanted = select(StampRequestRow).filter_by(authority=authority).where(StampRequestRow.next_at <= now)
    rows = unit.scalars(wanted.order_by(StampRequestRow.next_at, StampRequestRow.subject_id).limit(limit))
    return tuple(record_of(Request, row) for row in rows)


def waiting(unit: Session) -> tuple[Request, ...]:
    """Give all that is not stamped yet and was asked for in vain, the worst first."""
    worst = (StampRequestRow.tries.desc(), StampRequestRow.subject_id, StampRequestRow.authority)
    tried = select(StampRequestRow).where(StampRequestRow.tries > 0).order_by(*worst)
    return tuple(record_of(Request, row) for row in unit.scalars(tried.limit(1000)))


def subject(unit: Session, objects: Objects, request: Request) -> bytes:
    """Give the bytes that are to be stamped: the signature of a capture's manifest, or a checkpoint's signed note."""
    if request.noun == CHECKPOINT:
        return moves.read(unit, CheckpointRow, request.subject_id).note
    return objects.get(moves.read(unit, CaptureRow, request.subject_id).files[SIGNATURE])


def keep(
    unit: Session, request: Request, stamp: Stamp, *, response: Digest, chain: Digest, by: str, at: datetime
) -> None:
    """Keep an answer that holds, by the hashes it is stored under; a capture's first one makes it timestamped."""
    row = StampRow(
        id=new_id(), noun=request.noun, subject_id=request.subject_id, authority=request.authority, response=response,
        chain=chain, serial=str(stamp.serial), stamped_at=stamp.at, at=at,
    )  # fmt: skip
    unit.add(row)
    unit.execute(delete(StampRequestRow).where(*_this(request)))
    unit.flush()
    if request.noun == CAPTURED:
        _move(unit, request, {"authority": request.authority, "stamped_at": stamp.at.isoformat()}, by=by, at=at)


def failed(unit: Session, request: Request, error: str, now: datetime) -> None:
    """Note that an authority gave no stamp that holds, and ask again later: after a minute, two, four, to an hour."""
    pause = min(FIRST_PAUSE * 2 ** min(request.tries, 10), LONGEST_PAUSE)
    change = {"next_at": now + pause, "tries": request.tries + 1, "last_error": error}
    unit.execute(update(StampRequestRow).where(*_this(request)).values(change))


def of(unit: Session, noun: str, subject_id: UUID) -> tuple[Kept, ...]:
    """Give the stamps of a capture or of a checkpoint, by the authority's code."""
    rows = unit.scalars(select(StampRow).filter_by(noun=noun, subject_id=subject_id).order_by(StampRow.authority))
    return tuple(record_of(Kept, row) for row in rows)


def files_of(unit: Session, captures: Sequence[UUID]) -> dict[UUID, Mapping[str, Digest]]:
    """Give the files that the stamps of captures add to their bundles, with the hashes of the stored objects."""
    if not captures:
        return {}
    rows = unit.scalars(select(StampRow).where(StampRow.noun == CAPTURED, StampRow.subject_id.in_(captures)))
    found: dict[UUID, dict[str, Digest]] = {}
    for row in rows.all():
        found.setdefault(row.subject_id, {}).update(
            zip(stamp_paths(row.authority), (row.response, row.chain), strict=True)
        )
    return {id_: dict(sorted(files.items())) for id_, files in found.items()}


def _move(unit: Session, request: Request, data: Mapping[str, str], *, by: str, at: datetime) -> None:
    row = moves.load(unit, CaptureRow, request.subject_id)
    if row.state is CaptureState.SEALED:
        moves.move(unit, row, CAPTURE, CaptureEvent.TIMESTAMPED, case_id=row.sample_id, by=by, at=at, data=data)
    else:
        type_ = CaptureEvent.TIMESTAMPED.value
        events.append(unit, row.sample_id, CAPTURE.noun, row.id, type_, by=by, at=at, data=data)


def _this(request: Request) -> tuple[Any, ...]:
    return (
        StampRequestRow.noun == request.noun,
        StampRequestRow.subject_id == request.subject_id,
        StampRequestRow.authority == request.authority,
    )
