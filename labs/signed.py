"""A signed report: the PDF beside a table of results, who signed it, and what is said of it when it arrives."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from labs.result import Finding

MOST_BYTES = 20 * 1024 * 1024
"""A report with its pictures; a table of results may be larger."""


class SignatureState(StrEnum):
    """What a signature proves."""

    GOOD = "good"
    CHANGED = "changed"
    STRANGER = "stranger"
    EXPIRED = "expired"


_FAULTS = {
    SignatureState.CHANGED: ("report-changed", "reject"),
    SignatureState.STRANGER: ("report-stranger", "hold"),
    SignatureState.EXPIRED: ("report-expired", "hold"),
}
_DATED = frozenset({SignatureState.EXPIRED})


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature in a report, as it was checked against the laboratory's certificates."""

    state: SignatureState
    signer: str
    certificate: str
    """The SHA-256 of the signer's certificate."""
    signed_at: str
    """The time that the signer states, in ISO 8601; empty where none is stated."""


@dataclass(frozen=True, slots=True)
class SignedReport:
    """What a report says, and who signed it."""

    text: str
    pages: int
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class ReportRule:
    """Whether a laboratory's tables come with a signed report, and whose signatures are believed."""

    asked: bool = False
    certificates: tuple[str, ...] = ()
    """PEM: the signers' own, or those of who issued them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a laboratory sends at once: a table of results, and its signed report where there is one."""

    name: str
    table: bytes
    report: bytes | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A report as it was looked at: what it says, where it could be read, and every finding about it as a whole."""

    report: SignedReport | None = None
    findings: tuple[Finding, ...] = ()


def weighed(report: SignedReport, rule: ReportRule) -> Checked:
    """Give the report with what its signatures and its text call for.

    One change after signing refuses it; a signature that nobody vouches for waits for a person.
    """
    return Checked(report, tuple(_said(report, rule)))


def missing(rule: ReportRule) -> Checked:
    """Give what is said where no report came."""
    return Checked(findings=(_told("report-missing", "hold"),) if rule.asked else ())


def unreadable(how: str) -> Checked:
    """Give what is said of a report that could not be read."""
    return Checked(findings=(_told("report-broken", "reject", how),))


def oversized(size: int) -> Checked:
    """Give what is said of a report with too many bytes, which is not looked at."""
    return Checked(findings=(_told("report-too-large", "reject", str(size), str(MOST_BYTES)),))


def exchanged(version: int, following: int) -> Finding:
    """Give what is said of a table that was taken over as a version, beside another report or none.

    `following` is the version that its report has next, two or more above where another one came in between.
    """
    return _told("report-exchanged", "hold", str(version), str(following))


def _said(report: SignedReport, rule: ReportRule) -> Iterator[Finding]:
    if not report.signatures:
        yield _told("report-unsigned", "hold" if rule.asked else "warn")
    for one in report.signatures:
        if one.state in _FAULTS:
            yield _told(*_FAULTS[one.state], one.signer, one.signed_at if one.state in _DATED else one.certificate)
    if not report.text.strip():
        yield _told("report-scanned", "hold", str(report.pages))


def _told(rule: str, reaction: str, found: str = "", expected: str = "") -> Finding:
    return Finding(rule, reaction, None, None, found, expected)
