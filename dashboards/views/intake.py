"""What the office sees of laboratories' files: those that are held, and one with all that is known of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dashboards.views.lab import LISTED, Explained, explained
from dashboards.views.preview import Look
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from labs.mapping import restored
from labs.release import REVISED, Barred, holding, persons, terms
from labs.report import TO_DECIDE, Upload
from labs.result import Result
from labs.revision import Change, compare
from labs.signed import Sent
from sampling.digest import Digest
from storage import expectations, releases, report_rules, upload_alarms, uploads
from storage.objects import Objects
from storage.releases import UNKEPT, Decision, Waiting
from storage.unit import Unit
from storage.upload_alarms import UploadAlarm


@dataclass(frozen=True, slots=True)
class Revision:
    """The newest version of a report that was taken over, beside what the held file says under its number."""

    number: str
    version: int
    earlier: Upload
    changes: tuple[Change, ...]
    """The first of them: those that differ stand first."""
    total: int
    differ: int


@dataclass(frozen=True, slots=True)
class FilePage:
    """One uploaded file with what was found in it, the alarm about it, and what officers may decide."""

    upload: Upload
    findings: tuple[Explained, ...]
    """The first of them: what holds it stands before the rest."""
    alarm: UploadAlarm | None
    waits: bool
    """Whether officers may decide about it."""
    holding: Mapping[str, int]
    """Every rule that holds it, with how many findings."""
    mark: Digest
    """What an officer's release names, so that it covers nothing but what was shown."""
    persons: int
    """How many officers a release takes."""
    stops: tuple[Barred, ...]
    """Why nobody may release it."""
    proposal: Decision | None
    """What waits for a second officer."""
    decisions: tuple[Decision, ...]
    revisions: tuple[Revision, ...] | None = None
    """None where they were not looked at."""

    @property
    def is_revision(self) -> bool:
        """Whether it waits with other content, or another report, under a number and version that were taken over."""
        return self.waits and UNKEPT not in self.stops and any(one.rule in REVISED for one in self.upload.findings)


def load_held(unit: Unit) -> tuple[Waiting, ...]:
    """Give every file that waits for officers, the longest first."""
    return releases.waiting(unit)


def load_file(unit: Unit, objects: Objects, id_: UUID, at: datetime) -> FilePage:
    """Give one upload of any laboratory."""
    upload, by = uploads.get(unit, id_), terms(at.date())
    waits, decisions = upload.state in TO_DECIDE, releases.of_upload(unit, id_)
    listed = sorted(upload.findings, key=lambda one: one.reaction != "hold")
    proposal = releases.proposal_of(upload, decisions)
    return FilePage(
        upload=upload,
        findings=explained(listed[:LISTED]),
        alarm=upload_alarms.open_of(unit, id_),
        waits=waits,
        holding=Counter(one.rule for one in holding(upload.findings)),
        mark=releases.mark(upload, proposal),
        persons=persons(upload.findings, by),
        stops=releases.stops(objects, upload, by) if waits else (),
        proposal=proposal,
        decisions=decisions,
    )


def load_revision(unit: Unit, objects: Objects, page: FilePage, look: Look, at: datetime) -> FilePage:
    """Give the page with what the file says beside what was taken over; it is read anew, as if it were released."""
    upload = page.upload
    mapping = restored(objects.get(upload.mapping.sha256)) if upload.mapping else None
    expected = expectations.expected(unit, upload.lab, at, load_limits(IN_FORCE), mapping=mapping)
    report = objects.get(upload.report_sha256) if upload.report_sha256 else None
    sent = Sent(upload.name, objects.get(upload.sha256), report)
    asked = replace(expected, released=frozenset(holding(upload.findings)))
    read = look(sent, asked, report_rules.of_lab(unit, upload.lab), at).reading
    results = [read.results.result(place) for place in range(len(read.results))]
    known = [one.number for one in read.reports if (one.number, one.version) in expected.known]
    last = {number: version for number, version in sorted(expected.known)}
    return replace(page, revisions=tuple(_revision(unit, upload.lab, one, last[one], results) for one in known))


def _revision(unit: Unit, lab: str, number: str, version: int, results: Sequence[Result]) -> Revision:
    earlier, stored = releases.brought_by(unit, lab, number, version)
    changes = compare(stored, (one for one in results if one.report_no == number))
    differ = sum(one.changed for one in changes)
    return Revision(number, version, earlier, changes[:LISTED], len(changes), differ)
