"""Captures: the sealed bundle of each visit, and the chain they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import ORIGIN, sha256
from storage import events, moves
from storage.objects import Objects
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.sample import CaptureRow

ORDER = "order"


@dataclass(frozen=True, slots=True)
class Capture:
    """One visit and the files that prove it; `files` maps names to hashes of stored objects."""

    id: UUID
    sample_id: UUID
    purpose: str
    kind: str
    reason: str | None
    url: str
    status: int | None
    captured_at: datetime
    manifest_sha256: str
    files: Mapping[str, str]
    listing: Mapping[str, Any]

    @property
    def restricted(self) -> bool:
        """Whether it shows the cover that bought: an order page bears the buyer's name and address."""
        return self.purpose == ORDER


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
    """Keep a sealed bundle, file by file under its hash, and write the act into the case's history."""
    files = {name: objects.put(data) for name, data in sorted(bundle.items())}
    digest = sha256(bundle["manifest.json"])
    row = CaptureRow(
        id=id_, sample_id=sample_id, purpose=purpose, kind=kind, reason=reason, url=url, status=status,
        captured_at=at, manifest_sha256=digest, files=files, listing=dict(listing),
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    data = {"purpose": purpose, "kind": kind, "manifest_sha256": digest, **({"reason": reason} if reason else {})}
    events.append(unit, sample_id, "capture", id_, "sealed", by=by, at=at, data=data)
    return record_of(Capture, row)


def last_manifest(unit: Session, sample_id: UUID) -> str:
    """Give the hash of the manifest that the next one of this sample continues."""
    wanted = select(CaptureRow.manifest_sha256).where(CaptureRow.sample_id == sample_id)
    return unit.scalars(wanted.order_by(CaptureRow.id.desc()).limit(1)).first() or ORIGIN


def of_sample(unit: Session, sample_id: UUID) -> tuple[Capture, ...]:
    """Give every capture of a sample, oldest first."""
    rows = unit.scalars(select(CaptureRow).filter_by(sample_id=sample_id).order_by(CaptureRow.id))
    return tuple(record_of(Capture, row) for row in rows)


def get(unit: Session, id_: UUID) -> Capture:
    """Give one capture, or raise NotFound."""
    row = moves.read(unit, CaptureRow, id_)
    return record_of(Capture, row)


def looked_at(unit: Session, capture: Capture, *, by: str, at: datetime) -> None:
    """Write down who opened a restricted capture."""
    events.append(unit, capture.sample_id, "capture", capture.id, "looked_at", by=by, at=at, data={})


def bundle(objects: Objects, capture: Capture) -> dict[str, bytes]:
    """Give the files of a capture by name, read back from the store."""
    return {name: objects.get(digest) for name, digest in capture.files.items()}


def fresh_id() -> UUID:
    """Give the id of a capture about to be made."""
    return new_id()
