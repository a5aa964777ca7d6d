"""The intake: a table with its report and the scanner before both; nothing passes that was not looked at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.laboratory.paper import of_today, printed, signed
from flows.intake import take
from labs.edge.door import Scan
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from labs.mapping import PLAIN, FileMapping, stated, version_of
from labs.report import Upload, UploadEvent, UploadState
from labs.result import Finding
from labs.signed import ReportRule, SignatureState
from labs.verdict import Basis
from sampling.sample import SampleState
from sampling.text import Text
from storage import bases, events, laboratories, releases, report_rules, upload_alarms, uploads, verdicts
from storage.acts import bench, office
from storage.database import Database
from storage.errors import Conflict, NotAllowed
from storage.laboratories import Laboratory
from storage.objects import Folder
from storage.unit import Unit
from tests.build import ITEM, LAB, Case, case, verdict
from tests.labs.build import csv_of, line
from tests.world.clamd import EICAR, Clamd

AT = datetime(2026, 3, 6, tzinfo=UTC)
CHIEF = of_today("Chief")
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
    with database.unit() as unit:
        laboratories.keep(unit, Laboratory(LAB, Text("一", "One"), 1), ())
        report_rules.keep(unit, LAB, ReportRule(), by="user:officer", at=AT)
        report_rules.keep(unit, LAB, ReportRule(True, (CHIEF.pem,)), by="user:officer", at=AT)
        assert report_rules.of_lab(unit, "L-02") == ReportRule()
    report = signed(printed((f"Report R1 {made.blind} 0.45",)), CHIEF)
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


def let_pass(unit: Unit, made: Case, one: Upload, officer: str) -> None:
    """An officer's release of the file as it stands, or the first of two."""
    upload = uploads.get(unit, one.id)
    known = releases.mark(upload, releases.proposal_of(upload, releases.of_upload(unit, one.id)))
    releases.release(unit, made.objects, one.id, "asked the laboratory", known=known, by=f"user:{officer}", at=AT)


def decided(database: Database, made: Case, one: Upload, *officers: str) -> Upload:
    """The upload after these officers let it pass and one sweep over it."""
    with database.unit() as unit:
        for officer in officers:
            let_pass(unit, made, one, officer)
    take(database, made.objects, load_limits(IN_FORCE), one, AT)
    with database.unit() as unit:
        return uploads.get(unit, one.id)


def test_a_released_file_is_stored_as_any_other(database: Database, made: Case) -> None:
    with database.unit() as unit:
        laboratories.keep(unit, Laboratory(LAB, Text("一", "One"), 1), ())
        report_rules.keep(unit, LAB, ReportRule(True), by="user:officer", at=AT)
    held = taken(database, made, table(made))
    passed = decided(database, made, held, "officer")
    assert (held.state, passed.state, passed.findings) == (UploadState.HELD, UploadState.COMMITTED, held.findings)
    assert history(database, held) == ["received", "held", "released", "committed"]
    with database.unit() as unit:
        [kept] = bases.results_of(unit, made.sample.id, made.blind).values()
        assert (kept.raw_text, kept.report_version) == ("0.45", 1)
        told = next(one for one in events.history(unit, made.sample.id) if one.noun == "report")
        assert told.data["released_by"] == "user:officer"


def test_a_silent_revision_that_two_let_pass_is_the_next_version(database: Database, made: Case) -> None:
    taken(database, made, table(made))
    revised = taken(database, made, table(made, result_text="0.55"))
    assert (revised.state, history(database, revised)[-1]) == (UploadState.HELD, "alarmed")
    passed = decided(database, made, revised, "officer", "second")
    assert (passed.state, [one.rule for one in passed.findings]) == (UploadState.COMMITTED, ["silent-revision"])
    with database.unit() as unit:
        [kept] = bases.results_of(unit, made.sample.id, made.blind).values()
        assert (kept.raw_text, kept.report_version) == ("0.55", 2)
        _, (first,) = releases.brought_by(unit, LAB, "R1", 1)
        assert first.raw_text == "0.45"
        assert upload_alarms.open_of(unit, revised.id) is None


def test_a_table_with_another_report_that_two_let_pass_is_the_next_version(database: Database, made: Case) -> None:
    taken(database, made, table(made))
    with database.unit() as unit:
        laboratories.keep(unit, Laboratory(LAB, Text("一", "One"), 1), ())
        report_rules.keep(unit, LAB, ReportRule(certificates=(CHIEF.pem,)), by="user:officer", at=AT)
    report = signed(printed((f"Report R1 {made.blind} 0.45",)), CHIEF)
    exchanged = taken(database, made, table(made), report)
    passed = decided(database, made, exchanged, "officer", "second")
    assert (exchanged.state, passed.state) == (UploadState.HELD, UploadState.COMMITTED)
    with database.unit() as unit:
        assert uploads.known_reports(unit, LAB).keys() == {("R1", 1), ("R1", 2)}


def test_what_a_later_version_replaced_is_never_taken_over_again(database: Database, made: Case) -> None:
    first = table(made)
    assert taken(database, made, first).state is UploadState.COMMITTED
    assert taken(database, made, table(made, report_version="2", result_text="0.60")).state is UploadState.COMMITTED
    changed = taken(database, made, table(made, result_text="0.55"))
    with_paper = taken(database, made, first, signed(printed((f"Report R1 {made.blind} 0.45",)), CHIEF))
    for held, rule in ((changed, "silent-revision"), (with_paper, "report-exchanged")):
        told = next(one for one in held.findings if one.rule == rule)
        assert (held.state, told.found, told.expected) == (UploadState.HELD, "1", "3")
        with pytest.raises(Conflict, match=f"{rule}: A later version is in force"):
            decided(database, made, held, "officer")
    with database.unit() as unit:
        [kept] = bases.results_of(unit, made.sample.id, made.blind).values()
        assert (kept.raw_text, kept.report_version) == ("0.60", 2)


def test_nobody_confirms_a_verdict_on_what_they_let_pass(database: Database, made: Case) -> None:
    taken(database, made, table(made))
    revised = taken(database, made, table(made, result_text="0.55"))
    decided(database, made, revised, "first", "second")
    with database.unit() as unit:
        ids = tuple(bases.results_of(unit, made.sample.id, made.blind))
        given = replace(verdict(made.sample), basis=Basis(category="toys", ordered=(ITEM,), results=ids))
        verdicts.save(unit, given, uploaded_by="user:lab", by="flow:judge", at=AT)
        for name in ("first", "second"):
            with pytest.raises(NotAllowed, match="let the file of its results pass"):
                office.confirm_verdict(unit, given.id, by=f"user:{name}", at=AT, limits_read=True)
        assert office.confirm_verdict(unit, given.id, by="user:third", at=AT, limits_read=True).state == "confirmed"


def test_what_was_found_since_the_release_holds_again(database: Database, made: Case) -> None:
    held = taken(database, made, table(made, lab_conclusion="splendid"))
    with database.unit() as unit:
        let_pass(unit, made, held, "officer")
        laboratories.keep(unit, Laboratory(LAB, Text("一", "One"), 1), ())
        report_rules.keep(unit, LAB, ReportRule(True), by="user:officer", at=AT)
    take(database, made.objects, load_limits(IN_FORCE), held, AT)
    with database.unit() as unit:
        again = uploads.get(unit, held.id)
    assert (again.state, {one.rule for one in again.findings}) == (
        UploadState.HELD, {"conclusion-unknown", "report-missing"},
    )  # fmt: skip
    assert decided(database, made, again, "officer").state is UploadState.COMMITTED


def test_a_released_file_is_read_by_the_mapping_that_read_it(database: Database, made: Case) -> None:
    mapping = FileMapping("theirs", "1", headers={"Ergebnis": "result_text"})
    data = table(made, lab_conclusion="splendid").replace(b"result_text", b"Ergebnis")
    with database.unit() as unit:
        one = uploads.receive(unit, made.objects, LAB, "r.csv", data, by="command", at=AT)
    take(database, made.objects, load_limits(IN_FORCE), one, AT, mapping)
    passed = decided(database, made, one, "officer")
    assert (passed.state, passed.mapping) == (UploadState.COMMITTED, version_of(mapping))


def test_a_released_file_waits_for_the_scanner_as_any_other(database: Database, made: Case) -> None:
    held = taken(database, made, table(made, lab_conclusion="splendid"))
    with database.unit() as unit:
        let_pass(unit, made, held, "officer")
    take(database, made.objects, load_limits(IN_FORCE), held, AT, scan=lambda _: AWAY)
    assert history(database, held)[-2:] == ["released", "postponed"]
    take(database, made.objects, load_limits(IN_FORCE), held, AT)
    assert history(database, held)[-1] == "committed"
