"""The ledger in our memory: entries without a gap, the hashes of its whole subtrees, and its signed checkpoints."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from sampling.digest import Digest
from sampling.evidence import checkpoint as notes
from sampling.evidence.ledger import EMPTY, Entry, Hash, branch
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.evidence import CheckpointRow, LedgerEntryRow, LedgerNodeRow

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('ledger', 2))"
CAPTURE, CUSTODY, KEY = "capture", "custody", "key"
DAILY, EXPORT, EXPORTED = "daily", "export", "exported"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One signed state of the ledger."""

    id: UUID
    size: int
    root: Hash
    note: bytes
    reason: str
    at: datetime


def append(unit: Session, kind: str, subject: UUID | str, sha256: Digest, *, at: datetime) -> int:
    """Add one entry and give its place; who appends waits until whoever did so before has committed.

    It reads and writes as many subtrees as the entry completes: one on average, never more than log2 of the size.
    """
    unit.flush()
    unit.execute(text(LOCK))
    place = size(unit)
    node = Entry(kind, str(subject), sha256, at).leaf()
    unit.add(LedgerEntryRow(place=place, kind=kind, subject=str(subject), sha256=sha256, at=at, leaf=node))
    level, position = 0, place
    while position % 2:
        node = branch(_whole(unit, level, position - 1), node)
        level, position = level + 1, position // 2
        unit.add(LedgerNodeRow(level=level, place=position, hash=node))
    unit.flush()
    return place


def size(unit: Session) -> int:
    """Give how many entries the ledger has."""
    last = unit.scalar(select(func.max(LedgerEntryRow.place)))
    return 0 if last is None else last + 1


def find(unit: Session, kind: str, subject: UUID | str) -> tuple[int, Entry] | None:
    """Give the entry of a subject with its place, or None."""
    row = unit.scalars(select(LedgerEntryRow).filter_by(kind=kind, subject=str(subject))).one_or_none()
    return None if row is None else (row.place, Entry(row.kind, row.subject, row.sha256, row.at))


def entries(unit: Session, first: int = 0, most: int = 10_000) -> tuple[Entry, ...]:
    """Give entries in their order, from a place on."""
    wanted = select(LedgerEntryRow).where(LedgerEntryRow.place >= first).order_by(LedgerEntryRow.place).limit(most)
    return tuple(Entry(row.kind, row.subject, row.sha256, row.at) for row in unit.scalars(wanted))


def root(unit: Session, upto: int) -> Hash:
    """Give the hash that stands for the first so many entries."""
    return _over(unit, 0, upto) if upto else EMPTY


def inclusion(unit: Session, place: int, upto: int) -> tuple[Hash, ...]:
    """Give the hashes beside the way from one entry to the root over the first so many, from the entry upwards."""
    if not 0 <= place < upto:
        raise IndexError(f"none of the first {upto} entries is at {place}")
    path, low, high = [], 0, upto
    while high - low > 1:
        middle = low + _half(high - low)
        if place < middle:
            path.append(_over(unit, middle, high))
            high = middle
        else:
            path.append(_over(unit, low, middle))
            low = middle
    return tuple(reversed(path))


def consistency(unit: Session, old: int, new: int) -> tuple[Hash, ...]:
    """Give the hashes that prove that the first `old` entries still are the beginning of the first `new`."""
    if not 0 < old <= new:
        raise IndexError(f"a ledger of {new} entries has no beginning of {old}")
    path, low, high = [], 0, new
    while high - low > 0 and old != high:
        middle = low + _half(high - low)
        if old <= middle:
            path.append(_over(unit, middle, high))
            high = middle
        else:
            path.append(_over(unit, low, middle))
            low = middle
    return tuple(reversed([*path, *([_over(unit, low, high)] if low else [])]))


def close(unit: Session, key: Ed25519PrivateKey, *, origin: str, reason: str, at: datetime) -> Checkpoint | None:
    """Sign the ledger as it stands and keep that; None when the last checkpoint says the same already.

    The ledger keeps the name it had in its first checkpoint: proofs name it.
    """
    unit.execute(text(LOCK))
    before, upto = latest(unit), size(unit)
    if upto == 0 or (before is not None and before.size == upto):
        return None
    name = notes.read(before.note).origin if before else origin
    found = root(unit, upto)
    note = notes.sign(notes.Checkpoint(name, upto, found), key)
    row = CheckpointRow(id=new_id(), size=upto, root=found, note=note, reason=reason, at=at)
    unit.add(row)
    unit.flush()
    return record_of(Checkpoint, row)


def latest(unit: Session) -> Checkpoint | None:
    """Give the newest checkpoint, or None."""
    row = unit.scalars(select(CheckpointRow).order_by(CheckpointRow.size.desc()).limit(1)).first()
    return None if row is None else record_of(Checkpoint, row)


def covering(unit: Session, place: int) -> tuple[Checkpoint, ...]:
    """Give the checkpoints that stand for the entry at this place, the oldest first."""
    rows = unit.scalars(select(CheckpointRow).where(CheckpointRow.size > place).order_by(CheckpointRow.size))
    return tuple(record_of(Checkpoint, row) for row in rows)


def exported_since(unit: Session, place: int) -> bool:
    """Tell whether a bundle left the house at this place of the ledger or later."""
    exports = LedgerEntryRow.subject.startswith(f"{EXPORTED}:")
    wanted = select(LedgerEntryRow.place).where(LedgerEntryRow.place >= place, LedgerEntryRow.kind == CUSTODY, exports)
    return unit.scalars(wanted.limit(1)).first() is not None


def checkpoints(unit: Session) -> tuple[Checkpoint, ...]:
    """Give every checkpoint, the oldest first."""
    rows = unit.scalars(select(CheckpointRow).order_by(CheckpointRow.size))
    return tuple(record_of(Checkpoint, row) for row in rows)


def _half(width: int) -> int:
    """Give the widest power of two below the width."""
    return 1 << (width - 1).bit_length() - 1


def _over(unit: Session, low: int, high: int) -> Hash:
    """Give the hash over the entries from one place up to another; the places split as RFC 9162 splits them."""
    width = high - low
    if width & (width - 1) == 0:  # a power of two: a whole subtree, because every split begins at a multiple of it
        level = width.bit_length() - 1
        return _whole(unit, level, low >> level)
    middle = low + _half(width)
    return branch(_over(unit, low, middle), _over(unit, middle, high))


def _whole(unit: Session, level: int, place: int) -> Hash:
    if level == 0:
        return unit.scalars(select(LedgerEntryRow.leaf).filter_by(place=place)).one()
    return unit.scalars(select(LedgerNodeRow.hash).filter_by(level=level, place=place)).one()
