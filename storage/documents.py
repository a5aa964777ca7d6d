"""Documents as they were released: every version with its hashes; the files and what they say lie in the store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import Digest
from sampling.documents.kind import DocumentKind, document_number
from sampling.documents.label import Labels
from sampling.documents.paper import Issuer, Paper, Stamped
from storage import events, moves
from storage.objects import Objects
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.document import DocumentRow

Document: TypeAlias = Paper | Labels
Print: TypeAlias = Callable[[Document], bytes]
"""Gives the file of a document, its codes read back, or raises WrongDocument."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is not stamped yet: what it is of, and how it comes to be once its version and time are known."""

    kind: DocumentKind
    subject: str
    """By which its number names it."""
    noun: str
    subject_id: UUID
    zone: ZoneInfo
    made: Callable[[Stamped], Document]


@dataclass(frozen=True, slots=True)
class Released:
    """One released version of a document."""

    id: UUID
    kind: DocumentKind
    number: str
    version: int
    noun: str
    subject_id: UUID
    content_sha256: Digest
    sha256: Digest
    released_at: datetime
    released_by: str


def release(
    unit: Session, objects: Objects, draft: Draft, issuer: Issuer, printed: Print, *, by: str, at: datetime
) -> Released:
    """Print a document and keep it as its next version; what says the same as the last version is that version.

    A document whose codes do not read back raises WrongDocument, and nothing of it is kept. Of two releases of one
    number at once the later raises Conflict.
    """
    number = document_number(draft.kind, draft.subject)
    before = last(unit, number)
    if before is not None and _same(draft, issuer, before):
        return before
    document = _made(draft, issuer, before.version + 1 if before else 1, at)
    data = printed(document)
    row = DocumentRow(
        id=new_id(), kind=draft.kind, number=number, version=document.stamped.version, noun=draft.noun,
        subject_id=draft.subject_id, content_sha256=objects.put(document.data), sha256=objects.put(data),
        released_at=at, released_by=by,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    told = {"kind": row.kind.value, "number": number, "version": row.version, "sha256": row.sha256}
    events.append(unit, draft.subject_id, "document", row.id, "released", by=by, at=at, data=told)
    return record_of(Released, row)


def get(unit: Session, id_: UUID) -> Released:
    """Give one released version, or raise NotFound."""
    return record_of(Released, moves.read(unit, DocumentRow, id_))


def last(unit: Session, number: str) -> Released | None:
    """Give the newest version of a document, or None."""
    wanted = select(DocumentRow).filter_by(number=number).order_by(DocumentRow.version.desc()).limit(1)
    row = unit.scalars(wanted).first()
    return None if row is None else record_of(Released, row)


def of_file(unit: Session, sha256: Digest) -> Released | None:
    """Give the version whose file has this hash, or None."""
    row = moves.one(unit, DocumentRow, sha256=sha256)
    return None if row is None else record_of(Released, row)


def of_content(unit: Session, number: str, content: Digest) -> Released | None:
    """Give the version of that number whose pages bear this hash, or None."""
    row = moves.one(unit, DocumentRow, number=number, content_sha256=content)
    return None if row is None else record_of(Released, row)


def of_subject(unit: Session, subject_id: UUID) -> tuple[Released, ...]:
    """Give every version of every document of a subject, oldest first."""
    rows = unit.scalars(select(DocumentRow).filter_by(subject_id=subject_id).order_by(DocumentRow.id))
    return tuple(record_of(Released, row) for row in rows)


def file(objects: Objects, released: Released) -> bytes:
    """Give the bytes of a released version; lost ones raise NotFound, changed ones StorageError."""
    return objects.get(released.sha256)


def _same(draft: Draft, issuer: Issuer, before: Released) -> bool:
    again = _made(draft, issuer, before.version, before.released_at)
    return again.content_sha256 == before.content_sha256


def _made(draft: Draft, issuer: Issuer, version: int, at: datetime) -> Document:
    number = document_number(draft.kind, draft.subject)
    return draft.made(Stamped(number, version, at.astimezone(draft.zone), issuer))
