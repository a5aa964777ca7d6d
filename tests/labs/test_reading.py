"""Reading a laboratory's table: every odd line is named by row and column, and what it does to its report."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from labs.columns import Words
from labs.formats import Expected, read
from labs.formats.sheet import groups
from labs.report import Reading
from sampling.digest import sha256
from tests.labs.build import csv_of, expected, limit, limits, line, results_of

Told = tuple[str, str, int | None, str | None]


def told(reading: Reading) -> list[Told]:
    return [(finding.rule, finding.reaction, finding.row, finding.column) for finding in reading.findings]


def of(*lines: dict[str, str], when: Expected | None = None) -> Reading:
    return read(csv_of(*lines), "results.csv", when or expected())


ABSENT: Told = ("item-absent", "warn", None, "item_code")

ONE_LINE: list[tuple[dict[str, str], list[Told]]] = [
    ({}, []),
    ({"result_text": ""}, [("no-value", "hold", 2, "result_text")]),
    ({"unit": ""}, [("unit-missing", "hold", 2, "unit")]),
    ({"unit": "spoons"}, [("unit-unknown", "hold", 2, "unit")]),
    ({"unit": "mg/L"}, [("unit-dimension", "hold", 2, "unit")]),
    ({"unit": "g/kg"}, [("unit-converted", "fix", 2, "unit")]),
    ({"unit": "㎎/㎏"}, [("unit-alias", "fix", 2, "unit")]),
    ({"report_no": ""}, [("required-blank", "hold", 2, "report_no")]),
    ({"method_code": ""}, [("required-blank", "hold", 2, "method_code")]),
    ({"item_code": ""}, [ABSENT, ("required-blank", "hold", 2, "item_code")]),
    ({"sample_code": ""}, [("required-blank", "hold", 2, "sample_code")]),
    ({"lab_code": ""}, [("required-blank", "hold", 2, "lab_code")]),
    ({"lab_code": "LAB9"}, [("lab-foreign", "hold", 2, "lab_code")]),
    ({"sample_code": "X"}, [("sample-unknown", "hold", 2, "sample_code")]),
    ({"item_code": "arsenic"}, [ABSENT, ("item-not-ordered", "hold", 2, "item_code")]),
    ({"method_code": "EN 71-3"}, [("method-not-ordered", "hold", 2, "method_code")]),
    ({"method_code": "GB/T 26125", "method_edition": "2011"}, []),
    ({"schema_version": "9"}, [("schema-unknown", "reject", 2, "schema_version")]),
    ({"report_kind": "draft"}, [("kind-unknown", "hold", 2, "report_kind")]),
    ({"report_kind": "amended"}, []),
    ({"report_version": ""}, [("required-blank", "hold", 2, "report_version")]),
    ({"report_version": "one"}, [("number-bad", "hold", 2, "report_version")]),
    ({"replicate": "0"}, [("number-bad", "hold", 2, "replicate")]),
    ({"replicate": "2"}, []),
    ({"issued_on": "05/06/2026"}, [("date-ambiguous", "hold", 2, "issued_on")]),
    ({"issued_on": "2026-13-01"}, [("date-ambiguous", "hold", 2, "issued_on")]),
    ({"tested_from": "2026-11-16 or 2026-11-18"}, [("date-ambiguous", "hold", 2, "tested_from")]),
    ({"tested_from": "2026-11-16 08:00 AM", "tested_to": "2026-11-16T08:00:00.5+08:00"}, []),
    ({"issued_on": "2026/11/20"}, [("date-rewritten", "fix", 2, "issued_on")]),
    ({"issued_on": "46346"}, [("days-counted", "warn", None, "issued_on"), ("date-serial", "fix", 2, "issued_on")]),
    ({"issued_on": ""}, [("required-blank", "hold", 2, "issued_on")]),
    ({"issued_on": "2026-11-23"}, [("date-impossible", "hold", 2, "issued_on")]),
    ({"tested_to": "2026-11-21"}, [("date-impossible", "hold", 2, "issued_on")]),
    ({"tested_from": "2026-11-19", "tested_to": "2026-11-18"}, [("date-impossible", "hold", 2, "tested_to")]),
    ({"tested_from": "2026-11-14"}, [("date-impossible", "hold", 2, "tested_from")]),
    ({"tested_from": "2026-11-16T08:00:00"}, []),
    ({"lod": "n/a"}, [("limit-not-a-number", "hold", 2, "lod")]),
    ({"u_expanded": "-0.1"}, [("negative", "hold", 2, "u_expanded")]),
    ({"coverage_k": "2", "u_expanded": "0.05"}, []),
    ({"remark": "made by Acme"}, [("blinding-broken", "hold", 2, "remark")]),
    ({"remark": "made by ＡＣＭＥ"}, [("blinding-broken", "hold", 2, "remark")]),
    ({"remark": "a\u202eb"}, [("hidden-characters", "hold", 2, "remark")]),
    ({"remark": "two\nlines"}, []),
    ({"basis": "As-Is", "seal_state": "完好", "accredited": "CMA", "subcontracted": "否", "dilution": "1"}, []),
    ({"basis": "dry"}, [("basis-other", "hold", 2, "basis")]),
    ({"seal_state": "broken"}, [("seal-not-intact", "hold", 2, "seal_state")]),
    ({"accredited": "N"}, [("accreditation-denied", "hold", 2, "accredited")]),
    ({"subcontracted": "Y"}, [("test-subcontracted", "hold", 2, "subcontracted")]),
    ({"dilution": "10"}, [("dilution-told", "warn", 2, "dilution")]),
    ({"lab_conclusion": "maybe"}, [("conclusion-unknown", "hold", 2, "lab_conclusion")]),
    ({"lab_conclusion": "不合格"}, []),
]


@pytest.mark.parametrize(("changes", "findings"), ONE_LINE)
def test_a_line_is_read_or_its_fault_is_named(changes: dict[str, str], findings: list[Told]) -> None:
    when = expected(
        units={"lead": "mg/kg"},
        methods={"B26-0002": {"lead": ("GB/T 26125", "GB/T 26125-2011")}},
        received={"B26-0002": date(2026, 11, 15)},
        forbidden=("", "ACME"),
    )
    reading = of(line(**changes), when=when)
    assert told(reading) == findings
    grave = [reaction for _, reaction, *_ in findings if reaction in {"hold", "reject"}]
    assert len(reading.reports) == (0 if grave else 1)
    assert (reading.held, reading.refused) == ("hold" in grave, "reject" in grave)


def test_a_conclusion_is_held_against_the_limits_of_the_day_of_purchase() -> None:
    old, fresh = limit("0.5", valid_to=date(2026, 10, 31)), limit("0.4", id="b", valid_from=date(2026, 11, 1))
    corrected = limit("0.4", id="c", valid_to=date(2026, 10, 31), recorded_on=date(2026, 11, 10))
    words = []
    for rules in ((old, fresh), (replace(old, withdrawn_on=date(2026, 11, 10)), corrected)):
        bought = {"B26-0002": date(2026, 10, 30)}
        when = expected(limits=limits(*rules), categories={"B26-0002": "toys"}, bought=bought)
        words.append([one.rule for one in of(line(result_text="0.45", lab_conclusion="合格"), when=when).findings])
    assert words == [[], ["conclusion-differs"]]


CONCLUDED: list[tuple[str, str, str, list[Told]]] = [
    ("0.45", "mg/kg", "合格", []),
    ("0.45", "mg/kg", "FAIL", [("conclusion-differs", "hold", 3, "lab_conclusion")]),
    ("0.9", "mg/kg", "不合格", []),
    ("0.9", "mg/kg", "pass", [("conclusion-differs", "hold", 3, "lab_conclusion")]),
    ("0.9", "mg/kg", "/", []),
    ("0.9", "mg/kg", "", []),
    ("0.9", "", "pass", [("unit-missing", "hold", 3, "unit")]),
]


@pytest.mark.parametrize(("text", "unit", "word", "findings"), CONCLUDED)
def test_a_laboratory_s_conclusion_is_held_against_the_limits_of_the_goods(
    text: str, unit: str, word: str, findings: list[Told]
) -> None:
    goods = {"B26-0002": "toys", "B26-0001": "bricks"}
    when = expected(orders={"B26-0002": ("lead",), "B26-0001": ("lead",)}, limits=limits(), categories=goods)
    other = line(sample_code="B26-0001", report_no="R2", lab_conclusion="fail")  # no limit says anything of bricks
    assert told(of(other, line(result_text=text, unit=unit, lab_conclusion=word), when=when)) == findings


def test_what_is_reported_of_a_unit_that_nobody_opened_is_held() -> None:
    when = expected(unopened=frozenset({"B26-0001", "B26-0002"}))
    reading = of(line(), when=when)
    assert told(reading) == [("unit-not-opened", "hold", 2, "sample_code")] and reading.reports == ()
    assert told(of(line(), when=expected(unopened=frozenset({"B26-0001"})))) == []


def test_a_method_may_be_agreed_by_its_edition() -> None:
    when = expected(methods={"B26-0002": {"lead": ("GB/T 26125-2011",)}})
    assert told(of(line(method_edition="2011"), when=when)) == []
    assert told(of(line(method_edition="2006"), when=when)) == [("edition-other", "hold", 2, "method_edition")]


METHODS: list[tuple[dict[str, dict[str, tuple[str, ...]]], list[tuple[int, str]]]] = [
    ({"B26-0001": {}, "B26-0002": {"lead": ("GB/T 26125",)}}, []),
    ({"B26-0001": {}, "B26-0002": {"lead": ("EN 71-3",)}}, [(3, "EN 71-3")]),
    ({"B26-0001": {"lead": ("EN 71-3",)}, "B26-0002": {"lead": ("EN 71-3",)}}, [(2, "EN 71-3"), (3, "EN 71-3")]),
    ({"B26-0001": {"lead": ("GB 6675.4", "EN 71-3")}, "B26-0002": {"cadmium": ("EN 71-3",)}},
     [(2, "GB 6675.4, EN 71-3")]),
]  # fmt: skip


@pytest.mark.parametrize(("methods", "findings"), METHODS)
def test_each_unit_is_tested_by_the_methods_of_its_own_order(
    methods: dict[str, dict[str, tuple[str, ...]]], findings: list[tuple[int, str]]
) -> None:
    reading = of(line(sample_code="B26-0001"), line(report_no="R2"), when=expected(methods=methods))
    found = [(one.row, one.expected) for one in reading.findings if one.rule == "method-not-ordered"]
    assert found == findings


def test_a_date_of_a_spreadsheet_counts_from_its_own_day_zero() -> None:
    assert of(line(issued_on="46346")).reports[0].issued_on == date(2026, 11, 20)


def test_an_item_that_may_be_negative_is_read_so() -> None:
    when = expected(orders={"B26-0002": ("touch_temperature",)})
    reading = of(line(item_code="touch_temperature", unit="℃", result_text="-4"), when=when)
    assert [result.unit for result in results_of(reading)] == ["Cel"]


def test_one_bad_line_holds_its_report_whole_and_no_other() -> None:
    bad, good = line(report_no="R1", unit=""), line(report_no="R2", sample_code="B26-0001")
    reading = of(bad, good, {**good, "item_code": "cadmium"})
    assert [report.number for report in reading.reports] == ["R2"]
    assert len(reading.results) == 2
    assert reading.held and not reading.refused


def test_a_fault_of_the_file_holds_every_report() -> None:
    swapped = line(result_text="mg/kg", unit="0.45")
    assert ("columns-swapped", "hold", None, "result_text") in told(of(swapped))
    assert of(swapped).reports == ()
    assert told(of(line(result_text="1", unit="1"))) == []  # may be either


def test_an_exact_repetition_is_dropped() -> None:
    reading = of(line(), line())
    assert told(reading) == [("rows-dropped", "warn", None, None), ("duplicate-row", "fix", 3, None)]
    assert len(reading.results) == 1


def test_two_values_under_one_key_are_both_held() -> None:
    reading = of(line(), line(result_text="0.46"))
    assert told(reading) == [
        ("conflicting-rows", "hold", 2, "result_text"),
        ("conflicting-rows", "hold", 3, "result_text"),
    ]


def test_a_report_says_one_thing_of_itself() -> None:
    other = line(issued_on="2026-11-19", sample_code="B26-0001")
    reading = of(line(), other, {**other, "item_code": "cadmium"})
    assert told(reading) == [("report-differs", "hold", 3, "issued_on")]


def test_an_ordered_item_that_is_absent_is_named() -> None:
    reading = of(line(sample_code="B26-0001"))
    assert told(reading) == [("item-absent", "warn", None, "item_code")]
    assert reading.findings[0].expected == "cadmium"
    assert len(reading.reports) == 1


VERSIONS: list[tuple[str, dict[tuple[str, int], str], list[str]]] = [
    ("1", {}, []),
    ("2", {}, ["version-gap"]),
    ("2", {("R1", 1): "other"}, []),
    ("3", {("R1", 1): "other"}, ["version-gap"]),
    ("1", {("R1", 1): "other"}, ["silent-revision"]),
    ("1", {("R1", 1): "same"}, ["already-received"]),
    ("1", {("R1", 2): "other"}, ["version-gap"]),
    ("1", {("R9", 4): "other"}, []),
]


@pytest.mark.parametrize(("version", "known", "rules"), VERSIONS)
def test_versions_of_a_report_follow_each_other(
    version: str, known: dict[tuple[str, int], str], rules: list[str]
) -> None:
    data = csv_of(line(report_version=version))
    hashes = {key: sha256(data) if value == "same" else value for key, value in known.items()}
    reading = read(data, "r.csv", expected(known=hashes))
    assert [finding.rule for finding in reading.findings] == rules


HEADERS: list[tuple[str, list[str]]] = [
    ("a,b,c\n1,2,3\n", ["header-missing"]),
    ("lab_code,report_no,sample_code,item_code\n", ["column-missing"] * 5),
    ("{all},colour\n{line},red\n", ["header-unknown"]),
    ("{all},unit\n{line},mg/kg\n", ["header-duplicate"]),
    ("{all},\n{line},\n", ["header-blank"]),
    ("{all}\n", ["no-rows"]),
    ("{all}\n{all}\n{line}\n", ["header-repeated"]),
    ("Results of November\n\n{all}\n{line}\n", ["preamble"]),
    ("{all}\n{line},more\n", ["ragged-row", "no-rows"]),
]


@pytest.mark.parametrize(("text", "rules"), HEADERS)
def test_a_header_is_complete_and_known(text: str, rules: list[str]) -> None:
    cells = line()
    data = text.replace("{all}", ",".join(cells)).replace("{line}", ",".join(cells.values()))
    reading = read(data.encode(), "r.csv", expected())
    assert sorted(finding.rule for finding in reading.findings) == sorted(rules)


TEXT = ",".join(line()) + "\n" + ",".join(line().values()) + "\n"
CHINESE = TEXT.replace("lab_code", "机构代码").replace("unit", "单位").replace("item_code", "项目代码")

FILES: list[tuple[bytes, str, list[str]]] = [
    (TEXT.encode(), "r.csv", []),
    (b"\xef\xbb\xbf" + TEXT.encode(), "r.csv", []),
    (TEXT.encode("utf-16"), "r.csv", ["encoding-other"]),
    (b"\xff\xfe\x00", "r.csv", ["encoding-unknown"]),
    (CHINESE.encode("gb18030"), "r.csv", ["encoding-other"]),
    ("任何文字".encode("gb18030"), "r.csv", ["encoding-unknown"]),
    (b"\xff" + TEXT.encode(), "r.csv", ["encoding-unknown"]),
    (TEXT.replace(",", ";").encode(), "r.csv", []),
    (TEXT.replace(",", "\t").encode(), "r.xls", ["extension-differs"]),
    (TEXT.replace("\n", "\r").encode(), "r.csv", ["line-ends"]),
    (TEXT.replace("\n", "\r\n").encode(), "r.csv", []),
    (TEXT.replace("0.45", '"0.45"x').encode(), "r.csv", ["csv-broken"]),
    (TEXT.replace("0.45", "0.45\0").encode(), "r.csv", ["nul-character"]),
    (b"", "r.csv", ["file-empty"]),
    (b" \n", "r.csv", ["file-empty"]),
    (b"%PDF-1.7", "r.pdf", ["format-unknown"]),
    (b"<html>", "r.xls", ["format-unknown"]),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1more", "r.xls", ["encrypted-or-old"]),
    (b"x" * (100 * 1024 * 1024 + 1), "r.csv", ["file-too-large"]),
]


@pytest.mark.parametrize(("data", "name", "rules"), FILES, ids=range(len(FILES)))
def test_bytes_are_told_by_their_content(data: bytes, name: str, rules: list[str]) -> None:
    reading = read(data, name, expected())
    assert [finding.rule for finding in reading.findings] == rules
    assert len(reading.reports) == (0 if reading.refused or reading.held else 1)


def test_a_sample_that_another_programme_ordered_is_compared_with_nothing() -> None:
    when = expected(orders=None)
    assert told(of(line(sample_code="N-1", item_code="anything"), when=when)) == []


def test_a_name_in_one_line_holds_that_line_alone() -> None:
    when = expected(forbidden=("acme",))
    reading = of(line(remark="by Acme"), line(remark="fine", replicate="2"), when=when)
    assert told(reading) == [("blinding-broken", "hold", 2, "remark")]


SCOPE = {("lead", "GB/T 26125"): ((date(2020, 1, 1), date(2026, 6, 30)), (date(2026, 11, 1), None))}
WITHIN = [("2026-11-18", []), ("2026-09-01", ["out-of-scope"]), ("", [])]


@pytest.mark.parametrize(("day", "rules"), WITHIN)
def test_a_method_is_in_scope_on_the_day_of_the_test(day: str, rules: list[str]) -> None:
    reading = of(line(tested_to=day), when=expected(scope=SCOPE))
    assert [finding.rule for finding in reading.findings] == rules
    assert "required-blank" in [one.rule for one in of(line(method_code=""), when=expected(scope=SCOPE)).findings]


def test_a_conversion_that_decides_is_told() -> None:
    when = expected(units={"lead": "mg/kg", "cadmium": "mg/kg"}, bounds={"lead": (Decimal(10), Decimal(90))})
    lines = [line(unit="g/kg", result_text=text, replicate=str(at)) for at, text in enumerate(("0.02", "20", "<1"), 1)]
    other = line(item_code="cadmium", sample_code="B26-0001", unit="g/kg")
    reading = of(*lines, other, line(unit="mg/kg", replicate="9"), line(unit="mg/L", replicate="8"), when=when)
    assert [finding.row for finding in reading.findings if finding.rule == "unit-decides"] == [2, 3]


def test_numbers_beyond_any_machine_word_are_read_exactly() -> None:
    huge = "123456789012345678901234"
    [result] = results_of(of(line(result_text=huge, lod="1" * 22, loq=huge)))
    assert str(result.interval.point) == huge
    mixed = of(line(result_text=huge), line(result_text=huge, replicate="2", report_no="R2", unit=""))
    assert [str(one.interval.point) for one in results_of(mixed)] == [huge]


def test_many_columns_of_many_words_are_told_apart() -> None:
    words = [f"w{at}" for at in range(3000)]
    columns = [Words(np.roll(np.arange(3000, dtype=np.int32), shift), tuple(words)) for shift in range(8)]
    found = groups(columns)
    assert (len(found.first), sorted(found.keys.tolist())) == (3000, list(range(3000)))
