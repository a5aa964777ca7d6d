"""Laboratories and the scope each is accredited for."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from labs.accreditation import ScopeEntry
from sampling.text import Text
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.lab import LaboratoryRow, ScopeRow


@dataclass(frozen=True, slots=True)
class Laboratory:
    """One laboratory: its code, its name and how many samples of a campaign it can take."""

    code: str
    name: Text
    capacity: int


def keep(unit: Session, laboratory: Laboratory, scope: Iterable[ScopeEntry]) -> None:
    """Keep a laboratory and the lines of its scope; the same again changes nothing."""
    values = {"name": laboratory.name.record(), "capacity": laboratory.capacity}
    row = insert(LaboratoryRow).values(code=laboratory.code, **values)
    unit.execute(row.on_conflict_do_update(index_elements=["code"], set_=values))
    for entry in scope:
        columns = {name: getattr(entry, name) for name in entry.__slots__}
        unit.execute(insert(ScopeRow).values(id=new_id(), **columns).on_conflict_do_nothing())


def listed(unit: Session) -> tuple[Laboratory, ...]:
    """Give every laboratory by its code."""
    rows = unit.scalars(select(LaboratoryRow).order_by(LaboratoryRow.code))
    return tuple(record_of(Laboratory, row, name=Text(**row.name)) for row in rows)


def scopes(unit: Session) -> tuple[ScopeEntry, ...]:
    """Give every line of every scope."""
    rows = unit.scalars(select(ScopeRow).order_by(ScopeRow.lab, ScopeRow.item, ScopeRow.valid_from))
    return tuple(record_of(ScopeEntry, row) for row in rows)
