"""Uploads: the same bytes are one receipt, a report number and version one content, the newest version counts."""

from datetime import date

import pytest

from labs.report import Report, Upload, UploadEvent, UploadState
from labs.result import Finding, Result
from sampling.sample import SampleState
from storage import events, uploads
from storage.database import Database
from storage.errors import Conflict
from storage.objects import Objects
from storage.unit import Unit
from tests.build import LAB, Case, case, moment, report, result


def receive(unit: Unit, objects: Objects, data: bytes, lab: str = LAB) -> Upload:
    return uploads.receive(unit, objects, lab, "results.csv", data, by=f"user:{lab}", at=moment(10))


def commit(made: Case, data: bytes, *reports: Report) -> None:
    one = receive(made.unit, made.objects, data)
    codes = {made.blind: made.sample.id}
    uploads.commit(made.unit, one.id, reports, codes, (), by="flow:intake", at=moment(10))


def test_the_same_bytes_twice_give_the_first_receipt(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        first, again = receive(unit, objects, b"a"), receive(unit, objects, b"a")
        other, elsewhere = receive(unit, objects, b"b"), receive(unit, objects, b"a", "L-02")
        assert first == again
        assert len({first.id, other.id, elsewhere.id}) == 3
        assert uploads.of_lab(unit, LAB) == (other, first)
        assert [entry.type for entry in events.history(unit, first.id)] == ["received"]
        assert objects.get(first.sha256) == b"a"


def test_a_refused_file_keeps_its_findings(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = receive(unit, objects, b"a")
        told = Finding("DECIMAL_COMMA", "reject", 2, "result", "1,5", "1.5")
        uploads.refuse(unit, one.id, UploadEvent.REJECTED, [told], by="flow:intake", at=moment(10))
        kept = uploads.get(unit, one.id)
        assert (kept.state, kept.findings) == (UploadState.REJECTED, (told,))
        assert uploads.in_state(unit, UploadState.REJECTED) == (kept,)


def test_a_report_number_and_version_names_one_content(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        commit(made, b"a", report(result(made.blind)))
    with pytest.raises(Conflict, match="uq_report_lab_number_version"), database.unit() as unit:
        made.unit = unit
        commit(made, b"b", report(result(made.blind, "99")))
    with database.unit() as unit:
        assert [item.raw_text for item in uploads.results(unit, made.sample.id, made.blind)] == ["210"]


def test_the_newest_version_of_a_report_counts(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        first, second = result(made.blind), result(made.blind, "85", report_version=2)
        other = result(made.blind, "0.2", report_no="R-2", item="dehp", method="GB/T 22048", unit="%")
        commit(made, b"a", report(first), report(other, number="R-2"))
        commit(made, b"b", report(second, version=2))
        found = uploads.results(unit, made.sample.id, made.blind)
        assert found == (second, other)
        assert uploads.known_reports(unit, LAB).keys() == {("R-1", 1), ("R-1", 2), ("R-2", 1)}
        assert uploads.uploader(unit, made.sample.id, made.blind) == f"user:{LAB}"
        assert uploads.uploader(unit, made.sample.id, "B0") == ""


def test_a_result_comes_back_as_it_went_in(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        given: Result = result(made.blind, "210.50", tested_on=date(2026, 3, 5))
        commit(made, b"a", report(given))
        [kept] = uploads.results(unit, made.sample.id, made.blind)
        assert kept == given
        assert kept.raw_text == "210.50"
