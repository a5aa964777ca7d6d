"""What is known of a laboratory's file before it is read: its orders, its scope, and whom it must not name."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.accreditation import ANY, designation, spans
from labs.consignment import LineState
from labs.formats.table import Expected
from labs.limits import Limit, Limits
from labs.mapping import FileMapping, of_lab
from sampling import rulebook
from storage import consignments, laboratories, openings, purchases, uploads
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow
from storage.schema.plan import CampaignRow
from storage.schema.sample import PurchaseRow, SampleRow

_SHORTEST = 4
"""A name in letters shorter than this stands in many a word."""
_SHORTEST_WORDS = 2
"""A name in characters, each of which is a word."""
Span = tuple[date, date | None]


def expected(
    unit: Session, lab: str, at: datetime, limits: Limits, *, mapping: FileMapping | None = None, announced: str = ""
) -> Expected:
    """Give what a file of this laboratory is compared with at this time; its day is where its goods are from.

    Limits count for goods of the categories that it was sent; another programme's goods may be any.
    """
    mapping, sent = mapping or of_lab(lab), _sent(unit, lab)
    today = max((at.astimezone(line.zone).date() for line in sent), default=at.date())
    goods = {ANY, *(line.category for line in sent)}
    in_force = [one for one in limits.limits if one.holds(today) and (mapping.outside or one.category in goods)]
    return Expected(
        lab=lab,
        orders=None if mapping.outside else consignments.orders(unit, lab),
        today=today,
        unopened=frozenset() if mapping.outside else openings.awaited(unit, lab),
        methods={} if mapping.outside else consignments.methods(unit, lab),
        units=_units(in_force),
        received={line.code: line.taken_in.astimezone(line.zone).date() for line in sent if line.taken_in},
        bounds=_bounds(in_force),
        limits=None if mapping.outside else limits,
        categories={line.code: line.category for line in sent},
        bought={line.code: line.bought.astimezone(line.zone).date() for line in sent if line.bought},
        known=uploads.known_reports(unit, lab),
        forbidden=_names(unit, lab),
        scope=_scope(unit, lab),
        announced=announced,
        mapping=mapping,
    )


@dataclass(frozen=True, slots=True)
class _Sent:
    """One blind code that a laboratory was sent, when it took it in, and when the goods were bought."""

    code: str
    category: str
    taken_in: datetime | None
    bought: datetime | None
    zone: ZoneInfo


def _sent(unit: Session, lab: str) -> tuple[_Sent, ...]:
    """What a laboratory was sent, the latest last; the zone is that of the campaign's rulebook."""
    wanted = (
        select(ConsignmentLineRow, CampaignRow.rulebook, PurchaseRow.intended_at)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .join(SampleRow, SampleRow.id == ConsignmentLineRow.sample_id)
        .join(CampaignRow, CampaignRow.id == SampleRow.campaign_id)
        .outerjoin(PurchaseRow, (PurchaseRow.sample_id == SampleRow.id) & PurchaseRow.state.not_in(purchases.ENDED))
        .where(ConsignmentRow.lab == lab)
        .order_by(ConsignmentLineRow.id)
    )
    found = unit.execute(wanted).all()
    zones = {code: rulebook.load(code).zone for code in {code for _, code, _ in found}}
    taken = LineState.RECEIVED
    return tuple(
        _Sent(line.blind_code, line.category, line.settled_at if line.state is taken else None, at, zones[code])
        for line, code, at in found
    )


def _units(limits: Sequence[Limit]) -> dict[str, str]:
    """The unit of each item whose limits are all in one; of the others no unit is the wrong one."""
    found: dict[str, set[str]] = {}
    for limit in limits:
        found.setdefault(limit.item, set()).add(limit.unit)
    return {item: next(iter(units)) for item, units in found.items() if len(units) == 1}


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
    return tuple(sorted(name for name in names if name and _telling(name)))


def _telling(name: str) -> bool:
    """Whether a name is long enough to be found by it; a number never is."""
    plain = unicodedata.normalize("NFKC", name)
    words = any("CJK" in unicodedata.name(char, "") for char in plain)
    return len(plain) >= (_SHORTEST_WORDS if words else _SHORTEST) and not plain.isdigit()


def _scope(unit: Session, lab: str) -> dict[tuple[str, str], tuple[Span, ...]] | None:
    """What a laboratory is accredited for, by item and by method with its edition where one is named.

    A file knows no goods, so a line counts if the laboratory was sent such goods; verdicts ask each sample's own.
    A laboratory without a single entry has not told its scope yet.
    """
    sent = {ANY, *consignments.categories(unit, lab)}
    entries = [entry for entry in laboratories.scopes(unit) if entry.lab == lab]
    found: dict[tuple[str, str], tuple[Span, ...]] = {}
    for entry in (entry for entry in entries if entry.matrix in sent):
        method, edition = designation(entry.method, entry.edition)
        key = (entry.item, method if ANY in (method, edition) else f"{method}-{edition}")
        found[key] = (*found.get(key, ()), *spans(entry))
    return found if entries else None
