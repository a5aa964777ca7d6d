"""Photos and films that come in pieces: each transfer in a file that grows, until the store keeps it whole."""

import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import BigInteger, func, or_, select, text
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.orm import Session

from sampling.media import ALLOWED, NEAR, Alarm, Likeness, Medium, Refusal, alike
from sampling.transfer import LASTS, TRANSFER, Announced, Transfer, TransferEvent, TransferState
from storage import events, moves
from storage.errors import Conflict, Full
from storage.objects import NO_ROOM
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.upload import TransferAlarmRow, TransferRow

LOG = logging.getLogger("storage")
MOST_OPEN = 8
"""How many transfers of one owner are on their way at once; the oldest makes room for one more."""
WRAP = 1 << 64
SIGN = 1 << 63


class Parts:
    """A folder with one growing file a transfer, named by its id."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def place(self, id_: UUID) -> Path:
        """Give where the pieces of a transfer lie, or would."""
        return self.root / str(id_)

    def size(self, id_: UUID) -> int:
        """Give how many bytes are there."""
        try:
            return self.place(id_).stat().st_size
        except FileNotFoundError:
            return 0

    def write(self, id_: UUID, offset: int, data: bytes) -> None:
        """Write a piece at its place and make it last; what lay behind it goes. A full disk raises Full."""
        try:
            with open(os.open(self.place(id_), os.O_WRONLY | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
                file.truncate(offset)
                file.seek(offset)
                rest = memoryview(data)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
        except OSError as error:
            if error.errno in NO_ROOM:
                LOG.error("no room is left in %s", self.root)
                raise Full("The disk of the store is full.") from error
            raise

    def drop(self, id_: UUID) -> None:
        """Let the pieces go."""
        self.place(id_).unlink(missing_ok=True)


def begin(unit: Session, parts: Parts, sample_id: UUID, announced: Announced, *, owner: str, at: datetime) -> Transfer:
    """Give a transfer with nothing of its file there yet; transfers that were left for too long go."""
    _in_turn(unit)
    _make_room(unit, parts, owner, at)
    row = TransferRow(
        id=new_id(), sample_id=sample_id, owner=owner, purpose=announced.purpose, medium=announced.medium,
        type=announced.type, size=announced.size, announced=announced.sha256, received=0, state=TRANSFER.initial,
        refusal=None, sha256=None, fingerprint=None, opened_at=at, ended_at=None,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    return record_of(Transfer, row)


def is_enough(unit: Session, sample_id: UUID, announced: Announced) -> bool:
    """Tell whether as many files of this medium are kept for the act as are taken."""
    about = (announced.medium, announced.purpose)
    kept = [one for one in of_sample(unit, sample_id) if (one.medium, one.purpose) == about]
    return len(kept) >= ALLOWED[announced.medium].files


def is_one_too_many(unit: Session, id_: UUID) -> bool:
    """Tell whether others of its medium filled the places of a transfer while it was on its way."""
    _in_turn(unit)
    row = moves.read(unit, TransferRow, id_)
    return is_enough(unit, row.sample_id, Announced(row.purpose, row.medium, "", row.size))


def get(unit: Session, parts: Parts, id_: UUID) -> Transfer:
    """Give a transfer; of an open one, no more counts as received than lies in the folder."""
    return _told(moves.read(unit, TransferRow, id_), parts)


def append(unit: Session, parts: Parts, id_: UUID, offset: int, data: bytes) -> Transfer:
    """Keep one more piece; a piece that does not begin where the last one ended, or runs over the end, raises Conflict.

    The row is locked until the unit ends, so that two pieces at once cannot both find their place.
    """
    row = moves.load(unit, TransferRow, id_)
    held = _told(row, parts).received
    if row.state is not TransferState.OPEN or offset != held or offset + len(data) > row.size:
        raise Conflict(f"transfer: {held} of {row.size} bytes are here, so no piece of {len(data)} goes to {offset}")
    parts.write(id_, offset, data)
    row.received = offset + len(data)
    unit.flush()
    return record_of(Transfer, row)


def complete(unit: Session, id_: UUID, likeness: Likeness, *, by: str, at: datetime) -> tuple[Alarm, ...]:
    """End a transfer whose file is in the store, write it into the case's history, and give the alarms it raises."""
    _in_turn(unit)
    row = moves.load(unit, TransferRow, id_)
    row.received, row.sha256, row.fingerprint, row.ended_at = row.size, likeness.sha256, _signed(likeness), at
    told = {"sha256": likeness.sha256, "medium": row.medium.value, "purpose": row.purpose.value, "size": row.size}
    moves.move(unit, row, TRANSFER, TransferEvent.COMPLETED, case_id=row.sample_id, by=by, at=at, data=told)
    return tuple(_raise(unit, row, kind, other, by, at) for kind, other in _resembling(unit, row))


def refuse(unit: Session, parts: Parts, id_: UUID, refusal: Refusal, *, by: str, at: datetime) -> None:
    """End a transfer whose file is not taken; its pieces go."""
    row = moves.load(unit, TransferRow, id_)
    row.refusal = refusal
    _end(unit, parts, row, TransferEvent.REFUSED, by, at, reason=refusal.value)


def drop(unit: Session, parts: Parts, id_: UUID, *, by: str, at: datetime) -> None:
    """End a transfer that its sender gave up; its pieces go. One that has ended raises IllegalMove."""
    _end(unit, parts, moves.load(unit, TransferRow, id_), TransferEvent.DROPPED, by, at)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Transfer, ...]:
    """Give the complete photos and films of a sample, oldest first."""
    wanted = (TransferRow.sample_id == sample_id) & (TransferRow.state == TransferState.COMPLETE)
    rows = unit.scalars(select(TransferRow).where(wanted).order_by(TransferRow.id))
    return tuple(record_of(Transfer, row, fingerprint=None) for row in rows)


def films(unit: Session, sample_id: UUID) -> tuple[Transfer, ...]:
    """Give the complete films of a sample, oldest first."""
    return tuple(one for one in of_sample(unit, sample_id) if one.medium is Medium.FILM)


def _in_turn(unit: Session) -> None:
    """Wait for whoever begins or completes a transfer: of two equal files at once, the second must see the first.

    Both take it before they write any history, so that nobody who has it waits for one who waits for it.
    """
    unit.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('likeness', 2))"))


def _told(row: TransferRow, parts: Parts) -> Transfer:
    held = min(row.received, parts.size(row.id)) if row.state is TransferState.OPEN else row.received
    return record_of(Transfer, row, received=held)


def _make_room(unit: Session, parts: Parts, owner: str, at: datetime) -> None:
    """End what was left behind: transfers of anybody that are too old, and the owner's oldest beyond the most."""
    on_the_way = select(TransferRow).where(TransferRow.state == TransferState.OPEN).with_for_update(skip_locked=True)
    old = unit.scalars(on_the_way.where(TransferRow.opened_at < at - LASTS).limit(100)).all()
    newest = on_the_way.where(TransferRow.owner == owner).order_by(TransferRow.id.desc())
    beyond = unit.scalars(newest.offset(MOST_OPEN - 1)).all()
    for row in dict.fromkeys((*old, *beyond)):
        _end(unit, parts, row, TransferEvent.LAPSED, f"user:{row.owner}", at)


def _end(
    unit: Session, parts: Parts, row: TransferRow, event: TransferEvent, by: str, at: datetime, reason: str = ""
) -> None:
    row.ended_at = at
    data = {"medium": row.medium.value, "purpose": row.purpose.value} | ({"reason": reason} if reason else {})
    moves.move(unit, row, TRANSFER, event, case_id=row.sample_id, by=by, at=at, data=data)
    parts.drop(row.id)


def _resembling(unit: Session, row: TransferRow) -> Sequence[tuple[Alarm, TransferRow]]:
    """Give the file of another sample that this one is or else looks like, and the film before it of its own sample.

    One is enough to look into: a station that sends one picture for a hundred samples raises no five thousand alarms.
    """
    mark, complete_ = row.fingerprint, TransferRow.state == TransferState.COMPLETE
    near = TransferRow.sha256 == row.sha256
    if mark is not None:
        differing = TransferRow.fingerprint.bitwise_xor(mark).cast(BigInteger).cast(BIT(64))
        near = or_(near, func.bit_count(differing) <= NEAR)
    found = unit.scalars(
        select(TransferRow).where(complete_, TransferRow.sample_id != row.sample_id, near).order_by(TransferRow.id)
    )
    others = [(alike(_likeness(row), _likeness(one)), one) for one in found]
    raised = [(kind, one) for kind, one in others if kind is not None]
    raised = sorted(raised, key=lambda found: found[0] is not Alarm.SAME_FILE)[:1]
    if row.medium is Medium.FILM:
        films = select(TransferRow).where(complete_, TransferRow.sample_id == row.sample_id)
        other = films.where(TransferRow.medium == Medium.FILM, TransferRow.sha256 != row.sha256)
        newest = unit.scalars(other.order_by(TransferRow.id.desc()).limit(1))
        raised += [(Alarm.SECOND_FILM, one) for one in newest]
    return raised


def _raise(unit: Session, row: TransferRow, kind: Alarm, other: TransferRow, by: str, at: datetime) -> Alarm:
    alarm = TransferAlarmRow(
        id=new_id(), transfer_id=row.id, sample_id=row.sample_id, other_id=other.id, kind=kind, at=at
    )
    unit.add(alarm)
    unit.flush()
    data = {"other_sample": str(other.sample_id), "other_transfer": str(other.id)}
    events.append(unit, row.sample_id, "alarm", alarm.id, kind.value, by=by, at=at, data=data)
    return kind


def _likeness(row: TransferRow) -> Likeness:
    return Likeness(str(row.sha256), None if row.fingerprint is None else row.fingerprint % WRAP)


def _signed(likeness: Likeness) -> int | None:
    mark = likeness.fingerprint
    return mark - WRAP if mark is not None and mark >= SIGN else mark
