"""What a laboratory sees of its file before it sends it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboards.views.lab import LISTED, Explained, explained
from labs.formats import Expected
from labs.formats.shown import Preview, Shown
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from labs.mapping import MappingVersion, version_of
from labs.result import Finding
from labs.signed import ReportRule, Sent, Signature
from sampling.digest import sha256
from storage import expectations, report_rules
from storage.unit import Unit

Look = Callable[[Sent, Expected, ReportRule, datetime], Preview]
"""What reads a file, and the report beside it, in a process of their own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One file as it would be read."""

    name: str
    sha256: str
    mapping: MappingVersion
    findings: tuple[Finding, ...]
    listed: tuple[Explained, ...]
    counts: Mapping[str, int]
    """Reaction to how many findings call for it."""
    reports: int
    results: int
    shown: Shown | None
    signatures: tuple[Signature, ...]
    outcome: str
    """`rejected`, `held` or `committed`: what would become of it."""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The form, and the file that was looked at."""

    asked: bool
    """Whether a signed report must come with a table."""
    seen: Seen | None = None
    listed: int = LISTED


def load_preview(unit: Unit, lab: str, sent: Sent, look: Look, at: datetime) -> PreviewPage:
    """Give how a laboratory's file would be read today."""
    expected = expectations.expected(unit, lab, at, load_limits(IN_FORCE))
    rule = report_rules.of_lab(unit, lab)
    preview = look(sent, expected, rule, at)
    reading = preview.reading
    seen = Seen(
        name=sent.name,
        sha256=sha256(sent.table),
        mapping=version_of(expected.mapping),
        findings=reading.findings,
        listed=explained(reading.findings[:LISTED]),
        counts=Counter(finding.reaction for finding in reading.findings),
        reports=len(reading.reports),
        results=len(reading.results),
        shown=preview.shown,
        signatures=preview.report.signatures if preview.report else (),
        outcome="rejected" if reading.refused else "held" if reading.held else "committed",
    )
    return PreviewPage(rule.asked, seen)
