"""What is known of a laboratory's file before it is read: its orders, its scope, and whom it must not name."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.formats.table import Expected
from labs.limits import Limit, Limits
from labs.mapping import FileMapping, of_lab
from storage import consignments, laboratories, uploads
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow
from storage.schema.sample import SampleRow

_SHORTEST = 4
"""A name shorter than this stands in many a word."""
Span = tuple[date, date | None]


def expected(
    unit: Session, lab: str, today: date, limits: Limits, *, mapping: FileMapping | None = None, announced: str = ""
) -> Expected:
    """Give what a file of this laboratory is compared with today."""
    mapping = mapping or of_lab(lab)
    in_force = [limit for limit in limits.limits if limit.holds(today)]
    return Expected(
        lab=lab,
        orders=None if mapping.outside else consignments.orders(unit, lab),
        today=today,
        units={limit.item: limit.unit for limit in in_force},
        bounds=_bounds(in_force),
        known=uploads.known_reports(unit, lab),
        forbidden=_names(unit, lab),
        scope=_scope(unit, lab),
        announced=announced,
        mapping=mapping,
    )


def _bounds(limits: Sequence[Limit]) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """The least and the most of each item that has the same limit wherever it has one."""
    found: dict[str, set[tuple[Decimal | None, Decimal | None, str]]] = {}
    for limit in limits:
        found.setdefault(limit.item, set()).add((limit.low, limit.high, limit.unit))
    return {item: next(iter(ends))[:2] for item, ends in found.items() if len(ends) == 1}


def _names(unit: Session, lab: str) -> tuple[str, ...]:
    """The sellers and brands of the samples that the laboratory holds."""
    wanted = (
        select(SampleRow.seller, SampleRow.brand)
        .join(ConsignmentLineRow, ConsignmentLineRow.sample_id == SampleRow.id)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentRow.lab == lab)
    )
    names = {name for pair in unit.execute(wanted.distinct()) for name in pair}
    return tuple(sorted(name for name in names if name and len(name) >= _SHORTEST and not name.isdigit()))


def _scope(unit: Session, lab: str) -> dict[tuple[str, str], tuple[Span, ...]] | None:
    """A laboratory without a single entry has not told its scope yet."""
    found: dict[tuple[str, str], tuple[Span, ...]] = {}
    for entry in laboratories.scopes(unit):
        if entry.lab == lab:
            key = (entry.item, entry.method)
            found[key] = (*found.get(key, ()), (entry.valid_from, entry.valid_to))
    return found or None
