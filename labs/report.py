"""A report: one upload of a laboratory, from the bytes received to the results committed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from labs.columns import Columns, of_results
from labs.mapping import MappingVersion
from labs.result import Finding
from labs.signed import Signature
from sampling.lifecycle import Lifecycle

NO_RESULTS = of_results(())


class UploadState(StrEnum):
    """Where an uploaded file stands; all of a report is committed, or none."""

    RECEIVED = "received"
    COMMITTED = "committed"
    HELD = "held"
    PROPOSED = "proposed"
    """One officer would release it, and a second one is needed."""
    RELEASED = "released"
    """It is read once more, and what was released holds it no longer."""
    REJECTED = "rejected"
    REFUSED = "refused"
    """An officer refused it for good; the laboratory sends another file."""


class UploadEvent(StrEnum):
    """What happened to an uploaded file."""

    COMMITTED = "committed"
    HELD = "held"
    REJECTED = "rejected"
    REOPENED = "reopened"
    PROPOSED = "proposed"
    RELEASED = "released"
    REFUSED = "refused"


UPLOAD: Lifecycle[UploadState, UploadEvent] = Lifecycle(
    noun="upload",
    initial=UploadState.RECEIVED,
    moves={
        (UploadState.RECEIVED, UploadEvent.COMMITTED): UploadState.COMMITTED,
        (UploadState.RECEIVED, UploadEvent.HELD): UploadState.HELD,
        (UploadState.RECEIVED, UploadEvent.REJECTED): UploadState.REJECTED,
        (UploadState.HELD, UploadEvent.REOPENED): UploadState.RECEIVED,
        (UploadState.HELD, UploadEvent.PROPOSED): UploadState.PROPOSED,
        (UploadState.HELD, UploadEvent.RELEASED): UploadState.RELEASED,
        (UploadState.HELD, UploadEvent.REFUSED): UploadState.REFUSED,
        (UploadState.PROPOSED, UploadEvent.REOPENED): UploadState.RECEIVED,
        (UploadState.PROPOSED, UploadEvent.RELEASED): UploadState.RELEASED,
        (UploadState.PROPOSED, UploadEvent.REFUSED): UploadState.REFUSED,
        (UploadState.RELEASED, UploadEvent.COMMITTED): UploadState.COMMITTED,
        (UploadState.RELEASED, UploadEvent.HELD): UploadState.HELD,
        (UploadState.RELEASED, UploadEvent.REJECTED): UploadState.REJECTED,
        (UploadState.REJECTED, UploadEvent.REOPENED): UploadState.RECEIVED,
    },
)

TO_READ = (UploadState.RECEIVED, UploadState.RELEASED)
"""Where a file waits for its reader."""
TO_DECIDE = (UploadState.HELD, UploadState.PROPOSED)
"""Where a file waits for officers, or for its laboratory to send it again."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One table a laboratory sent, and the report beside it; both are kept for ever under their hashes."""

    id: UUID
    lab: str
    sha256: str
    name: str
    size: int
    received_at: datetime
    uploaded_by: str
    state: UploadState
    findings: tuple[Finding, ...] = ()
    report_sha256: str | None = None
    mapping: MappingVersion | None = None
    """How the table was read; None before it was."""
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The head of one report that a file holds; its results are the rows of the reading under its number."""

    lab: str
    number: str
    version: int
    kind: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading a file: reports when it can be trusted, and every finding either way."""

    reports: tuple[Report, ...]
    findings: tuple[Finding, ...]
    results: Columns = field(default=NO_RESULTS, compare=False)
    """The results of those reports, in the order of the file."""
    released: frozenset[Finding] = frozenset()
    """What officers let pass: it is told all the same, and holds nothing."""

    @property
    def refused(self) -> bool:
        """Whether nothing of the file may be committed."""
        return any(finding.reaction == "reject" for finding in self.findings)

    @property
    def held(self) -> bool:
        """Whether a person must settle something before the file is committed."""
        return any(finding.reaction == "hold" and finding not in self.released for finding in self.findings)
