"""What a laboratory sees: blind codes, seals and ordered items; never a seller, a brand, a platform or a listing."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from labs.consignment import UNSEEN, Consignment, ConsignmentState, LineState, too_warm
from labs.findings import explain
from labs.report import Upload
from labs.result import Finding
from sampling.custody import UnitState
from sampling.text import Text
from storage import consignments, custody, uploads
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class BenchUnit:
    """One unit on the bench, by its blind code alone."""

    blind_code: str
    seal_no: str
    category: str
    items: tuple[str, ...]
    state: UnitState
    line: LineState
    reason: str | None
    temperature: Decimal | None
    out_of_range: bool
    """Whether it arrived colder or warmer than its consignment was to be kept."""
    settled_at: datetime | None
    may_start: bool


@dataclass(frozen=True, slots=True)
class ConsignmentPage:
    """One consignment as its laboratory sees it."""

    id: UUID
    number: str
    state: ConsignmentState
    manifest_sha256: str | None
    coldest: Decimal | None
    warmest: Decimal | None
    units: tuple[BenchUnit, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One finding with its sentence in both languages."""

    finding: Finding
    sentence: Text


@dataclass(frozen=True, slots=True)
class UploadPage:
    """One uploaded file with what was found in it."""

    upload: Upload
    findings: tuple[Explained, ...]


def load_consignments(unit: Unit, lab: str) -> tuple[ConsignmentPage, ...]:
    """Give the consignments that have left for one laboratory, newest first."""
    return tuple(page_of(unit, one) for one in consignments.of_lab(unit, lab))


def load_consignment(unit: Unit, lab: str, id_: UUID) -> ConsignmentPage | None:
    """Give one consignment, or None when it is another laboratory's or has not left yet."""
    one = consignments.get(unit, id_)
    return page_of(unit, one) if one.lab == lab and one.state not in UNSEEN else None


def load_upload(unit: Unit, lab: str, id_: UUID) -> UploadPage | None:
    """Give one upload with its findings explained, or None when it is another laboratory's."""
    upload = uploads.get(unit, id_)
    if upload.lab != lab:
        return None
    return UploadPage(upload, tuple(Explained(one, explain(one)) for one in upload.findings))


def page_of(unit: Unit, one: Consignment) -> ConsignmentPage:
    """Give a consignment as a laboratory may see it."""
    places = consignments.units_of(unit, one.id)
    states = {
        code: next(each.state for each in custody.units(unit, sample_id) if each.id == unit_id)
        for code, (unit_id, sample_id) in places.items()
    }
    units = tuple(
        BenchUnit(
            blind_code=line.blind_code,
            seal_no=line.seal_no,
            category=line.category,
            items=line.items,
            state=states[line.blind_code],
            line=line.state,
            reason=line.reason,
            temperature=line.temperature,
            out_of_range=too_warm(one, line.temperature),
            settled_at=line.settled_at,
            may_start=states[line.blind_code] is UnitState.AT_LAB and line.state is LineState.RECEIVED,
        )
        for line in one.lines
    )
    return ConsignmentPage(one.id, one.number, one.state, one.manifest_sha256, one.coldest, one.warmest, units)
