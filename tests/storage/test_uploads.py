"""Uploads: the same bytes are one receipt, a report number and version one content, the newest version counts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from labs.columns import Scaled, of_results
from labs.report import Reading, Upload, UploadEvent, UploadState
from labs.result import Finding, Result
from sampling.sample import SampleState
from storage import events, uploads
from storage.bulk_results import decimal_texts
from storage.database import Database
from storage.errors import Conflict
from storage.objects import Objects
from storage.schema.base import new_id
from storage.unit import Unit
from tests.build import LAB, Case, case, moment, report, result


def receive(unit: Unit, objects: Objects, data: bytes, lab: str = LAB) -> Upload:
    return uploads.receive(unit, objects, lab, "results.csv", data, by=f"user:{lab}", at=moment(10))


def commit(made: Case, data: bytes, *results: Result) -> None:
    one = receive(made.unit, made.objects, data)
    heads = {(one.report_no, one.report_version): report(one.report_no, one.report_version) for one in results}
    reading = Reading(tuple(heads.values()), (), of_results(results))
    uploads.commit(made.unit, one.id, reading, {made.blind: made.sample.id}, by="flow:intake", at=moment(10))


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
        commit(made, b"a", result(made.blind))
    with pytest.raises(Conflict, match="uq_report_lab_number_version"), database.unit() as unit:
        made.unit = unit
        commit(made, b"b", result(made.blind, "99"))
    with database.unit() as unit:
        assert [item.raw_text for item in uploads.results(unit, made.sample.id, made.blind)] == ["210"]


def test_the_newest_version_of_a_report_counts(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        first, second = result(made.blind), result(made.blind, "85", report_version=2)
        other = result(made.blind, "0.2", report_no="R-2", item="dehp", method="GB/T 22048", unit="%")
        commit(made, b"a", first, other)
        commit(made, b"b", second)
        found = uploads.results(unit, made.sample.id, made.blind)
        assert found == (second, other)
        assert uploads.known_reports(unit, LAB).keys() == {("R-1", 1), ("R-1", 2), ("R-2", 1)}
        assert uploads.uploader(unit, made.sample.id, made.blind) == f"user:{LAB}"
        assert uploads.uploader(unit, made.sample.id, "B0") == ""


def test_a_result_comes_back_as_it_went_in(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        given: Result = result(made.blind, "210.50", tested_on=date(2026, 3, 5))
        commit(made, b"a", given)
        [kept] = uploads.results(unit, made.sample.id, made.blind)
        assert kept == given
        assert kept.raw_text == "210.50"


def test_a_result_names_a_report_and_a_sample_that_are_there(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
    for samples, broken in (({made.blind: new_id()}, "fk_result_sample_id"), ({}, "null value in column")):
        with pytest.raises(Conflict, match=broken), database.unit() as unit:
            one = receive(unit, objects, b"a")
            reading = Reading((report(),), (), of_results([result(made.blind)]))
            uploads.commit(unit, one.id, reading, samples, by="flow:intake", at=moment(10))


def test_a_sample_with_results_stays(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        case(unit, objects, SampleState.TESTING)
    with pytest.raises(Conflict, match="sample is append-only"), database.unit() as unit:
        unit.execute(text("DELETE FROM sample"))


NUMBERS = ["0", "0.50", "210", "1E+5", "-3.25", "123456789012345678901234.5", "0.000000000000000001", "9E-30"]


def test_numbers_are_stored_as_they_were_written() -> None:
    values = [Decimal(text) for text in NUMBERS]
    for column in (values, [*values[:3], None, *values[4:5]], [None]):
        told = decimal_texts(Scaled.of(column)).to_pylist()
        assert [None if word is None else Decimal(word) for word in told] == column
    assert decimal_texts(Scaled.of(values[:3])).to_pylist() == ["0", "0.50", "210"]


def test_texts_that_look_like_something_else_come_back_as_they_went_in(database: Database, objects: Objects) -> None:
    texts = ("=1+1", 'a "quoted", text', "two\nlines", "\\N", "\\.", "")
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        given = tuple(
            result(made.blind, "1", raw_text=text, method_edition="", replicate=at, row=at)
            for at, text in enumerate(texts, start=1)
        )
        commit(made, b"a", *given)
        assert uploads.results(unit, made.sample.id, made.blind) == given
        commit(made, b"b", *(replace(one, report_no="R-2", raw_text="plain") for one in given))
        assert len(uploads.results(unit, made.sample.id, made.blind)) == 2 * len(given)
