"""Uploads: the same bytes are one receipt, a report number and version one content, the newest version counts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from labs.columns import of_results
from labs.report import Reading, Upload, UploadEvent, UploadState
from labs.result import Finding, Interval, Result
from sampling.sample import SampleState
from storage import bases, events, upload_alarms, uploads
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


def test_a_file_that_is_sent_again_keeps_one_alarm(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.AT_LAB)
        for hour in (10, 11):
            one, told = receive(unit, objects, b"a"), Finding("silent-revision", "hold", 2, None, "1", "2")
            uploads.refuse(unit, one.id, UploadEvent.HELD, [told], by="flow:intake", at=moment(hour))
            uploads.alarm(unit, one.id, [told.rule], by="flow:intake", at=moment(hour))
        [alarm] = upload_alarms.open_of_campaign(unit, made.sample.campaign_id)
        assert (alarm.upload_id, alarm.at, alarm.findings) == (one.id, moment(11), (told,))
        upload_alarms.answer(unit, one.id, "asked the laboratory", by="user:officer", at=moment(12))
        assert upload_alarms.open_of_campaign(unit, made.sample.campaign_id) == ()


def test_a_report_number_and_version_names_one_content(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        commit(made, b"a", result(made.blind))
    with pytest.raises(Conflict, match="uq_report_lab_number_version"), database.unit() as unit:
        made.unit = unit
        commit(made, b"b", result(made.blind, "99"))
    with database.unit() as unit:
        assert [item.raw_text for item in bases.results_of(unit, made.sample.id, made.blind).values()] == ["210"]


def test_the_newest_version_of_a_report_counts(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        first, second = result(made.blind), result(made.blind, "85", report_version=2)
        other = result(made.blind, "0.2", report_no="R-2", item="dehp", method="GB/T 22048", unit="%")
        commit(made, b"a", first, other)
        commit(made, b"b", second)
        found = tuple(bases.results_of(unit, made.sample.id, made.blind).values())
        assert found == (second, other)
        assert uploads.known_reports(unit, LAB).keys() == {("R-1", 1), ("R-1", 2), ("R-2", 1)}
        assert uploads.uploader(unit, made.sample.id, made.blind) == f"user:{LAB}"
        assert uploads.uploader(unit, made.sample.id, "B0") == ""


def test_a_result_comes_back_as_it_went_in(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        given: Result = result(made.blind, "210.50", tested_on=date(2026, 3, 5))
        commit(made, b"a", given)
        [kept] = tuple(bases.results_of(unit, made.sample.id, made.blind).values())
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


NUMBERS = [
    "0", "0.50", "210", "1E+5", "-3.25", "123456789012345678901234.5", "0.000000000000000001", "9E-30", "0.0000",
    "99999999999999999", "900000000000000", "899999999999999.999", "9223372036854775807", "10000", "-0.00010000",
]  # fmt: skip


def test_numbers_are_stored_as_they_were_written(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        given = tuple(
            replace(result(made.blind, replicate=at, row=at), interval=Interval(value, value), u_expanded=value)
            for at, value in enumerate(map(Decimal, NUMBERS), start=1)
        )
        bare = replace(result(made.blind, replicate=99, row=99), interval=Interval(None, None))
        commit(made, b"nothing")
        commit(made, b"a", *given, bare)
        kept = tuple(bases.results_of(unit, made.sample.id, made.blind).values())
        assert kept == (*given, bare)
        assert [f"{one.interval.low:f}" for one in kept[:-1]] == [f"{Decimal(text):f}" for text in NUMBERS]


def test_more_rows_than_one_piece_are_all_stored(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        huge = Interval(Decimal("12345678901234567890"), Decimal("12345678901234567890"))
        given = [result(made.blind, replicate=at, row=at) for at in range(1, 10_003)]
        given[10_001] = replace(given[10_001], interval=huge, tested_on=None)
        given[0] = replace(given[0], interval=huge)
        commit(made, b"a", *given)
        assert list(bases.results_of(unit, made.sample.id, made.blind).values()) == given


def test_texts_that_look_like_something_else_come_back_as_they_went_in(database: Database, objects: Objects) -> None:
    texts = ("=1+1", 'a "quoted", text', "two\nlines", "\\N", "\\.", "")
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        given = tuple(
            result(made.blind, "1", raw_text=text, method_edition="", replicate=at, row=at)
            for at, text in enumerate(texts, start=1)
        )
        commit(made, b"a", *given)
        assert tuple(bases.results_of(unit, made.sample.id, made.blind).values()) == given
        commit(made, b"b", *(replace(one, report_no="R-2", raw_text="plain") for one in given))
        assert len(bases.results_of(unit, made.sample.id, made.blind)) == 2 * len(given)


def test_two_equal_files_at_once_have_one_receipt(database: Database, objects: Objects) -> None:
    def send(unit: Unit) -> Upload:
        return uploads.receive(unit, objects, LAB, "r.csv", b"both", by="user:lab", at=moment(10))

    def send_too() -> Upload:
        with database.unit() as other:
            return send(other)

    with ThreadPoolExecutor(1) as pool:
        with database.unit() as unit:
            first = send(unit)
            second = pool.submit(send_too)
            while not unit.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")):
                unit.execute(text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)"))
        assert second.result() == first
