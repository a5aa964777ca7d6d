"""What a laboratory sees: blind codes, seals and ordered items; never a seller, a brand, a platform or a listing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from labs.consignment import AWAITED, UNSEEN, Consignment, ConsignmentState, LineState, too_warm
from labs.findings import explain
from labs.release import REVISED, holding
from labs.report import Upload, UploadEvent, UploadState
from labs.result import Finding
from sampling.custody import UnitState
from sampling.text import Text
from storage import consignments, releases, report_rules, uploads, verdicts
from storage.unit import Unit

SEEN = 100
"""So many of the consignments that were taken in are listed; what is to be taken in is listed whole."""
LISTED = 200
"""How many findings a page shows."""


@dataclass(frozen=True, slots=True)
class BenchUnit:
    """One unit on the bench, by its blind code alone."""

    blind_code: str
    seal_no: str | None
    """None before the unit is on record: what is read from the seal itself is held against the manifest."""
    category: str
    items: tuple[str, ...]
    methods: Mapping[str, tuple[str, ...]]
    """Item to the methods asked for; an item that is not in it may be tested by any."""
    state: UnitState
    line: LineState
    reason: str | None
    temperature: Decimal | None
    out_of_range: bool
    """Whether it arrived colder or warmer than its consignment was to be kept."""
    settled_at: datetime | None
    may_start: bool
    sent_back: str | None
    """Why an officer sent the verdict on its results back; a corrected report answers it."""


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
    """The first of them: the rest is in the files that can be taken home."""
    refusal: str | None
    """Why the office refused it."""
    released: bool
    """Whether the office let pass what holds it, as it stands now."""
    reports: tuple[tuple[str, int], ...]
    """Number and version of each report in it, as they are kept; none before it was taken over."""

    @property
    def is_revision(self) -> bool:
        """Whether what it brought is kept as another version than the one it names."""
        return bool(self.reports) and any(one.rule in REVISED for one in self.upload.findings)


@dataclass(frozen=True, slots=True)
class UploadsPage:
    """The form for a result file, and what became of those before."""

    asked: bool
    """Whether a signed report must come with a table."""
    sent: tuple[Upload, ...]


def load_consignments(unit: Unit, lab: str) -> tuple[ConsignmentPage, ...]:
    """Give the consignments that have left for one laboratory, newest first."""
    return _pages(unit, consignments.of_lab(unit, lab, SEEN))


def load_consignment(unit: Unit, lab: str, id_: UUID) -> ConsignmentPage | None:
    """Give one consignment, or None when it is another laboratory's or has not left yet."""
    one = consignments.get(unit, id_)
    return page_of(unit, one) if one.lab == lab and one.state not in UNSEEN else None


def load_upload(unit: Unit, lab: str, id_: UUID) -> UploadPage | None:
    """Give one upload with its findings explained, or None when it is another laboratory's."""
    upload = uploads.get(unit, id_)
    if upload.lab != lab:
        return None
    decided = releases.of_upload(unit, id_)
    refusal = next((one.reason for one in decided if one.event is UploadEvent.REFUSED), None)
    let_pass = upload.state is UploadState.COMMITTED and bool(holding(upload.findings))
    released = upload.state is UploadState.RELEASED or let_pass
    listed, reports = explained(upload.findings[:LISTED]), uploads.brought(unit, id_)
    return UploadPage(upload, listed, refusal, released, reports)


def load_uploads(unit: Unit, lab: str) -> UploadsPage:
    """Give what a laboratory sent, newest first, and whether a signed report must come with the next one."""
    return UploadsPage(report_rules.of_lab(unit, lab).asked, uploads.of_lab(unit, lab))


def explained(findings: Sequence[Finding]) -> tuple[Explained, ...]:
    """Give findings with their sentences."""
    return tuple(Explained(one, explain(one)) for one in findings)


def page_of(unit: Unit, one: Consignment) -> ConsignmentPage:
    """Give a consignment as a laboratory may see it."""
    return _pages(unit, [one])[0]


def _pages(unit: Unit, found: Sequence[Consignment]) -> tuple[ConsignmentPage, ...]:
    states = consignments.unit_states(unit, [one.id for one in found])
    return tuple(
        _page(unit, one, {line.blind_code: states[one.id, line.blind_code] for line in one.lines}) for one in found
    )


def _page(unit: Unit, one: Consignment, stands: Mapping[str, tuple[UUID, UnitState]]) -> ConsignmentPage:
    units = tuple(
        BenchUnit(
            blind_code=line.blind_code,
            seal_no=None if line.state in AWAITED else line.seal_no,
            category=line.category,
            items=line.items,
            methods=line.methods,
            state=stands[line.blind_code][1],
            line=line.state,
            reason=line.reason,
            temperature=line.temperature,
            out_of_range=too_warm(one, line.temperature),
            settled_at=line.settled_at,
            may_start=stands[line.blind_code][1] is UnitState.AT_LAB and line.state is LineState.RECEIVED,
            sent_back=verdicts.sent_back(unit, stands[line.blind_code][0], one.purpose),
        )
        for line in one.lines
    )
    return ConsignmentPage(one.id, one.number, one.state, one.manifest_sha256, one.coldest, one.warmest, units)
