"""The door: what a laboratory sends is scanned, its report checked and its table read against that report."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import chain

from labs.edge.inbox import read_in_child
from labs.edge.signature import check_report
from labs.formats import Expected
from labs.report import Reading
from labs.result import Finding
from labs.signed import ReportRule, Sent, SignedReport

Scan = Callable[[bytes], Finding | None]


def take_in(
    sent: Sent, expected: Expected, rule: ReportRule, *, at: datetime, scan: Scan | None = None
) -> tuple[Reading, SignedReport | None]:
    """Give what the table says with every finding about it and its report, and the report where it could be read.

    With a scanner nothing is opened that it has not found clean.
    """
    parts = [sent.table, *([sent.report] if sent.report is not None else [])]
    stopped = [found for found in map(scan, parts) if found] if scan else []
    if stopped:
        return Reading((), tuple(stopped)), None
    checked = check_report(sent.report, rule, at)
    printed = checked.report.text if checked.report and checked.report.text.strip() else None
    reading = read_in_child(sent.table, sent.name, replace(expected, printed=printed))
    findings = tuple(chain(checked.findings, reading.findings))
    return Reading(reading.reports, findings, reading.results), checked.report
