"""Captures: the sealed bundle of each visit, the chain they stand in, and every act on them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from sampling.digest import ORIGIN, Digest, sha256
from sampling.evidence import bundle as bundles
from sampling.evidence import wacz
from sampling.evidence.capture import CAPTURE, CaptureState
from sampling.evidence.parts import ARCHIVE, MANIFEST, stamp_codes, stamp_paths
from storage import events, inclusion, ledger, moves, stamps
from storage.errors import NotFound
from storage.objects import Objects, checked
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.evidence import LedgerEntryRow
from storage.schema.sample import CaptureRow

DRAW, PAYMENT, ORDER = "draw", "payment", "order"
"""Why a page was visited: the draw, the look just before the payment, the order that was placed."""
PAGE = "evidence/page.png"
"""The picture of the whole page, by its name inside the archive."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One visit and the files that prove it."""

    id: UUID
    sample_id: UUID
    purpose: str
    kind: str
    reason: str | None
    url: str
    status: int | None
    captured_at: datetime
    manifest_sha256: str
    state: CaptureState
    files: Mapping[str, Digest]
    """The files of the bundle by name, with the hashes of the stored objects; the stamps among them."""
    members: Mapping[str, Digest]
    """The files inside `capture.wacz`; none where the bundle lists every file for itself, as the first ones did."""
    listing: Mapping[str, Any]

    @property
    def restricted(self) -> bool:
        """Whether it shows the cover that bought: an order page bears the buyer's name and address."""
        return self.purpose == ORDER

    @property
    def views(self) -> tuple[str, ...]:
        """The names of all that can be looked at for itself: what is inside the archive, or else the bundle's files."""
        return tuple(sorted({**self.files, **self.members}))


def save(
    unit: Session,
    objects: Objects,
    *,
    id_: UUID,
    sample_id: UUID,
    purpose: str,
    kind: str,
    reason: str | None,
    url: str,
    status: int | None,
    bundle: Mapping[str, bytes],
    listing: Mapping[str, Any],
    by: str,
    at: datetime,
) -> Capture:
    """Keep a sealed bundle, file by file under its hash, and enter the act in the case's history and in the ledger."""
    files = {name: objects.put(data) for name, data in sorted(bundle.items())}
    digest = sha256(bundle[MANIFEST])
    row = CaptureRow(
        id=id_, sample_id=sample_id, purpose=purpose, kind=kind, reason=reason, url=url, status=status,
        captured_at=at, manifest_sha256=digest, state=CAPTURE.initial, files=files,
        members=_members(bundle), listing=dict(listing),
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    data = {"purpose": purpose, "kind": kind, "manifest_sha256": digest, **({"reason": reason} if reason else {})}
    events.append(unit, sample_id, "capture", id_, "sealed", by=by, at=at, data=data)
    ledger.append(unit, ledger.CAPTURE, id_, digest, at=at)
    return record_of(Capture, row)


def last_manifest(unit: Session, sample_id: UUID) -> Digest:
    """Give the hash of the manifest that the next one of this sample continues."""
    wanted = select(CaptureRow.manifest_sha256).where(CaptureRow.sample_id == sample_id)
    return unit.scalars(wanted.order_by(CaptureRow.id.desc()).limit(1)).first() or ORIGIN


def of_sample(unit: Session, sample_id: UUID) -> tuple[Capture, ...]:
    """Give every capture of a sample, oldest first."""
    rows = unit.scalars(select(CaptureRow).filter_by(sample_id=sample_id).order_by(CaptureRow.id))
    return _records(unit, rows.all())


def get(unit: Session, id_: UUID) -> Capture:
    """Give one capture, or raise NotFound."""
    return _records(unit, [moves.read(unit, CaptureRow, id_)])[0]


def after(unit: Session, last: UUID | None, limit: int) -> tuple[Capture, ...]:
    """Give captures in the order they were made, from the one after `last` on."""
    wanted = select(CaptureRow).order_by(CaptureRow.id).limit(limit)
    return _records(unit, unit.scalars(wanted if last is None else wanted.where(CaptureRow.id > last)).all())


def enter(unit: Session, limit: int, *, at: datetime) -> int:
    """Enter captures that the ledger does not know, because they are older than it; give how many those were."""
    known = select(LedgerEntryRow.place).where(
        LedgerEntryRow.kind == ledger.CAPTURE, LedgerEntryRow.subject == cast(CaptureRow.id, Text)
    )
    wanted = select(CaptureRow).where(CaptureRow.state == CaptureState.SEALED, ~known.exists())
    rows = unit.scalars(wanted.order_by(CaptureRow.id).limit(limit)).all()
    for row in rows:
        ledger.append(unit, ledger.CAPTURE, row.id, row.manifest_sha256, at=at)
    return len(rows)


def looked_at(unit: Session, capture: Capture, *, by: str, at: datetime) -> None:
    """Write down who opened a restricted capture."""
    _act(unit, capture, "looked_at", by=by, at=at)


def reviewed(unit: Session, capture: Capture, *, finding: str, by: str, at: datetime) -> None:
    """Write down who judged what a capture shows, and what was found."""
    _act(unit, capture, "reviewed", by=by, at=at, finding=finding)


def export(unit: Session, objects: Objects, capture: Capture, *, by: str, at: datetime) -> dict[str, bytes]:
    """Give the bundle as it leaves the house, with its place in the ledger once a checkpoint covers it.

    The export is itself an act in the history and the ledger; the next checkpoint is signed because of it.
    """
    _act(unit, capture, ledger.EXPORTED, by=by, at=at)
    files = bundle(objects, capture)
    place = inclusion.of_capture(unit, objects, capture.id)
    return files if place is None else bundles.with_inclusion(files, place)


def bundle(objects: Objects, capture: Capture) -> dict[str, bytes]:
    """Give the files of a capture by name, read back from the store, every stamp among them."""
    codes = stamp_codes(capture.files)
    late = {name for code in codes for name in stamp_paths(code)}
    files = {name: objects.get(digest) for name, digest in capture.files.items() if name not in late}
    for code in codes:
        response, chain = (objects.get(capture.files[name]) for name in stamp_paths(code))
        files = bundles.stamped(files, code, response, chain)
    return files


def member(objects: Objects, capture: Capture, name: str) -> bytes:
    """Give one file of the bundle or of the archive inside it; a name in neither raises NotFound."""
    if name in capture.files:
        return objects.get(capture.files[name])
    if name not in capture.members:
        raise NotFound(f"the capture {capture.id} has no file {name}")
    return checked(wacz.member(objects.get(capture.files[ARCHIVE]), name), capture.members[name])


def fresh_id() -> UUID:
    """Give the id of a capture about to be made."""
    return new_id()


def _members(bundle: Mapping[str, bytes]) -> dict[str, Digest]:
    """The signed manifest names what is inside the archive, so that nobody need unpack it to know."""
    listed = json.loads(bundle[MANIFEST])["archive"] if ARCHIVE in bundle else []
    return {entry["path"]: entry["sha256"] for entry in listed}


def _act(unit: Session, capture: Capture, type_: str, *, by: str, at: datetime, **data: str) -> None:
    entry = events.append(unit, capture.sample_id, "capture", capture.id, type_, by=by, at=at, data=data)
    # The hash binds the whole history of the case up to this act.
    ledger.append(unit, ledger.CUSTODY, f"{type_}:{entry.case_id}:{entry.seq}", entry.hash, at=at)


def _records(unit: Session, rows: Sequence[CaptureRow]) -> tuple[Capture, ...]:
    late = stamps.files_of(unit, [row.id for row in rows])
    return tuple(record_of(Capture, row, files={**row.files, **late.get(row.id, {})}) for row in rows)
