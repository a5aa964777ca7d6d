"""The intake: a table with its report and the scanner before both; nothing passes that was not looked at."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.intake import take
from labs.edge.door import Scan
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from labs.mapping import PLAIN, stated, version_of
from labs.report import Upload, UploadEvent, UploadState
from labs.result import Finding
from labs.signed import ReportRule, SignatureState
from sampling.sample import SampleState
from sampling.text import Text
from storage import events, laboratories, report_rules, uploads
from storage.acts import bench
from storage.database import Database
from storage.laboratories import Laboratory
from storage.objects import Folder
from tests.build import ITEM, LAB, Case, case
from tests.labs.build import csv_of, line
from tests.world.clamd import EICAR, Clamd
from tests.world.paper import of_today, printed, signed

AT = datetime(2026, 3, 6, tzinfo=UTC)
AWAY = Finding("scanner-down", "hold", None, None, "TimeoutError", "")


@pytest.fixture
def made(database: Database, tmp_path: Path) -> Case:
    with database.unit() as unit:
        return case(unit, Folder(tmp_path / "objects"), SampleState.TESTING)


def table(made: Case, **changes: str) -> bytes:
    same = {"lab_code": LAB, "sample_code": made.blind, "item_code": ITEM, "issued_on": "2026-03-04"}
    return csv_of(line(**{**same, **changes}))


def taken(database: Database, made: Case, data: bytes, report: bytes | None = None, scan: Scan | None = None) -> Upload:
    """The upload after one sweep over it."""
    with database.unit() as unit:
        one = uploads.receive(unit, made.objects, LAB, "r.csv", data, by="user:lab", at=AT, report=report)
    take(database, made.objects, load_limits(IN_FORCE), one, AT, scan=scan)
    with database.unit() as unit:
        return uploads.get(unit, one.id)


def history(database: Database, one: Upload) -> list[str]:
    with database.unit() as unit:
        return [entry.type for entry in events.history(unit, one.id)]


def test_a_report_that_is_asked_for_must_come_with_the_table(database: Database, made: Case) -> None:
    chief = of_today("Chief")
    with database.unit() as unit:
        laboratories.keep(unit, Laboratory(LAB, Text("一", "One"), 1), ())
        report_rules.keep(unit, LAB, ReportRule(), by="user:officer", at=AT)
        report_rules.keep(unit, LAB, ReportRule(True, (chief.pem,)), by="user:officer", at=AT)
        assert report_rules.of_lab(unit, "L-02") == ReportRule()
    report = signed(printed((f"Report R1 {made.blind} 0.45",)), chief)
    bare = taken(database, made, table(made))
    whole = taken(database, made, table(made), report)
    other = taken(database, made, table(made), report + b"\n")
    assert [one.state for one in (bare, whole, other)] == [
        UploadState.HELD, UploadState.COMMITTED, UploadState.HELD,
    ]  # fmt: skip
    assert [finding.rule for finding in bare.findings] == ["report-missing"]
    assert (whole.findings, [one.state for one in whole.signatures]) == ((), [SignatureState.GOOD])
    assert whole.mapping == version_of(PLAIN)
    assert (made.objects.get(whole.mapping.sha256), made.objects.get(whole.report_sha256 or "")) == (
        stated(PLAIN),
        report,
    )
    assert "report-exchanged" in [finding.rule for finding in other.findings]
    assert (history(database, other)[-1], history(database, whole)[-1]) == ("alarmed", "committed")
    assert taken(database, made, table(made), report) == whole


def test_results_of_a_unit_that_was_not_opened_wait_for_its_test(database: Database, tmp_path: Path) -> None:
    with database.unit() as unit:
        made = case(unit, Folder(tmp_path / "objects"), SampleState.AT_LAB)
    early = taken(database, made, table(made))
    assert (early.state, [finding.rule for finding in early.findings]) == (UploadState.HELD, ["unit-not-opened"])
    with database.unit() as unit:
        bench.start(unit, made.blind, LAB, by="user:lab", at=AT)
    assert taken(database, made, table(made)).state is UploadState.COMMITTED


def test_a_file_waits_unread_until_the_scanner_answers(database: Database, made: Case) -> None:
    waiting = taken(database, made, table(made), scan=lambda _: AWAY)
    assert (waiting.state, waiting.findings, waiting.mapping) == (UploadState.RECEIVED, (AWAY,), None)
    taken(database, made, table(made), scan=lambda _: AWAY)
    assert history(database, waiting) == ["received", "postponed"]
    with Clamd() as clamd:
        assert taken(database, made, table(made), scan=clamd.scanner.scan).state is UploadState.COMMITTED


def test_malware_in_either_file_is_never_opened(database: Database, made: Case) -> None:
    with Clamd() as clamd:
        one = taken(database, made, table(made, remark=EICAR.decode()), scan=clamd.scanner.scan)
        two = taken(database, made, table(made), EICAR, scan=clamd.scanner.scan)
    for bad in (one, two):
        assert (bad.state, [finding.rule for finding in bad.findings]) == (UploadState.REJECTED, ["malware-found"])
        assert history(database, bad)[-2:] == ["rejected", "alarmed"]


def test_what_was_held_is_read_again_when_it_comes_again(database: Database, made: Case) -> None:
    late = table(made, issued_on="2026-03-07")
    first = taken(database, made, late)
    assert (first.state, [one.rule for one in first.findings]) == (UploadState.HELD, ["date-impossible"])
    with database.unit() as unit:
        again = uploads.receive(unit, made.objects, LAB, "r.csv", late, by="user:lab", at=AT)
    assert (again.id, again.state) == (first.id, UploadState.RECEIVED)
    take(database, made.objects, load_limits(IN_FORCE), again, AT + timedelta(days=2))
    assert history(database, first) == ["received", "held", "reopened", "committed"]
    with database.unit() as unit:
        gone = uploads.receive(unit, made.objects, LAB, "q.csv", b"q", by="user:lab", at=AT)
        failed = Finding("reader-failed", "reject", None, None, "timeout", "")
        uploads.refuse(unit, gone.id, UploadEvent.REJECTED, [failed], by="flow:intake", at=AT)
        assert uploads.receive(unit, made.objects, LAB, "q.csv", b"q", by="user:lab", at=AT).state == "received"
        uploads.refuse(unit, gone.id, UploadEvent.REJECTED, [], by="flow:intake", at=AT)
        assert uploads.receive(unit, made.objects, LAB, "q.csv", b"q", by="user:lab", at=AT).state == "rejected"
