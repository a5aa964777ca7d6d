"""Laboratories and the scope each is accredited for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from labs.accreditation import ScopeEntry, newest
from labs.withdrawal import Reach, WithdrawalState, taken_from
from sampling.digest import Digest
from sampling.text import Text
from storage.objects import Objects
from storage.records import record_of
from storage.schema.accreditation import ScopeFileRow, WithdrawalRow
from storage.schema.base import new_id
from storage.schema.lab import LaboratoryRow, ScopeRow

_ASIDE = ("superseded_at", "endings")
"""What is known of a line by looking at others."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """One laboratory: its code, its name and how many samples of a campaign it can take."""

    code: str
    name: Text
    capacity: int


@dataclass(frozen=True, slots=True)
class Imported:
    """One file of a scope with who brought it when; `fresh` of its `lines` said something that was not known."""

    sha256: Digest
    name: str
    lines: int
    imported_by: str
    imported_at: datetime
    fresh: int = 0


def keep(unit: Session, laboratory: Laboratory, scope: Iterable[ScopeEntry] = ()) -> None:
    """Keep a laboratory and the lines of its scope; the same again changes nothing."""
    values = {"name": laboratory.name.record(), "capacity": laboratory.capacity}
    row = insert(LaboratoryRow).values(code=laboratory.code, **values)
    unit.execute(row.on_conflict_do_update(index_elements=["code"], set_=values))
    _add(unit, scope, None)


def import_scope(
    unit: Session, objects: Objects, name: str, data: bytes, entries: Sequence[ScopeEntry], *, by: str, at: datetime
) -> Imported:
    """Keep a file for ever and those of its lines that say what does not stand; the same bytes twice change nothing.

    A file that comes again after another one said otherwise counts from then on.
    """
    digest = objects.put(data)
    row = unit.get(ScopeFileRow, digest)
    if row is None:
        row = ScopeFileRow(sha256=digest, name=name, lines=len(entries), imported_by=by, imported_at=at)
        unit.add(row)
        unit.flush()
    said = {entry.key: (entry.valid_to, entry.source) for entry in scopes(unit) if entry.superseded_at is None}
    fresh = [entry for entry in entries if said.get(entry.key) != (entry.valid_to, entry.source)]
    _add(unit, (with_changes(entry, recorded_at=at) for entry in fresh), digest)
    return record_of(Imported, row, fresh=len(fresh))


def hold(unit: Session, code: str) -> None:
    """Keep everybody else from taking accreditation away of a laboratory until the unit of work ends."""
    unit.get_one(LaboratoryRow, code, with_for_update={"key_share": True}, populate_existing=True)


def listed(unit: Session) -> tuple[Laboratory, ...]:
    """Give every laboratory by its code."""
    rows = unit.scalars(select(LaboratoryRow).order_by(LaboratoryRow.code))
    return tuple(record_of(Laboratory, row, name=Text(**row.name)) for row in rows)


def files(unit: Session) -> tuple[Imported, ...]:
    """Give every file of a scope that was brought, newest first."""
    rows = unit.scalars(select(ScopeFileRow).order_by(ScopeFileRow.imported_at.desc()))
    return tuple(record_of(Imported, row, fresh=0) for row in rows)


def scopes(unit: Session) -> tuple[ScopeEntry, ...]:
    """Give every line of every scope, with when it was superseded and what was taken away of it."""
    rows = unit.scalars(select(ScopeRow).order_by(ScopeRow.lab, ScopeRow.item, ScopeRow.valid_from, ScopeRow.id))
    entries = newest(record_of(ScopeEntry, row, superseded_at=None, endings=()) for row in rows)
    taken = unit.scalars(select(WithdrawalRow).filter_by(state=WithdrawalState.CARRIED_OUT).order_by(WithdrawalRow.id))
    for row in taken:
        assert row.decided_at is not None  # what is carried out was decided
        entries = taken_from(entries, record_of(Reach, row), row.decided_at)
    return entries


def _add(unit: Session, entries: Iterable[ScopeEntry], file: Digest | None) -> None:
    for entry in entries:
        columns = {name: getattr(entry, name) for name in entry.__slots__ if name not in _ASIDE}
        row = insert(ScopeRow).values(id=new_id(), file_sha256=file, **columns)
        unit.execute(row.on_conflict_do_nothing())
